"""Storing a student, and who the guardians are: the profile and the links to it change together or not at all.

    PUT, version 3 named               table
    ---------------------------------  -----------------------------------------------------------------
    PROFILE, ERASURE: read, consistent
    name: encrypted under the own key
    one transaction ---------------->  PROFILE               version 4, if it is version 3 now
                                       PERSON / STUDENT      put for each new guardian, deleted for each former one
                                       ERASURE               as it is, if there is none
    200, version 4 <------------------

Which guardians are new is told by the version read, and it stands there still when the transaction happens, or the
transaction doesn't. Killed before it, nothing has happened (at most, a key has been made that has encrypted nothing
stored); killed after it, everything has, and the repeat finds what it asks for in the place of the version that it
names. Two at once are one and then the other: the second meets the first's version.
"""

import secrets

from msgspec.structs import replace

from luca_interactive.api.students import StudentChange
from luca_interactive.sealed_texts import SealedTexts, name_of
from luca_interactive.student_standing import Standing, read_standing, superseded, unless_erased
from luca_interactive.versioned_writing import condition_of, next_version
from luca_shared.aws.errors import TransactionCanceled
from luca_shared.records.student import GuardianLink, Student
from luca_shared.runtime import problems
from luca_shared.runtime.preconditions import Create, Precondition
from luca_shared.tenancy.ids import PersonId, StudentId
from luca_shared.tenancy.table import TenantTable
from luca_shared.tenancy.writes import Delete, Put


async def store_student(
    table: TenantTable, texts: SealedTexts, student_id: StudentId, change: StudentChange, precondition: Precondition
) -> Student:
    """Store a student in place of the version that the precondition names; return the one that stands there then.

    Raises:
        Problem: 412, with what stands there; 409, the student has been erased.
    """
    standing = await read_standing(table, student_id)
    repeated = await _repeated(table, texts, standing, change, precondition)
    if repeated is not None:
        return repeated
    student = await _sealed(table, texts, student_id, change, precondition)
    former = frozenset(standing.student.guardian_ids if standing.student is not None else ())
    writes = [
        Put(student.key(table.context), student.to_item(), condition_of(precondition)),
        unless_erased(table.context, student_id),
        *(Put(link.key(table.context), link.to_item()) for link in _links(student_id, change.guardian_ids - former)),
        *(Delete(link.key(table.context)) for link in _links(student_id, former - change.guardian_ids)),
    ]
    try:
        await table.transact(writes, token=secrets.token_hex(16))
    except TransactionCanceled:
        standing = await read_standing(table, student_id)
        repeated = await _repeated(table, texts, standing, change, precondition)
        if repeated is None:  # nobody stands in the way: it was canceled for something else
            raise
        return repeated
    return student


async def _sealed(
    table: TenantTable, texts: SealedTexts, student_id: StudentId, change: StudentChange, precondition: Precondition
) -> Student:
    guardian_ids = tuple(sorted(change.guardian_ids))
    student = Student(student_id=student_id, version=next_version(precondition), name=b"", guardian_ids=guardian_ids)
    return replace(student, name=await texts.seal(table.context, name_of(student), change.name))


def _links(student_id: StudentId, guardian_ids: frozenset[PersonId]) -> list[GuardianLink]:
    return [GuardianLink(person_id=person_id, student_id=student_id) for person_id in sorted(guardian_ids)]


async def _repeated(
    table: TenantTable, texts: SealedTexts, standing: Standing, change: StudentChange, precondition: Precondition
) -> Student | None:
    """Return the student if an earlier sending of this request has written it, None if what is named stands there.

    Raises:
        Problem: 412, something else stands there; 409, the student has been erased.
    """
    if standing.erasure is not None:
        raise problems.conflict(
            f"this student was erased at {standing.erasure.erased_at}; an id is not used again, take a new one"
        )
    current = standing.student
    if current is None:
        if isinstance(precondition, Create):
            return None
        raise await superseded(texts, table.context, None)
    if current.version + 1 == next_version(precondition):
        return None
    name = await texts.open(table.context, name_of(current))
    same = name == change.name and set(current.guardian_ids) == change.guardian_ids
    if same and current.version == next_version(precondition):
        return current
    raise await superseded(texts, table.context, current)
