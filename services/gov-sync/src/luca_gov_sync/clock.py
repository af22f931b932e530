"""The time as the workflow sees it: seconds since the epoch that never jump."""

import asyncio
import time
from datetime import UTC, datetime

from luca_shared.records.timestamps import Timestamp, moment, timestamp


class LoopClock:
    """The machine's time at the start, carried on by the event loop's own clock.

    A wall clock that is set while a run goes on would let two requests leave too close to each other, or none for as
    long as it was set back.
    """

    def __init__(self, start: float | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        self._offset = (time.time() if start is None else start) - self._loop.time()

    def time(self) -> float:
        """Return the present."""
        return self._loop.time() + self._offset

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)

    def now(self) -> Timestamp:
        """Return the present as it is stored."""
        return stamp(self.time())


def stamp(seconds: float) -> Timestamp:
    """Return seconds since the epoch as they are stored."""
    return timestamp(datetime.fromtimestamp(seconds, UTC))


def seconds_of(text: Timestamp) -> float:
    """Return a stored time as seconds since the epoch."""
    return moment(text).timestamp()
