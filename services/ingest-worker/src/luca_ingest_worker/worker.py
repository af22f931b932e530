"""The worker as a whole: its parts put together, set to work, and stopped in order."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from luca_ingest_worker import metrics
from luca_ingest_worker.acknowledgement import Ledger
from luca_ingest_worker.batch_writer import BatchWriter, SchoolTable
from luca_ingest_worker.buffers import Buffers
from luca_ingest_worker.circuit import Circuit
from luca_ingest_worker.dead_letters import DeadLetters
from luca_ingest_worker.deletions import Deletions
from luca_ingest_worker.events_queue import DeadLetterQueue, EventsQueue
from luca_ingest_worker.intake import Intake
from luca_ingest_worker.receivers import Receivers
from luca_ingest_worker.room import Room
from luca_ingest_worker.settings import IngestSettings
from luca_ingest_worker.verdicts import Pending
from luca_ingest_worker.visibility import Visibility
from luca_shared.tenancy.context import TenantContext

_RELEASE_WITHIN = 2.0  # seconds

_log = logging.getLogger(__name__)


class TableFailing(Exception):
    """Writes fail, one after another."""


class Worker:
    """Receivers -> judged events -> buffers by school -> batches -> the ledger -> dead letters, deletions.

    What is in the process can be lost at any instant: a message stays on the queue until all of it is durable, and
    what is written twice is a duplicate.
    """

    def __init__(
        self,
        settings: IngestSettings,
        queue: EventsQueue,
        dead_letters: DeadLetterQueue,
        table_of: Callable[[TenantContext], SchoolTable],
    ) -> None:
        self._stop_timeout = settings.stop_timeout
        room = Room(settings.room)
        self._ledger = Ledger(room)
        self._circuit = Circuit()
        self._writer = BatchWriter(table_of, self._ledger, self._circuit, at_once=settings.writes_at_once)
        buffers: Buffers[Pending] = Buffers(max_messages=settings.batch_messages, max_age=settings.batch_age)
        self._intake = Intake(settings.rules, self._ledger, buffers, self._writer.put)
        self._receivers = Receivers(
            queue,
            room,
            self._circuit,
            self._intake.accept,
            fewest=settings.receivers_min,
            most=settings.receivers_max,
        )
        self._dead_letters = DeadLetters(dead_letters, self._ledger)
        self._deletions = Deletions(queue, self._ledger)
        self._visibility = Visibility(queue, self._ledger)
        # Asked when they are scraped, and not told at every change.
        metrics.IN_HAND.set_function(lambda: room.taken)
        metrics.BUFFERS.set_function(lambda: len(buffers))
        metrics.RECEIVERS.set_function(lambda: self._receivers.at_work)
        metrics.CIRCUIT_OPEN.set_function(lambda: self._circuit.is_open)

    async def check_queue(self) -> None:
        """Raise while the queue can't be received from."""
        self._receivers.check()

    async def check_table(self) -> None:
        """Raise while the table fails."""
        if self._circuit.is_open:
            raise TableFailing

    async def run(self, until_stopped: Callable[[], Awaitable[object]]) -> None:
        """Work until `until_stopped` returns; then receive no more, and finish what is in hand while time allows."""
        async with asyncio.TaskGroup() as parts:
            receiving = parts.create_task(self._receivers.run(), name="receivers")
            others = [
                parts.create_task(part.run(), name=type(part).__name__)
                for part in (self._intake, self._writer, self._dead_letters, self._deletions, self._visibility)
            ]
            await until_stopped()
            # First the polls: what is released below would be received by them again.
            receiving.cancel()
            await asyncio.wait([receiving])
            await self._finish()
            for part in others:
                part.cancel()
        await self._release()

    async def _finish(self) -> None:
        self._intake.flush()
        try:
            async with asyncio.timeout(self._stop_timeout):
                await self._ledger.empty()
        except TimeoutError:
            _log.warning("stopped with messages in hand", extra={"messages": len(self._ledger.in_hand)})

    async def _release(self) -> None:
        try:
            async with asyncio.timeout(_RELEASE_WITHIN):
                await self._visibility.release()
        except TimeoutError:
            _log.warning("messages were not released; they reappear when their visibility ends")
