"""A student's behavior profile: what the events of the last 30 days add up to."""

from aiohttp import web

from luca_interactive import scope
from luca_interactive.access import EVERY_ROLE, Caller, endpoint
from luca_interactive.api.behavior import BehaviorAnswer
from luca_interactive.api.paths import StudentPath
from luca_interactive.behavior_reading import read_behavior
from luca_interactive.parts import PARTS
from luca_shared.records import timestamps
from luca_shared.runtime.json_answers import answer


@endpoint("GET", "/v1/students/{student_id}/behavior", may=EVERY_ROLE, answers={200: BehaviorAnswer})
async def get_behavior(request: web.Request, caller: Caller, path: StudentPath) -> web.StreamResponse:
    """Read a student's behavior profile; a teacher that of a student in an own class, with what others reported."""
    table = request.app[PARTS].tables.of(caller.context)
    await scope.classes_of_record(caller, table, path.student_id)  # an event is of no class: any of them will do
    return answer(await read_behavior(table, path.student_id, timestamps.now()))
