"""The assessments of a class."""

from aiohttp import web

from luca_interactive import scope
from luca_interactive.access import STAFF, Caller, endpoint
from luca_interactive.api.classes import AssessmentAnswer
from luca_interactive.api.lists import ListAnswer, ListQuery
from luca_interactive.api.paths import ClassPath
from luca_interactive.parts import PARTS
from luca_interactive.ranges import part_of
from luca_shared.records.assessment import Assessment
from luca_shared.runtime.json_answers import answer
from luca_shared.tenancy import keys


@endpoint("GET", "/v1/classes/{class_id}/assessments", may=STAFF, answers={200: ListAnswer[AssessmentAnswer]})
async def get_assessments(
    request: web.Request, caller: Caller, path: ClassPath, query: ListQuery
) -> web.StreamResponse:
    """List a class's assessments, of all terms, by their ids."""
    parts = request.app[PARTS]
    await scope.class_of(caller, parts.configuration, path.class_id)
    range_ = keys.assessments(caller.context, path.class_id)
    part = await part_of(parts.tables.of(caller.context), range_, query, consistent=True)
    items = [AssessmentAnswer.of(Assessment.from_item(item)) for item in part.items]
    return answer(ListAnswer(items, part.next_cursor))
