"""Enrolling a student in a class: at the class's side and at the student's, in one transaction.

The transaction also demands that there is such a student, so that none is enrolled who is being erased at that moment.
The class needs no such demand: there is no way to delete one, nor to move it to another term.

An enrollment has nothing to change but that it is there; storing it again counts its version on. Unenrolling keeps the
grades: they are read as before, and take no change until the student is enrolled again.
"""

from luca_interactive.access import Caller
from luca_interactive.api.rosters import EnrollmentAnswer
from luca_interactive.configuration import Configuration
from luca_interactive.versioned_writing import failed_on, next_version, remove, store
from luca_shared.aws.errors import TransactionCanceled
from luca_shared.aws.expressions import present
from luca_shared.records.class_ import Class, Enrollment
from luca_shared.runtime import problems
from luca_shared.runtime.preconditions import Precondition
from luca_shared.tenancy import keys
from luca_shared.tenancy.ids import StudentId
from luca_shared.tenancy.key_types import Key
from luca_shared.tenancy.table import Tables, TenantTable
from luca_shared.tenancy.writes import Check


async def enroll(
    caller: Caller,
    tables: Tables,
    configuration: Configuration,
    class_: Class,
    student_id: StudentId,
    precondition: Precondition,
) -> Enrollment:
    """Enroll a student, and return the enrollment as it stands then.

    Raises:
        Problem: 404, there is no such student; 412, with what stands there.
    """
    table = tables.of(caller.context)
    enrollment = _enrollment(class_, student_id, next_version(precondition))
    places = _places(table, enrollment)
    try:
        return await store(
            table,
            enrollment,
            places,
            precondition,
            read=Enrollment.from_item,
            same=lambda _one, _other: True,  # of the same class and student: there is nothing else in it
            shown=EnrollmentAnswer.of,
            also=[Check(keys.profile(caller.context, student_id), present())],
        )
    except TransactionCanceled as canceled:
        if failed_on(canceled, len(places)):
            raise problems.not_found() from None
        raise
    finally:  # even when its answer is lost, it may have been stored
        configuration.class_changed(caller.context, class_.class_id)


async def unenroll(
    caller: Caller, tables: Tables, configuration: Configuration, class_: Class, student_id: StudentId, version: int
) -> None:
    """Take a student off the roster.

    Raises:
        Problem: 404, the student isn't on it (any more); 412, with what stands there.
    """
    table = tables.of(caller.context)
    places = _places(table, _enrollment(class_, student_id, version))
    try:
        await remove(table, places, version, read=Enrollment.from_item, shown=EnrollmentAnswer.of)
    finally:  # even when its answer is lost, it may be gone
        configuration.class_changed(caller.context, class_.class_id)


def _enrollment(class_: Class, student_id: StudentId, version: int) -> Enrollment:
    return Enrollment(class_id=class_.class_id, student_id=student_id, term=class_.term, version=version)


def _places(table: TenantTable, enrollment: Enrollment) -> list[Key]:
    return [enrollment.key(table.context), enrollment.student_key(table.context)]
