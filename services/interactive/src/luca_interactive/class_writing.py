"""Setting up a class: in its own partition and in the school's directory, in one transaction.

What a class is of can't change under what it already holds. Its term never does: enrollments, grades and the directory
are filed under it. Its subject does until there is an assessment, whose category is one of that subject's rules. (An
assessment that is made at the very moment keeps its category; if the new rules don't know it, it has no weight.)
"""

from luca_interactive.access import Caller
from luca_interactive.api.classes import ClassAnswer, ClassChange
from luca_interactive.configuration import Classroom, Configuration, NotSetUp
from luca_interactive.versioned_writing import is_named, next_version, store, stored_before
from luca_shared.records.class_ import Class
from luca_shared.runtime import problems
from luca_shared.runtime.preconditions import Precondition
from luca_shared.runtime.problems import ErrorDetail, pointer
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import ClassId
from luca_shared.tenancy.table import Tables


async def store_class(
    caller: Caller,
    tables: Tables,
    configuration: Configuration,
    class_id: ClassId,
    change: ClassChange,
    precondition: Precondition,
) -> Class:
    """Store a class in place of the version that the precondition names, and return it as it stands then.

    Raises:
        Problem: 412, with what stands there; 422, every field that is wrong; 409, what can't change any more.
    """
    context = caller.context
    record = Class(
        class_id=class_id,
        version=next_version(precondition),
        term=change.term,
        subject=change.subject,
        name=change.name,
        teacher_ids=change.teacher_ids,
    )
    classroom = await _classroom(configuration, context, class_id)
    current = None if classroom is None else classroom.info
    if not is_named(current, precondition):
        return stored_before(current, record, same=_same, shown=ClassAnswer.of)
    if faults := await _faults(configuration, context, change):
        raise problems.validation(faults)
    if classroom is not None:
        _refuse_unsettling(classroom, change)
    try:
        return await store(
            tables.of(context),
            record,
            [record.key(context), record.directory_key(context)],
            precondition,
            read=Class.from_item,
            same=_same,
            shown=ClassAnswer.of,
        )
    finally:  # even when its answer is lost, it may have been stored
        configuration.class_changed(context, class_id)


async def _classroom(configuration: Configuration, context: TenantContext, class_id: ClassId) -> Classroom | None:
    try:
        return await configuration.classroom_now(context, class_id)
    except NotSetUp:
        return None


async def _faults(configuration: Configuration, context: TenantContext, change: ClassChange) -> list[ErrorDetail]:
    """Say what isn't there yet. A person is known to the user pool only, so that a teacher's id is taken as it is."""
    faults = []
    try:
        await configuration.rules(context, change.subject)
    except NotSetUp:
        faults.append(ErrorDetail("/subject", "has no grading rules yet; set these first"))
    try:
        await configuration.term(context, change.term)
    except NotSetUp:
        faults.append(ErrorDetail("/term", "is no term of this school"))
    seen = set()
    for index, teacher_id in enumerate(change.teacher_ids):
        if teacher_id in seen:
            faults.append(ErrorDetail(pointer("teacher_ids", index), "is there already"))
        seen.add(teacher_id)
    return faults


def _refuse_unsettling(classroom: Classroom, change: ClassChange) -> None:
    was = classroom.info
    if change.term != was.term:
        raise problems.conflict(f"a class stays in its term, {was.term}; create another class for another term")
    if change.subject != was.subject and classroom.assessments:
        raise problems.conflict(f"a class that has assessments stays in its subject, {was.subject}")


def _same(one: Class, other: Class) -> bool:
    fields = ("term", "subject", "name", "teacher_ids")
    return all(getattr(one, name) == getattr(other, name) for name in fields)
