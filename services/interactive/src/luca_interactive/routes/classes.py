"""The classes of a school, of a term or of all that are open; a teacher's own."""

from aiohttp import web

from luca_interactive import scope
from luca_interactive.access import STAFF, Caller, endpoint
from luca_interactive.api.classes import ClassAnswer
from luca_interactive.api.lists import ListAnswer, TermListQuery
from luca_interactive.parts import PARTS
from luca_interactive.ranges import part_of
from luca_shared.records.class_ import Class
from luca_shared.runtime.json_answers import answer
from luca_shared.tenancy import keys


@endpoint("GET", "/v1/classes", may=STAFF, answers={200: ListAnswer[ClassAnswer]})
async def get_classes(request: web.Request, caller: Caller, query: TermListQuery) -> web.StreamResponse:
    """List the classes that the caller may see."""
    parts = request.app[PARTS]
    context = caller.context

    terms = (query.term,) if query.term else await parts.configuration.open_terms(context)
    part = await part_of(
        parts.tables.of(context),
        keys.class_entries(context, query.term),
        query,
        ranges=[keys.class_entries(context, term) for term in terms],
        wanted=None if scope.sees_whole_school(caller) else lambda item: caller.person_id in item["teacher_ids"],
    )
    items = [ClassAnswer.of(Class.from_item(item)) for item in part.items]
    return answer(ListAnswer(items, part.next_cursor))
