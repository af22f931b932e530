"""Every key of every school's items, built from the school's context and nowhere else.

The layout is the single table's: what is read together shares a partition.
"""

import hashlib
from typing import NamedTuple

from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import AssessmentId, ClassId, EventId, PersonId, StudentId, Subject, Term
from luca_shared.tenancy.key_types import LAST, Index, Key, Range, Table, joined, tenant_partition

PENDING_SHARDS = 8

# --- A student's partition: profile, grades with every version, events, enrollments, or what is left after an erasure.


def profile(context: TenantContext, student_id: StudentId) -> Key:
    """A student's profile."""
    return _of_student(context, student_id, "PROFILE")


def erasure(context: TenantContext, student_id: StudentId) -> Key:
    """The record of a student's erasure."""
    return _of_student(context, student_id, "ERASURE")


def grade(
    context: TenantContext, student_id: StudentId, term: Term, class_id: ClassId, assessment_id: AssessmentId
) -> Key:
    """A student's current grade in an assessment."""
    return _of_student(context, student_id, "GRADE", term, class_id, assessment_id)


def grade_version(
    context: TenantContext,
    student_id: StudentId,
    term: Term,
    class_id: ClassId,
    assessment_id: AssessmentId,
    version: int,
) -> Key:
    """One version of a grade, never changed once written."""
    return _of_student(context, student_id, "GRADEV", term, class_id, assessment_id, f"{version:08d}")


def student_enrollment(context: TenantContext, student_id: StudentId, term: Term, class_id: ClassId) -> Key:
    """The student's side of an enrollment, by which a student's classes are found."""
    return _of_student(context, student_id, "ENROLLMENT", term, class_id)


def event(context: TenantContext, student_id: StudentId, day: str, event_id: EventId) -> Key:
    """An event of a student; `day` is its UTC day, `yyyy-mm-dd`."""
    return _of_student(context, student_id, "EVENT", day, event_id)


def grades_of_student(context: TenantContext, student_id: StudentId, term: Term | None = None) -> Range:
    """A student's current grades, of one term or of all."""
    return Range(context, Table.LUCA, partition=("STUDENT", student_id), prefix=_prefix("GRADE", term))


def versions_of_student(context: TenantContext, student_id: StudentId) -> Range:
    """Every version of every grade of a student."""
    return Range(context, Table.LUCA, partition=("STUDENT", student_id), prefix="GRADEV#")


def versions_of_grade(
    context: TenantContext, student_id: StudentId, term: Term, class_id: ClassId, assessment_id: AssessmentId
) -> Range:
    """Every version of a grade, oldest first."""
    prefix = _prefix("GRADEV", term, class_id, assessment_id)
    return Range(context, Table.LUCA, partition=("STUDENT", student_id), prefix=prefix)


def enrollments_of_student(context: TenantContext, student_id: StudentId) -> Range:
    """A student's enrollments, by term."""
    return Range(context, Table.LUCA, partition=("STUDENT", student_id), prefix="ENROLLMENT#")


def events_of_student(context: TenantContext, student_id: StudentId, first_day: str, last_day: str) -> Range:
    """A student's events from one UTC day to another, both included."""
    low, high = _prefix(first_day), _prefix(last_day) + LAST
    return Range(context, Table.LUCA, partition=("STUDENT", student_id), prefix="EVENT#", low=low, high=high)


def all_events_of_student(context: TenantContext, student_id: StudentId) -> Range:
    """A student's events, oldest day first."""
    return Range(context, Table.LUCA, partition=("STUDENT", student_id), prefix="EVENT#")


# --- A class's partition: what it is, its assessments, its roster.


def class_info(context: TenantContext, class_id: ClassId) -> Key:
    """A class."""
    return Key(context, Table.LUCA, partition=("CLASS", class_id), sort=("INFO",))


def assessment(context: TenantContext, class_id: ClassId, assessment_id: AssessmentId) -> Key:
    """An assessment of a class."""
    return Key(context, Table.LUCA, partition=("CLASS", class_id), sort=("ASSESSMENT", assessment_id))


