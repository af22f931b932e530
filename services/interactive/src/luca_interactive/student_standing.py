"""What stands under a student's id: a profile, the erasure of one, or nothing."""

from dataclasses import dataclass

from luca_interactive.api.students import StudentAnswer
from luca_interactive.sealed_texts import SealedTexts, name_of
from luca_interactive.versioned_writing import conflict_with
from luca_shared.aws.expressions import absent
from luca_shared.records.erasure import Erasure
from luca_shared.records.student import Student
from luca_shared.runtime.problems import Problem
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import StudentId
from luca_shared.tenancy.table import TenantTable
from luca_shared.tenancy.writes import Delete, Write


@dataclass(frozen=True, slots=True)
class Standing:
    """A student's profile or erasure; there are never both."""

    student: Student | None
    erasure: Erasure | None


async def read_standing(table: TenantTable, student_id: StudentId) -> Standing:
    """Read what stands there, as it was last written; in one call."""
    profile, erasure = keys.profile(table.context, student_id), keys.erasure(table.context, student_id)
    found = await table.get_many([profile, erasure], consistent=True)
    return Standing(
        Student.from_item(found[profile]) if profile in found else None,
        Erasure.from_item(found[erasure]) if erasure in found else None,
    )


def unless_erased(context: TenantContext, student_id: StudentId) -> Write:
    """A write that changes nothing, and lets its transaction happen only if the student has not been erased."""
    return Delete(keys.erasure(context, student_id), absent())


async def superseded(texts: SealedTexts, context: TenantContext, current: Student | None) -> Problem:
    """Return the answer 412: not what was named stands there, but `current`, or nothing."""
    name = None if current is None else await texts.open(context, name_of(current))
    return conflict_with(current, lambda student: StudentAnswer.of(student, name))
