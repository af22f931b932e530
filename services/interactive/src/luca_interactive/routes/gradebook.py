"""The gradebook of a class: its students, its assessments, every grade, and the averages."""

from aiohttp import web

from luca_interactive import scope
from luca_interactive.access import STAFF, Caller, endpoint
from luca_interactive.api.gradebooks import GradebookAnswer, GradebookQuery
from luca_interactive.api.paths import ClassPath
from luca_interactive.configuration import NotSetUp
from luca_interactive.gradebook import read_gradebook
from luca_interactive.parts import PARTS
from luca_shared.runtime import problems
from luca_shared.runtime.json_answers import answer


@endpoint(
    "GET",
    "/v1/classes/{class_id}/gradebook",
    may=STAFF,
    answers={200: GradebookAnswer},
    conflicts=(problems.CONFLICT,),
)
async def get_gradebook(
    request: web.Request, caller: Caller, path: ClassPath, query: GradebookQuery
) -> web.StreamResponse:
    """Read a class's gradebook in one term, the class's own when none is given."""
    parts = request.app[PARTS]

    classroom = await scope.class_of(caller, parts.configuration, path.class_id)
    try:
        rules = await parts.configuration.rules(caller.context, classroom.info.subject)
    except NotSetUp:
        raise problems.conflict("the subject has no grading rules yet") from None
    table = parts.tables.of(caller.context)
    term = query.term or classroom.info.term
    return answer(await read_gradebook(table, parts.texts, classroom, rules, term))