def deleted_assessment(context: TenantContext, class_id: ClassId, assessment_id: AssessmentId) -> Key:
    """What is left of an assessment that was deleted."""
    return Key(context, Table.LUCA, partition=("CLASS", class_id), sort=("DELETED", assessment_id))


def enrollment(context: TenantContext, class_id: ClassId, student_id: StudentId) -> Key:
    """The class's side of an enrollment, by which a class's roster is found."""
    return Key(context, Table.LUCA, partition=("CLASS", class_id), sort=("STUDENT", student_id))


def whole_class(context: TenantContext, class_id: ClassId) -> Range:
    """A class with its assessments and its roster, in one partition."""
    return Range(context, Table.LUCA, partition=("CLASS", class_id))


def assessments(context: TenantContext, class_id: ClassId) -> Range:
    """The assessments of a class."""
    return Range(context, Table.LUCA, partition=("CLASS", class_id), prefix="ASSESSMENT#")


def roster(context: TenantContext, class_id: ClassId) -> Range:
    """The enrollments in a class."""
    return Range(context, Table.LUCA, partition=("CLASS", class_id), prefix="STUDENT#")


# --- What a school has as a whole.


def class_entry(context: TenantContext, term: Term, class_id: ClassId) -> Key:
    """A class in the school's directory."""
    return Key(context, Table.LUCA, partition=("DIRECTORY",), sort=("CLASS", term, class_id))


def term_entry(context: TenantContext, term: Term) -> Key:
    """A term in the school's directory."""
    return Key(context, Table.LUCA, partition=("DIRECTORY",), sort=("TERM", term))


def subject_entry(context: TenantContext, subject: Subject) -> Key:
    """A subject in the school's directory."""
    return Key(context, Table.LUCA, partition=("DIRECTORY",), sort=("SUBJECT", subject))


def class_entries(context: TenantContext, term: Term | None = None) -> Range:
    """The classes of a school, of one term or of all."""
    return Range(context, Table.LUCA, partition=("DIRECTORY",), prefix=_prefix("CLASS", term))


def term_entries(context: TenantContext) -> Range:
    """The terms of a school."""
    return Range(context, Table.LUCA, partition=("DIRECTORY",), prefix="TERM#")


def rules(context: TenantContext, subject: Subject) -> Key:
    """The grading rules of a subject that are in force."""
    return Key(context, Table.LUCA, partition=("RULES", subject), sort=("CURRENT",))


def rules_version(context: TenantContext, subject: Subject, version: int) -> Key:
    """One version of a subject's grading rules."""
    return Key(context, Table.LUCA, partition=("RULES", subject), sort=("V", f"{version:08d}"))


def term_info(context: TenantContext, term: Term) -> Key:
    """A term."""
    return Key(context, Table.LUCA, partition=("TERM", term), sort=("INFO",))


def guardian_link(context: TenantContext, person_id: PersonId, student_id: StudentId) -> Key:
    """A student whose guardian a person is."""
    return Key(context, Table.LUCA, partition=("PERSON", person_id), sort=("STUDENT", student_id))


def guardian_links(context: TenantContext, person_id: PersonId) -> Range:
    """The students whose guardian a person is."""
    return Range(context, Table.LUCA, partition=("PERSON", person_id), prefix="STUDENT#")


def idempotency(context: TenantContext, digest: str) -> Key:
    """The first answer to a request that carried an `Idempotency-Key`; `digest` hashes person, route and key."""
    return Key(context, Table.LUCA, partition=("IDEMPOTENCY", digest), sort=("RESPONSE",))


# --- The indexes of `luca`.


def by_class(
    context: TenantContext, class_id: ClassId, term: Term, assessment_id: AssessmentId, student_id: StudentId
) -> dict[str, str]:
    """The attributes that put a grade into its class's gradebook."""
    return {
        "by_class_pk": tenant_partition(context, "CLASS", class_id),
        "by_class_sk": joined("GRADE", term, assessment_id, student_id),
    }


