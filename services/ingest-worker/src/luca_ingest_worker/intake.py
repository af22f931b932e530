"""From what was received to what is to be written: judged, taken in hand, and put into the schools' buffers."""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime

from luca_ingest_worker import metrics
from luca_ingest_worker.acknowledgement import Ledger
from luca_ingest_worker.buffers import Buffers
from luca_ingest_worker.messages import Rules, judge
from luca_ingest_worker.room import weight_of
from luca_ingest_worker.verdicts import Pending
from luca_shared.aws.sqs import Message
from luca_shared.runtime import correlation

_log = logging.getLogger(__name__)


def utc_now() -> datetime:
    """The present."""
    return datetime.now(UTC)


class Intake:
    """Between the receivers and the writer.

    Args:
        write: Has a batch written.
        now: The present, aware.
    """

    def __init__(
        self,
        rules: Rules,
        ledger: Ledger,
        buffers: Buffers[Pending],
        write: Callable[[list[Pending]], None],
        *,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._rules = rules
        self._ledger = ledger
        self._buffers = buffers
        self._write = write
        self._now = now
        self._buffered = asyncio.Event()

    def accept(self, messages: list[Message]) -> int:
        """Take messages in; return the units of room that they take until they are acknowledged."""
        metrics.MESSAGES.inc(len(messages))
        return sum(self._accept(message) for message in messages)

    async def run(self) -> None:
        """Have buffers written when they are due by their age, until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due = self._buffers.next_due()
            if due is None:
                self._buffered.clear()
                await self._buffered.wait()
                continue
            await asyncio.sleep(due - loop.time())
            for batch in self._buffers.take_due(loop.time()):
                self._write(batch)

    def flush(self) -> None:
        """Have everything written that waits."""
        for batch in self._buffers.take_all():
            self._write(batch)

    def _accept(self, message: Message) -> int:
        now = asyncio.get_running_loop().time()
        if self._ledger.received_again(message, now):
            metrics.REDELIVERIES.inc()
            return 0
        try:
            judgement = judge(message, self._rules, self._now())
        except Exception:  # noqa: BLE001  # a fault of ours: this message reappears, the others go on
            metrics.FAULTS.labels("judge").inc()
            with correlation.bind(message.attributes.get("correlation_id", "")):
                _log.exception("a message could not be judged")
            return 0
        accepted, refused = judgement.accepted, judgement.refused
        metrics.EVENTS_RECEIVED.inc(len(accepted) + len(refused))
        weight = weight_of(len(accepted) + len(refused), message.body)
        delivery = self._ledger.open(message, weight=weight, events=len(accepted), refusals=refused, now=now)
        if accepted:
            events = [Pending(delivery, event) for event in accepted]
            for batch in self._buffers.add(accepted[0].context.school_id, events, now):
                self._write(batch)
            self._buffered.set()
        return weight
