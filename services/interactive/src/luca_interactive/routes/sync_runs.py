"""How the school's submissions to the government stand, the latest term first."""

from typing import Final

from aiohttp import web

from luca_interactive.access import OVERSEERS, Caller, endpoint
from luca_interactive.api.lists import ListAnswer, ListQuery
from luca_interactive.api.sync import SyncRunAnswer
from luca_interactive.cursors import cursor_at, position_of
from luca_interactive.parts import PARTS
from luca_interactive.sync_runs import has_begun, tally_of
from luca_shared.records.term import Term
from luca_shared.runtime.json_answers import answer
from luca_shared.tenancy import keys

# A part of the list ends when so many batches have been counted, however few submissions that were: a large school has
# a thousand of them a term, and a request has a deadline.
ENOUGH_BATCHES: Final = 1000


@endpoint("GET", "/v1/sync/runs", may=OVERSEERS, answers={200: ListAnswer[SyncRunAnswer]})
async def get_runs(request: web.Request, caller: Caller, query: ListQuery) -> web.StreamResponse:
    """List the submissions that have begun."""
    table = request.app[PARTS].tables.of(caller.context)

    entries = keys.term_entries(caller.context)
    after = position_of(query.cursor, entries) if query.cursor is not None else None
    terms = {item["sk"]: Term.from_item(item).term async for item in table.items(entries)}
    items: list[SyncRunAnswer] = []
    counted, last = 0, ""
    for position, term in sorted(terms.items(), reverse=True):
        if after is not None and position >= after:
            continue
        if not await has_begun(table, term):
            continue
        if items and (counted >= ENOUGH_BATCHES or len(items) == query.limit):
            return answer(ListAnswer(items, cursor_at(last)))
        tally = await tally_of(table, term)
        counted, last = counted + tally.batches, position
        items.append(tally.answer())
    return answer(ListAnswer(items, None))