def grades_of_class(
    context: TenantContext, class_id: ClassId, term: Term, assessment_id: AssessmentId | None = None
) -> Range:
    """The current grades of a class in a term, of one assessment or of all, by assessment."""

    def primary(position: str) -> Key:
        _, _, assessment, student_id = position.split("#")
        return grade(context, StudentId(student_id), term, class_id, AssessmentId(assessment))

    return Range(
        context,
        Table.LUCA,
        partition=("CLASS", class_id),
        prefix=_prefix("GRADE", term, assessment_id),
        index=Index.BY_CLASS,
        primary=primary,
    )


def pending(
    context: TenantContext,
    term: Term,
    updated_at: str,
    student_id: StudentId,
    class_id: ClassId,
    assessment_id: AssessmentId,
) -> dict[str, str]:
    """The attributes that mark a grade as not yet sent to the government."""
    return {
        "pending_pk": tenant_partition(context, "PENDING", str(pending_shard(student_id))),
        "pending_sk": joined(term, updated_at, student_id, class_id, assessment_id),
    }


def pending_in_shard(
    context: TenantContext,
    shard: int,
    term: Term | None = None,
    first_day: str | None = None,
    last_day: str | None = None,
) -> Range:
    """The grades in one shard that are not yet sent, by term and by the time of their last change.

    Those of one term may be narrowed to the UTC days (`yyyy-mm-dd`) from `first_day` to `last_day`, both included.
    """

    def primary(position: str) -> Key:
        at = pending_at(position)
        return grade(context, at.student_id, at.term, at.class_id, at.assessment_id)

    if term is None and (first_day is not None or last_day is not None):
        raise TypeError("days are a part of one term's range")
    return Range(
        context,
        Table.LUCA,
        partition=("PENDING", str(shard)),
        prefix="" if term is None else _prefix(term),
        low="" if first_day is None else joined(first_day),
        high=LAST if last_day is None else joined(last_day) + LAST,
        index=Index.PENDING,
        primary=primary,
    )


class Pending(NamedTuple):
    """What a position among the pending grades tells."""

    term: Term
    updated_at: str
    student_id: StudentId
    class_id: ClassId
    assessment_id: AssessmentId


def pending_at(position: str) -> Pending:
    """Read a position among the pending grades; raises ValueError when it can't be one."""
    term, updated_at, student_id, class_id, assessment_id = position.split("#")
    return Pending(Term(term), updated_at, StudentId(student_id), ClassId(class_id), AssessmentId(assessment_id))


def pending_shard(student_id: StudentId) -> int:
    """The shard of a student's pending grades: a hash, so that a school's writes spread over partitions."""
    return hashlib.sha256(student_id.encode()).digest()[0] % PENDING_SHARDS


# --- The other tables.


def school_key(context: TenantContext) -> Key:
    """The school's data key, wrapped by KMS."""
    return Key(context, Table.KEYS, partition=("KEYS",), sort=("SCHOOL",))


def student_key(context: TenantContext, student_id: StudentId) -> Key:
    """A student's data key, wrapped by the school's."""
    return Key(context, Table.KEYS, partition=("KEYS",), sort=("STUDENT", student_id))


def batch(context: TenantContext, period: Term, batch_id: str) -> Key:
    """A batch of a government submission."""
    return Key(context, Table.GOV_SYNC, partition=("RUN", period), sort=("BATCH", batch_id))


def batches(context: TenantContext, period: Term) -> Range:
    """A school's batches of one run."""
    return Range(context, Table.GOV_SYNC, partition=("RUN", period), prefix="BATCH#")


def _of_student(context: TenantContext, student_id: StudentId, *sort: str) -> Key:
    return Key(context, Table.LUCA, partition=("STUDENT", student_id), sort=sort)


def _prefix(*parts: str | None) -> str:
    """Return what every sort key begins with that begins with these parts; a part that is None is left out."""
    return joined(*(part for part in parts if part is not None)) + "#"
