"""Setting up an assessment: in a category of the subject's rules, in a term that is open.

Its term never changes: grades are filed under it, and would no longer be found. Nor does `max_score` change under
grades: it is what they were given out of. (A grade that is on its way at that moment keeps the `max_score` that it was
given out of, and counts by it; so does each grade.)

A name is free again once its assessment has been deleted, in the same term: a grade that was on its way to the deleted
one is then a grade of the new one.
"""

from collections.abc import Sequence
from decimal import Decimal

from luca_interactive.access import Caller
from luca_interactive.api.classes import AssessmentAnswer, AssessmentChange
from luca_interactive.assessment_grades import has_grades
from luca_interactive.configuration import Classroom, Configuration, NotSetUp
from luca_interactive.versioned_writing import failed_on, is_named, next_version, store, stored_before
from luca_shared.aws.errors import TransactionCanceled
from luca_shared.aws.expressions import absent, equals
from luca_shared.records.assessment import Assessment, DeletedAssessment
from luca_shared.records.term import TermState
from luca_shared.runtime import problems
from luca_shared.runtime.preconditions import Create, Precondition
from luca_shared.runtime.problems import ErrorDetail
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import AssessmentId, ClassId, Subject, Term
from luca_shared.tenancy.table import Tables, TenantTable
from luca_shared.tenancy.writes import Check, Delete, Write


async def store_assessment(
    caller: Caller,
    tables: Tables,
    configuration: Configuration,
    class_id: ClassId,
    assessment_id: AssessmentId,
    change: AssessmentChange,
    precondition: Precondition,
) -> Assessment:
    """Store an assessment in place of the version that the precondition names, and return it as it stands then.

    The caller has been found to work with the class, so that there is one.

    Raises:
        Problem: 412, with what stands there; 422, every field that is wrong; 409, what can't change any more.
    """
    context = caller.context
    classroom = await configuration.classroom_now(context, class_id)
    current, left = classroom.assessments.get(assessment_id), classroom.deleted.get(assessment_id)
    record = Assessment(
        class_id=class_id,
        assessment_id=assessment_id,
        version=next_version(precondition),
        term=change.term or (classroom.info.term if current is None else current.term),
        category=change.category,
        title=change.title,
        max_score=Decimal(change.max_score),  # a request's number is a subclass
    )
    if not is_named(current, precondition):
        return stored_before(current, record, same=_same, shown=AssessmentAnswer.of)
    if faults := await _faults(configuration, context, classroom.info.subject, record):
        raise problems.validation(faults)
    await refuse_unless_open(configuration, context, record.term)
    table = tables.of(context)
    await _refuse_unsettling(table, classroom, current or left, record)
    also = _conditions(context, classroom, record, left, precondition)
    try:
        return await _stored(table, record, precondition, also)
    finally:  # even when its answer is lost, it may have been stored
        configuration.class_changed(context, class_id)


async def refuse_unless_open(configuration: Configuration, context: TenantContext, term: Term) -> None:
    """Refuse a change in a term of which the averages are no longer to change.

    Raises:
        Problem: 409.
    """
    try:
        state = (await configuration.term(context, term)).state
    except NotSetUp:
        raise problems.conflict("the assessment's term has not been set up yet") from None
    if state is not TermState.OPEN:
        raise problems.term_frozen("its assessments can no longer be changed")


async def _faults(
    configuration: Configuration, context: TenantContext, subject: Subject, wanted: Assessment
) -> list[ErrorDetail]:
    faults = []
    categories = await _categories(configuration, context, subject)
    if wanted.category not in categories:
        configuration.rules_changed(context, subject)  # somebody may just have added it elsewhere
        categories = await _categories(configuration, context, subject)
    if wanted.category not in categories:
        faults.append(ErrorDetail("/category", f"must be one of {', '.join(categories)}"))
    try:
        await configuration.term(context, wanted.term)
    except NotSetUp:
        faults.append(ErrorDetail("/term", "is no term of this school"))
    return faults


async def _categories(configuration: Configuration, context: TenantContext, subject: Subject) -> Sequence[str]:
    try:
        return list((await configuration.rules(context, subject)).categories)
    except NotSetUp:
        raise problems.conflict("the subject has no grading rules yet") from None


async def _refuse_unsettling(
    table: TenantTable, classroom: Classroom, was: Assessment | DeletedAssessment | None, wanted: Assessment
) -> None:
    if was is None:
        return
    if wanted.term != was.term:
        raise problems.conflict(f"an assessment stays in its term, {was.term}; create another one for another term")
    if isinstance(was, Assessment) and wanted.max_score != was.max_score and await has_grades(table, classroom, was):
        raise problems.conflict("there are grades already, and their max_score can't change under them")


def _conditions(
    context: TenantContext,
    classroom: Classroom,
    record: Assessment,
    left: DeletedAssessment | None,
    precondition: Precondition,
) -> list[Write]:
    """Demand what the judgement above has found, and take what is left of a deleted one out of the way."""
    conditions: list[Write] = [Check(classroom.info.key(context), equals("subject", classroom.info.subject))]
    if left is not None:
        conditions.append(Delete(left.key(context), equals("deleted_at", left.deleted_at)))
    elif isinstance(precondition, Create):
        place = keys.deleted_assessment(context, record.class_id, record.assessment_id)
        conditions.append(Check(place, absent()))
    return conditions


async def _stored(
    table: TenantTable, record: Assessment, precondition: Precondition, also: Sequence[Write]
) -> Assessment:
    place = record.key(table.context)
    try:
        return await store(
            table,
            record,
            [place],
            precondition,
            read=Assessment.from_item,
            same=_same,
            shown=AssessmentAnswer.of,
            also=also,
        )
    except TransactionCanceled as canceled:
        if any(failed_on(canceled, write) for write in range(1, 1 + len(also))):
            raise problems.conflict("the class has just been changed; try again", retry_after=1) from None
        raise


def _same(one: Assessment, other: Assessment) -> bool:
    fields = ("term", "category", "title", "max_score")
    return all(getattr(one, name) == getattr(other, name) for name in fields)
