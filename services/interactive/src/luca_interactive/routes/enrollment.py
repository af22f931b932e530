"""One student's place on the roster of a class, which an administrator gives and takes."""

from typing import Final

from aiohttp import web

from luca_interactive import scope
from luca_interactive.access import ADMINISTRATORS, Caller, endpoint
from luca_interactive.api.paths import EnrollmentPath
from luca_interactive.api.rosters import EnrollmentAnswer
from luca_interactive.enrolling import enroll, unenroll
from luca_interactive.parts import PARTS
from luca_shared.runtime.json_answers import answer, no_content
from luca_shared.runtime.preconditions import Create, Precondition

PATH: Final = "/v1/classes/{class_id}/roster/{student_id}"


@endpoint("PUT", PATH, may=ADMINISTRATORS, answers={200: EnrollmentAnswer, 201: EnrollmentAnswer})
async def put_enrollment(
    request: web.Request, caller: Caller, path: EnrollmentPath, precondition: Precondition
) -> web.StreamResponse:
    """Enroll a student with `If-None-Match: *` (201); there is no body, and nothing to change about it."""
    parts = request.app[PARTS]
    classroom = await scope.class_of(caller, parts.configuration, path.class_id)
    enrollment = await enroll(caller, parts.tables, parts.configuration, classroom.info, path.student_id, precondition)
    status = 201 if isinstance(precondition, Create) else 200
    return answer(EnrollmentAnswer.of(enrollment), status=status, version=enrollment.version)


@endpoint("DELETE", PATH, may=ADMINISTRATORS, answers={204: None})
async def delete_enrollment(
    request: web.Request, caller: Caller, path: EnrollmentPath, version: int
) -> web.StreamResponse:
    """Take a student off the roster; the grades stay."""
    parts = request.app[PARTS]
    classroom = await scope.class_of(caller, parts.configuration, path.class_id)
    await unenroll(caller, parts.tables, parts.configuration, classroom.info, path.student_id, version)
    return no_content()
