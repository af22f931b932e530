"""The school's grades that the government has not got yet, by the time of their last change."""

from aiohttp import web

from luca_interactive.access import OVERSEERS, Caller, endpoint
from luca_interactive.api.lists import ListAnswer
from luca_interactive.api.sync import PendingGradeAnswer, PendingQuery
from luca_interactive.parts import PARTS
from luca_interactive.ranges import merged_part_of
from luca_shared.records.term import Term
from luca_shared.runtime import problems
from luca_shared.runtime.json_answers import answer
from luca_shared.runtime.problems import ErrorDetail
from luca_shared.tenancy import keys
from luca_shared.tenancy.ids import Term as TermId
from luca_shared.tenancy.table import TenantTable


@endpoint(
    "GET",
    "/v1/sync/pending",
    may=OVERSEERS,
    answers={200: ListAnswer[PendingGradeAnswer]},
)
async def get_pending(request: web.Request, caller: Caller, query: PendingQuery) -> web.StreamResponse:
    """List them, term after term; without a term those of all, for it is frozen terms that are submitted."""
    first, last = query.from_, query.to
    if first is not None and last is not None and last < first:
        raise problems.validation([ErrorDetail("/to", "must not be before from")])
    context = caller.context
    table = request.app[PARTS].tables.of(context)

    days = (None if first is None else first.isoformat(), None if last is None else last.isoformat())
    within = keys.pending_in_shard(context, 0, query.term, *(days if query.term else ()))
    groups = [
        [keys.pending_in_shard(context, shard, term, *days) for shard in range(keys.PENDING_SHARDS)]
        for term in ([query.term] if query.term else await _terms(table))
    ]
    part = await merged_part_of(table, within, query, groups)
    items = [PendingGradeAnswer.at(item[within.sort_attribute]) for item in part.items]
    return answer(ListAnswer(items, part.next_cursor))


async def _terms(table: TenantTable) -> list[TermId]:
    return [Term.from_item(item).term async for item in table.items(keys.term_entries(table.context))]
