"""A grade as the government is told it: made from one version alone, so that a version always gives the same bytes."""

from decimal import Decimal

from luca_shared.records.canonical_json import canonical_json
from luca_shared.records.grade import GradeContent
from luca_shared.tenancy.ids import AssessmentId, ClassId, SchoolId, StudentId, Term


def record_id(
    school_id: SchoolId, term: Term, class_id: ClassId, assessment_id: AssessmentId, student_id: StudentId
) -> str:
    """Return the name by which the government knows a grade through all its versions."""
    return f"{school_id}.{term}.{class_id}.{assessment_id}.{student_id}"


def government_record(school_id: SchoolId, grade: GradeContent) -> bytes:
    """Return a grade version as canonical JSON (RFC 8785): its SHA-256 is the record's hash at both ends."""
    return canonical_json(
        {
            "record_id": record_id(school_id, grade.term, grade.class_id, grade.assessment_id, grade.student_id),
            "version": grade.version,
            "student_id": grade.student_id,
            "status": grade.status.value,
            "score": _number(grade.score),
            "max_score": _number(grade.max_score),
            "letter": grade.letter,
            "recorded_at": grade.recorded_at,
        }
    ).encode()


def _number(value: Decimal | None) -> float | None:
    # RFC 8785 knows binary floats only, and writes the shortest text that means one: a score's few digits come back.
    return None if value is None else float(value)
