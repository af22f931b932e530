"""One class."""

from aiohttp import web

from luca_interactive import scope
from luca_interactive.access import Caller, endpoint
from luca_interactive.api.classes import ClassAnswer
from luca_interactive.api.paths import ClassPath
from luca_interactive.parts import PARTS
from luca_shared.runtime.json_answers import answer
from luca_shared.runtime.requests import parse_path
from luca_shared.tenancy.context import Role


@endpoint("GET", "/v1/classes/{class_id}", may={Role.TEACHER, Role.SCHOOL_ADMIN, Role.COMPLIANCE})
async def get_class(request: web.Request, caller: Caller) -> web.StreamResponse:
    """Read a class."""
    path = parse_path(request, ClassPath)
    classroom = await scope.class_of(caller, request.app[PARTS].configuration, path.class_id)
    return answer(ClassAnswer.of(classroom.info), version=classroom.info.version)
