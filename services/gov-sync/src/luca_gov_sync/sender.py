"""The batches that are to be sent, in the order in which they are due: so many on their way, the others waiting.

A batch that waits for its retry holds no place. In an outage one batch at a time is sent, to see whether it is over.
"""

import asyncio
import heapq
import itertools
import logging
import math
from typing import Final

from luca_gov_sync.clock import LoopClock
from luca_gov_sync.endings import LeaseLost
from luca_gov_sync.heartbeat import Heartbeat
from luca_gov_sync.outage import Outages
from luca_gov_sync.ports import Fenced, Ports
from luca_gov_sync.send_batch import SendBatch
from luca_gov_sync.work import Work, work_on
from luca_shared.aws.errors import AwsError
from luca_shared.records.submission import Batch
from luca_shared.runtime.log_values import Public

# A loop that waits shows at least so often (seconds) that it is alive.
_BEAT: Final = 30.0
# AWS's failures of one batch in a row that no waiting has mended: the task ends, and its exit code says that it failed.
_HOPELESS: Final = 20

_log = logging.getLogger(__name__)


class Sender:
    """Sends what is put, until it is settled.

    Args:
        in_flight: How many batches are worked on at once.
        probe_interval: Seconds between two attempts in an outage.
        aws_retry: Seconds before a batch is tried again for which AWS failed.
        batch_timeout: Seconds for everything that one attempt takes.
    """

    def __init__(
        self,
        ports: Ports,
        send: SendBatch,
        outages: Outages,
        clock: LoopClock,
        heartbeat: Heartbeat,
        *,
        in_flight: int,
        probe_interval: float,
        aws_retry: float,
        batch_timeout: float,
    ) -> None:
        self._ports = ports
        self._send = send
        self._outages = outages
        self._clock = clock
        self._heartbeat = heartbeat
        self._most = in_flight
        self._probe_interval = probe_interval
        self._aws_retry = aws_retry
        self._batch_timeout = batch_timeout
        self._waiting: list[tuple[float, int, Work]] = []
        self._count = itertools.count()
        self._in_hand: set[str] = set()
        self._on_their_way = 0
        self._probe_at = -math.inf
        self._changed = asyncio.Event()
        self._settled = asyncio.Event()

    @property
    def open(self) -> int:
        """How many batches are not settled."""
        return len(self._waiting) + self._on_their_way

    def holds(self, batch: Batch) -> bool:
        """Whether a batch is in hand."""
        return batch.batch_id in self._in_hand

    def put(self, work: Work) -> None:
        """Have a batch sent when it is due, unless it is in hand already."""
        if work.batch.batch_id in self._in_hand:
            return
        self._in_hand.add(work.batch.batch_id)
        heapq.heappush(self._waiting, (work.due, next(self._count), work))
        self._changed.set()

    async def below(self, most: int) -> None:
        """Wait until fewer than so many batches are open."""
        while self.open >= most:
            self._settled.clear()
            await self._settled.wait()

    async def run(self) -> None:
        """Send until cancelled, or until something concerns more than a batch.

        Raises:
            ExceptionGroup: of LeaseLost, Halted, or a fault.
        """
        async with asyncio.TaskGroup() as tasks:
            while True:
                self._heartbeat.beat()
                self._changed.clear()
                patience = self._patience()
                if patience > 0:
                    await self._until_changed(min(patience, _BEAT))
                    continue
                _, _, work = heapq.heappop(self._waiting)
                self._on_their_way += 1
                tasks.create_task(self._attempt(work))

    def _patience(self) -> float:
        """Seconds until the first batch may go, as things are."""
        if not self._waiting or self._on_their_way >= (1 if self._outages.on else self._most):
            return math.inf
        due = self._waiting[0][0]
        if self._outages.on:
            due = max(due, self._probe_at)
        return due - self._clock.time()

    async def _until_changed(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            pass

    async def _attempt(self, work: Work) -> None:
        try:
            left = await self._step(work)
        finally:
            self._on_their_way -= 1
            self._in_hand.discard(work.batch.batch_id)
        if self._outages.on:
            self._probe_at = self._clock.time() + self._probe_interval
        for each in left:
            self.put(each)
        self._changed.set()
        self._settled.set()

    async def _step(self, work: Work) -> list[Work]:
        try:
            async with asyncio.timeout(self._batch_timeout):
                if not work.certain:
                    await self._look_again(work)
                    if not work.batch.state.open:
                        return []
                left = await self._send.step(work)
                work.failures = 0
                return left
        except Fenced:
            raise LeaseLost("another task has written a batch") from None
        except AwsError as error:
            work.failures += 1
            if work.failures >= _HOPELESS:
                raise
            _log.warning("AWS fails a batch", extra={"operation": Public(error.operation), "code": Public(error.code)})
        except TimeoutError:
            _log.warning("a batch takes too long")
        work.certain = False
        work.due = self._clock.time() + self._aws_retry
        return [work]

    async def _look_again(self, work: Work) -> None:
        """Read what is stored of a batch: the call that failed may have been carried out."""
        stored = await self._ports.batches.get(work.context, work.batch.period, work.batch.batch_id)
        if stored is None or stored.epoch != work.batch.epoch:
            raise Fenced
        self._send.found(work, stored)
        work.certain = True
        work.due = work_on(work.context, stored).due
