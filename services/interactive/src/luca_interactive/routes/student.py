"""One student: who he or she is, for those whom it concerns; administrators store and erase."""

from typing import Final

from aiohttp import web

from luca_interactive import scope
from luca_interactive.access import ADMINISTRATORS, EVERY_ROLE, Caller, endpoint
from luca_interactive.api.paths import StudentPath
from luca_interactive.api.students import ErasureAnswer, StudentAnswer, StudentChange
from luca_interactive.parts import PARTS
from luca_interactive.sealed_texts import name_of
from luca_interactive.student_writing import store_student
from luca_shared.runtime.json_answers import answer
from luca_shared.runtime.preconditions import Create, Precondition
from luca_shared.tenancy.ids import PersonId

PATH: Final = "/v1/students/{student_id}"

EXAMPLE: Final = StudentChange(name="Ana Pérez", guardian_ids=frozenset({PersonId("p12")}))


@endpoint("GET", PATH, may=EVERY_ROLE, answers={200: StudentAnswer})
async def get_student(request: web.Request, caller: Caller, path: StudentPath) -> web.StreamResponse:
    """Read a student; a teacher one of an own class."""
    parts = request.app[PARTS]
    student = (await scope.record_of(caller, parts.tables.of(caller.context), path.student_id)).student
    name = await parts.texts.open(caller.context, name_of(student))
    return answer(StudentAnswer.of(student, name), version=student.version)


@endpoint("PUT", PATH, may=ADMINISTRATORS, answers={200: StudentAnswer, 201: StudentAnswer}, example=EXAMPLE)
async def put_student(
    request: web.Request, caller: Caller, path: StudentPath, precondition: Precondition, body: StudentChange
) -> web.StreamResponse:
    """Store a student with the guardians: a new one with `If-None-Match: *` (201), another with `If-Match: "3"` (200).

    The id of an erased student is not given to another: 409.
    """
    parts = request.app[PARTS]
    table = parts.tables.of(caller.context)
    student = await store_student(table, parts.texts, path.student_id, body, precondition)
    status = 201 if isinstance(precondition, Create) else 200
    return answer(StudentAnswer.of(student, body.name), status=status, version=student.version)


@endpoint("DELETE", PATH, may=ADMINISTRATORS, answers={200: ErasureAnswer})
async def delete_student(request: web.Request, caller: Caller, path: StudentPath, version: int) -> web.StreamResponse:
    """Erase a student and answer with the receipt; sent again, it goes on where it was interrupted."""
    erasure = await request.app[PARTS].erasing.erase(caller, path.student_id, version)
    return answer(ErasureAnswer.of(erasure))
