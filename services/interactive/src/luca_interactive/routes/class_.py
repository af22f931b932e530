"""One class: an administrator sets it up, and the staff reads it."""

from typing import Final

from aiohttp import web

from luca_interactive import scope
from luca_interactive.access import ADMINISTRATORS, STAFF, Caller, endpoint
from luca_interactive.api.classes import ClassAnswer, ClassChange
from luca_interactive.api.paths import ClassPath
from luca_interactive.class_writing import store_class
from luca_interactive.parts import PARTS
from luca_shared.runtime.json_answers import answer
from luca_shared.runtime.preconditions import Create, Precondition
from luca_shared.tenancy.ids import PersonId, Subject, Term

PATH: Final = "/v1/classes/{class_id}"

EXAMPLE: Final = ClassChange(
    subject=Subject("math"), term=Term("2026-Q4"), name="Matemática 7A", teacher_ids=(PersonId("p1"),)
)


@endpoint("GET", PATH, may=STAFF, answers={200: ClassAnswer})
async def get_class(request: web.Request, caller: Caller, path: ClassPath) -> web.StreamResponse:
    """Read a class."""
    classroom = await scope.class_of(caller, request.app[PARTS].configuration, path.class_id)
    return answer(ClassAnswer.of(classroom.info), version=classroom.info.version)


@endpoint("PUT", PATH, may=ADMINISTRATORS, answers={200: ClassAnswer, 201: ClassAnswer}, example=EXAMPLE)
async def put_class(
    request: web.Request, caller: Caller, path: ClassPath, precondition: Precondition, body: ClassChange
) -> web.StreamResponse:
    """Set up a class: a new one with `If-None-Match: *` (201), a change of it with `If-Match: "3"` (200)."""
    parts = request.app[PARTS]
    class_ = await store_class(caller, parts.tables, parts.configuration, path.class_id, body, precondition)
    status = 201 if isinstance(precondition, Create) else 200
    return answer(ClassAnswer.of(class_), status=status, version=class_.version)
