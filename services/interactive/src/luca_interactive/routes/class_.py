"""One class."""

from aiohttp import web

from luca_interactive import scope
from luca_interactive.access import STAFF, Caller, endpoint
from luca_interactive.api.classes import ClassAnswer
from luca_interactive.api.paths import ClassPath
from luca_interactive.parts import PARTS
from luca_shared.runtime.json_answers import answer


@endpoint("GET", "/v1/classes/{class_id}", may=STAFF, answers={200: ClassAnswer})
async def get_class(request: web.Request, caller: Caller, path: ClassPath) -> web.StreamResponse:
    """Read a class."""
    classroom = await scope.class_of(caller, request.app[PARTS].configuration, path.class_id)
    return answer(ClassAnswer.of(classroom.info), version=classroom.info.version)
