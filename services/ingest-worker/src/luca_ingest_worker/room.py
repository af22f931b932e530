"""The one bound on everything that the worker holds, over all schools, receives and stages."""

import asyncio
from typing import Final

from luca_ingest_worker.envelope import MAX_EVENTS
from luca_shared.aws.sqs import BATCH_MESSAGES

_UNIT_BYTES: Final = 4096
_MESSAGE_BYTES: Final = 1024 * 1024  # SQS's limit

MESSAGE_WEIGHT: Final = max(MAX_EVENTS, _MESSAGE_BYTES // _UNIT_BYTES)
RECEIVE_WEIGHT: Final = BATCH_MESSAGES * MESSAGE_WEIGHT
"""The most that one receive can bring."""


def weight_of(events: int, body: str) -> int:
    """What holding a message takes: a unit an event, or a unit for each 4 KiB of its body, whichever is more."""
    return min(MESSAGE_WEIGHT, max(events, len(body) // _UNIT_BYTES, 1))


class Room:
    """So many units, taken before a receive for the most that it can bring, and given back message by message.

    It is a bound and not a target: nothing is received for which there might be no room.
    """

    def __init__(self, units: int) -> None:
        if units < RECEIVE_WEIGHT:
            raise ValueError(f"there must be room for one receive: {RECEIVE_WEIGHT} units")
        self._units = units
        self._free = units
        self._given_back = asyncio.Event()

    @property
    def taken(self) -> int:
        """Units in use."""
        return self._units - self._free

    async def take(self, units: int) -> None:
        """Take so many units, as soon as they are free."""
        while self._free < units:
            self._given_back.clear()
            await self._given_back.wait()
        self._free -= units

    def give_back(self, units: int) -> None:
        """Give back what was taken."""
        self._free += units
        self._given_back.set()
