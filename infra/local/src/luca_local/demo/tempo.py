"""How fast people work: as fast as they are answered quickly, so that a slow machine is not driven into the ground."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

_SAMPLE: Final = 40  # answers
_SLOW_SHARE: Final = 0.1  # so many of them may be slow
_FASTER: Final = 1.1
_SLOWER: Final = 0.8


class Tempo:
    """Gives requests their turns, evenly, at a rate that follows from the answers.

    Args:
        per_second: The rate to begin with.
        low: The rate that it never goes below: the day has to end.
        high: The rate that it never goes above.
        quick_ms: An answer that takes longer is a slow one.
    """

    def __init__(
        self,
        per_second: float,
        *,
        low: float,
        high: float,
        quick_ms: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.per_second = per_second
        self._low = low
        self._high = high
        self._quick_ms = quick_ms
        self._clock = clock
        self._sleep = sleep
        self._next = clock()
        self._sample: list[float] = []

    async def turn(self) -> None:
        """Wait for the next turn."""
        now = self._clock()
        turn = max(now, self._next)
        self._next = turn + 1 / self.per_second
        if turn > now:
            await self._sleep(turn - now)

    def answered(self, ms: float) -> None:
        """Take an answer into account, by the milliseconds that it took."""
        self._sample.append(ms)
        if len(self._sample) == _SAMPLE:
            slow = sum(each > self._quick_ms for each in self._sample)
            factor = _SLOWER if slow > _SLOW_SHARE * _SAMPLE else _FASTER
            self.per_second = min(self._high, max(self._low, self.per_second * factor))
            self._sample.clear()
