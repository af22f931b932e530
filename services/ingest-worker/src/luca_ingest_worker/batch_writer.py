"""Batches on their way into the table, each event of which ends durable, refused or left."""

import asyncio
import logging
import random
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any, Final, Protocol

from luca_ingest_worker import metrics
from luca_ingest_worker.acknowledgement import Ledger
from luca_ingest_worker.circuit import Circuit
from luca_ingest_worker.refusals import Reason
from luca_ingest_worker.verdicts import Pending, Statements, Verdicts, by_identity, conflicting, verdicts_on
from luca_shared.aws.attributes import Item
from luca_shared.aws.errors import AccessDenied, AwsError, Rejected
from luca_shared.aws.retries import RetryPolicy
from luca_shared.aws.statements import Failed, StatementResult
from luca_shared.runtime import correlation
from luca_shared.runtime.log_values import Public
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.key_types import Key

# About 10 s in all, beside the client's own retries of calls that fail as a whole; then the messages are left.
RETRY: Final = RetryPolicy(attempts=6, base=0.2, cap=5.0)

_log = logging.getLogger(__name__)


class SchoolTable(Protocol):
    """The table as one school; see `TenantTable`."""

    async def insert_many(self, items: Sequence[tuple[Key, Item]]) -> list[StatementResult]:
        """Write each item unless its key exists."""
        ...

    async def get_many(self, keys: Sequence[Key], *, consistent: bool = False) -> Mapping[Key, Item]:
        """Return those items that exist."""
        ...


class BatchWriter:
    """Writes batches, many at once, each of one school.

    Args:
        table_of: The table as a context's school.
        at_once: How many calls are on their way at most; a batch that waits for its next try holds none of them.
        chance: A random number in [0, 1).
    """

    def __init__(
        self,
        table_of: Callable[[TenantContext], SchoolTable],
        ledger: Ledger,
        circuit: Circuit,
        *,
        at_once: int,
        retry: RetryPolicy = RETRY,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._table_of = table_of
        self._ledger = ledger
        self._circuit = circuit
        self._calls = asyncio.Semaphore(at_once)
        self._retry = retry
        self._chance = chance
        self._batches: asyncio.Queue[list[Pending]] = asyncio.Queue()  # bounded by the room that its events take

    def put(self, batch: list[Pending]) -> None:
        """Have a batch written, soon: 1 to 25 events of one school."""
        self._batches.put_nowait(batch)

    async def run(self) -> None:
        """Write what is put, until cancelled."""
        async with asyncio.TaskGroup() as writes:
            while True:
                batch = await self._batches.get()
                writes.create_task(self._write(batch))

    async def _write(self, batch: list[Pending]) -> None:
        metrics.BATCH_SIZE.observe(len(batch))
        statements = by_identity(batch)
        context = batch[0].event.context
        with correlation.bind(context.correlation_id):
            try:
                await self._until_decided(self._table_of(context), statements)
            except Exception:  # noqa: BLE001  # a fault of ours, which must not take the other batches with it
                metrics.FAULTS.labels("write").inc()
                _log.exception("a batch could not be written")
        if statements:
            _log.warning("events are left on the queue", extra={"events": sum(map(len, statements.values()))})
        for claims in statements.values():
            for claim in claims:
                self._ledger.leave(claim.delivery)

    async def _until_decided(self, table: SchoolTable, undecided: Statements) -> None:
        """Try until nothing is undecided or the tries are used up; what is decided is taken out of `undecided`."""
        for attempt in count(1):
            try:
                async with self._calls:
                    await self._try(table, undecided)
            except AccessDenied:  # of the whole call, or by STS: this school's credentials, not the table
                _log.warning("a school's credentials are denied")
            except AwsError as error:
                self._circuit.failed()
                _log.warning("a batch failed", extra={"operation": Public(error.operation), "code": Public(error.code)})
            if not undecided or attempt >= self._retry.attempts:
                return
            await asyncio.sleep(self._retry.backoff(attempt, self._chance()))

    async def _try(self, table: SchoolTable, undecided: Statements) -> None:
        results = await self._insert(table, undecided)
        verdicts = verdicts_on(dict(zip(undecided, results, strict=True)))
        self._tell_circuit(verdicts)
        settled = 0
        for key in verdicts.written:
            claims = undecided.pop(key)
            settled += self._settle(claims, claims[0].event.record.payload_sha256)
        metrics.STORED.inc(len(verdicts.written))
        metrics.DUPLICATES.inc(settled - len(verdicts.written))
        for key, reason in verdicts.refused.items():
            self._refuse(undecided.pop(key), reason)
        if verdicts.duplicates:
            stored = await table.get_many(verdicts.duplicates, consistent=True)
            for key, item in stored.items():  # one that is missing was erased meanwhile, and is tried again
                metrics.DUPLICATES.inc(self._settle(undecided.pop(key), item.get("payload_sha256")))

    async def _insert(self, table: SchoolTable, statements: Statements) -> list[StatementResult]:
        try:
            return await table.insert_many(
                [(key, claims[0].event.record.to_item()) for key, claims in statements.items()]
            )
        except Rejected as error:
            if error.code != "ValidationException":
                raise
            if len(statements) == 1:
                return [Failed("ValidationError", retryable=False)]
            # One of them makes the whole call invalid: alone, it shows.
            return [(await self._insert(table, {key: claims}))[0] for key, claims in statements.items()]

    def _tell_circuit(self, verdicts: Verdicts) -> None:
        if verdicts.table_answers:
            self._circuit.succeeded()
        elif not verdicts.denied_all:
            self._circuit.failed()

    def _settle(self, claims: list[Pending], stored_sha256: Any) -> int:
        """Tell the ledger what it means that this payload is stored; return how many of the claims had it."""
        same, other = conflicting(claims, stored_sha256)
        for claim in same:
            self._ledger.durable(claim.delivery)
        self._refuse(other, Reason.CONFLICTING_PAYLOAD)
        return len(same)

    def _refuse(self, claims: list[Pending], reason: Reason) -> None:
        for claim in claims:
            self._ledger.refuse(claim.delivery, claim.event.refused(reason))
