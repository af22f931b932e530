"""The names of the students on a roster, which are encrypted for each student, read and opened together."""

from collections.abc import Iterable, Mapping

from luca_interactive.sealed_texts import SealedTexts, name_of
from luca_shared.records.student import Student
from luca_shared.records.wire import item_type
from luca_shared.tenancy import keys
from luca_shared.tenancy.ids import StudentId
from luca_shared.tenancy.table import TenantTable


async def read_students(table: TenantTable, student_ids: Iterable[StudentId]) -> list[Student]:
    """Read the profiles of those students who have one, in one batch."""
    profiles = [keys.profile(table.context, student_id) for student_id in student_ids]
    return await table.read_many(profiles, item_type(Student))


async def read_names(
    table: TenantTable, texts: SealedTexts, student_ids: Iterable[StudentId]
) -> Mapping[StudentId, str | None]:
    """Return students' names; one that has been erased is None or not there."""
    students = await read_students(table, student_ids)
    names = await texts.open_many(table.context, list(map(name_of, students)))
    return {student.student_id: name for student, name in zip(students, names, strict=True)}


def by_name(name: str | None, student_id: StudentId) -> tuple[bool, str, str]:
    """Return what sorts students as people look for them: by name, and who has none at the end."""
    return name is None, (name or "").casefold(), student_id
