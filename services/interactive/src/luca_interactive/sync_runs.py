"""How a school's submission of a term stands, counted from its own batches; the run as a whole isn't a school's."""

from collections import Counter
from collections.abc import AsyncIterator

from luca_interactive.api.sync import RecordCounts, SyncRunAnswer
from luca_shared.records.submission import Batch, BatchState
from luca_shared.records.timestamps import Timestamp
from luca_shared.tenancy import keys
from luca_shared.tenancy.ids import Term
from luca_shared.tenancy.table import TenantTable

# A batch is up to 15 kB. A whole page of them, 1 MB, would hold up all other requests while it is parsed.
_AT_ONCE = 25


class Tally:
    """The batches of one submission, counted as they come."""

    def __init__(self, term: Term) -> None:
        self._term = term
        self._states: Counter[BatchState] = Counter()
        self._waiting = self._accepted = self._refused = self._undelivered = 0
        self._last_activity: Timestamp | None = None

    @property
    def batches(self) -> int:
        """How many there are."""
        return self._states.total()

    def add(self, batch: Batch) -> None:
        """Count a batch. The members of one that was split are its halves', and count there."""
        self._states[batch.state] += 1
        members = len(batch.members)
        match batch.state:
            case BatchState.SYNCED:
                self._accepted += members - len(batch.refused)
                self._refused += len(batch.refused)
            case BatchState.CLIENT_ERROR:
                self._refused += members
            case BatchState.DLQ:
                self._undelivered += members
            case BatchState.SPLIT:
                pass
            case _:
                self._waiting += members
        for at in (batch.created_at, batch.sent_at, batch.settled_at):
            if at is not None:
                self._last_activity = at if self._last_activity is None else max(self._last_activity, at)

    def answer(self) -> SyncRunAnswer:
        """Tell what was counted."""
        return SyncRunAnswer(
            term=self._term,
            batches={state: self._states[state] for state in BatchState if self._states[state]},
            records=RecordCounts(
                waiting=self._waiting,
                accepted=self._accepted,
                refused=self._refused,
                undelivered=self._undelivered,
            ),
            last_activity=self._last_activity,
        )


async def has_begun(table: TenantTable, term: Term) -> bool:
    """Whether a term's submission has any batch."""
    return bool((await table.query(keys.batches(table.context, term), limit=1)).items)


async def tally_of(table: TenantTable, term: Term) -> Tally:
    """Count the batches of a term's submission; there are none when it hasn't begun."""
    tally = Tally(term)
    async for batch in _batches(table, term):
        tally.add(batch)
    return tally


async def _batches(table: TenantTable, term: Term) -> AsyncIterator[Batch]:
    async for item in table.items(keys.batches(table.context, term), at_once=_AT_ONCE):
        yield Batch.from_item(item)
