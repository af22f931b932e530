"""The terms of a school, each with its state."""

from aiohttp import web

from luca_interactive.access import EVERY_ROLE, STAFF, Caller, endpoint
from luca_interactive.api.lists import ListAnswer, ListQuery
from luca_interactive.api.terms import TermAnswer
from luca_interactive.parts import PARTS
from luca_interactive.ranges import part_of
from luca_shared.records.term import Term
from luca_shared.runtime.json_answers import answer
from luca_shared.tenancy import keys


@endpoint("GET", "/v1/terms", may=EVERY_ROLE, answers={200: ListAnswer[TermAnswer]})
async def get_terms(request: web.Request, caller: Caller, query: ListQuery) -> web.StreamResponse:
    """List the school's terms; why one was frozen or reopened, and by whom, is told to the staff."""
    parts = request.app[PARTS]

    terms = keys.term_entries(caller.context)
    part = await part_of(parts.tables.of(caller.context), terms, query, consistent=True)
    to_staff = not caller.roles.isdisjoint(STAFF)
    items = [parts.term_writing.shown(Term.from_item(item), to_staff=to_staff) for item in part.items]
    return answer(ListAnswer(items, part.next_cursor))
