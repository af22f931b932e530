"""Receivers that poll the queue: as many as it takes, and none while there is no room or the table fails."""

import asyncio
import logging
import random
from collections.abc import Callable
from typing import Final

from luca_ingest_worker.circuit import Circuit
from luca_ingest_worker.events_queue import EventsQueue
from luca_ingest_worker.room import RECEIVE_WEIGHT, Room
from luca_shared.aws.errors import AwsError
from luca_shared.aws.retries import RetryPolicy
from luca_shared.aws.sqs import BATCH_MESSAGES, Message
from luca_shared.runtime.log_values import Public

_RETRY: Final = RetryPolicy(attempts=1_000_000, base=0.5, cap=20.0)  # for as long as the queue does not answer

_log = logging.getLogger(__name__)


class QueueUnreachable(Exception):
    """The last receive failed."""


class Receivers:
    """A receiver whose receive came back full calls in another one; one that got nothing goes home.

    Args:
        accept: Takes what was received, and returns the units of room that it takes.
        fewest: How many receivers there are always.
        most: How many there are at most.
        chance: A random number in [0, 1).
    """

    def __init__(
        self,
        queue: EventsQueue,
        room: Room,
        circuit: Circuit,
        accept: Callable[[list[Message]], int],
        *,
        fewest: int,
        most: int,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._queue = queue
        self._room = room
        self._circuit = circuit
        self._accept = accept
        self._fewest = fewest
        self._most = most
        self._chance = chance
        self._at_work = 0
        self._failures = 0

    @property
    def at_work(self) -> int:
        """How many there are now."""
        return self._at_work

    def check(self) -> None:
        """Raise QueueUnreachable while receives fail."""
        if self._failures:
            raise QueueUnreachable

    async def run(self) -> None:
        """Receive until cancelled. A long poll that is cancelled may have received: that message reappears."""
        async with asyncio.TaskGroup() as receivers:
            for _ in range(self._fewest):
                self._call_in(receivers)

    def _call_in(self, receivers: asyncio.TaskGroup) -> None:
        self._at_work += 1
        receivers.create_task(self._poll(receivers))

    async def _poll(self, receivers: asyncio.TaskGroup) -> None:
        while True:
            received = await self._receive()
            if received == BATCH_MESSAGES and self._at_work < self._most:
                self._call_in(receivers)
            elif not received and self._at_work > self._fewest:
                self._at_work -= 1
                return

    async def _receive(self) -> int:
        await self._circuit.passage()
        await self._room.take(RECEIVE_WEIGHT)
        used = 0
        try:
            messages = await self._queue.receive()
            self._failures = 0
            used = self._accept(messages)
            return len(messages)
        except AwsError as error:
            self._failures += 1
            _log.warning("the queue does not answer", extra={"code": Public(error.code)})
        finally:
            self._room.give_back(RECEIVE_WEIGHT - used)
        await asyncio.sleep(self._retry_delay())
        return 0

    def _retry_delay(self) -> float:
        return _RETRY.backoff(self._failures, self._chance())
