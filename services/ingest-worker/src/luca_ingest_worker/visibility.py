"""Keeps the messages in hand hidden from other receives, and those that are left hidden for a while."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from luca_ingest_worker.acknowledgement import Delivery, Ledger
from luca_ingest_worker.events_queue import EventsQueue
from luca_shared.aws.errors import AwsError
from luca_shared.aws.sqs import BATCH_MESSAGES
from luca_shared.runtime.log_values import Public

# A message that is left again and again is tried less and less often: ten days of it are fewer receives than the
# thousand after which SQS makes a dead letter of it without a reason.
LONGEST_LEFT: Final = 900

_log = logging.getLogger(__name__)


class Visibility:
    """Extends a message's visibility from its receipt to its acknowledgement, at a beat of a quarter of it."""

    def __init__(self, queue: EventsQueue, ledger: Ledger) -> None:
        self._queue = queue
        self._ledger = ledger
        self._beat = queue.visibility / 4

    async def run(self) -> None:
        """Beat until cancelled."""
        while True:
            await asyncio.sleep(self._beat)
            await self._keep_hidden()

    async def release(self) -> None:
        """Give everything that is still in hand, or left, back to the queue, for another worker to receive at once."""
        given_up, self._ledger.left = self._ledger.left, []
        await self._hide({0: [*self._ledger.in_hand, *given_up]})

    async def _keep_hidden(self) -> None:
        now = asyncio.get_running_loop().time()
        due = [each for each in self._ledger.in_hand if now - each.hidden_since >= self._beat]
        for delivery in due:
            delivery.hidden_since = now
        wanted = defaultdict(list, {self._queue.visibility: due})
        given_up, self._ledger.left = self._ledger.left, []
        for delivery in given_up:
            wanted[self._pause(delivery)].append(delivery)
        await self._hide(wanted)

    def _pause(self, delivery: Delivery) -> int:
        doublings = min(delivery.message.receive_count - 1, 10)
        return max(self._queue.visibility, min(self._queue.visibility << doublings, LONGEST_LEFT))

    async def _hide(self, wanted: dict[int, list[Delivery]]) -> None:
        async with asyncio.TaskGroup() as calls:
            for seconds, deliveries in wanted.items():
                for ten in _tens(deliveries):
                    calls.create_task(self._hide_ten(ten, seconds))

    async def _hide_ten(self, handles: list[str], seconds: int) -> None:
        try:
            failed = len(await self._queue.hide(handles, seconds))
        except AwsError as error:
            _log.warning("visibility was not changed", extra={"code": Public(error.code), "messages": len(handles)})
            return
        if failed:  # deleted meanwhile, or visible again: then it is received again, and is a duplicate
            _log.info("visibility was not changed", extra={"messages": failed})


def _tens(deliveries: Iterable[Delivery]) -> Iterable[list[str]]:
    handles = [delivery.handle for delivery in deliveries]
    return (handles[first : first + BATCH_MESSAGES] for first in range(0, len(handles), BATCH_MESSAGES))
