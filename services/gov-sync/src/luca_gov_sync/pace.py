"""The pace at which requests leave, so that the government never sees more than its limit in any second."""

import asyncio
import math
from typing import Protocol


class Clock(Protocol):
    """Seconds since the epoch, and a way to wait for them; tests pass a virtual one."""

    def time(self) -> float:
        """Return the present."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class Pace:
    """Hands out departures that lie at least one interval apart, to whoever asks, in the order of asking.

    A departure is spent when it is handed out, used or not: the limit is the government's, and it counts retries and
    questions like first attempts. `last_departure` (epoch seconds) comes from the checkpoint, so that neither a restart
    nor a takeover opens a second window.

    The next interval begins when the one before has really left: an event loop that wakes a sleeper late would
    otherwise bring it closer to the one after it. For the same reason a departure is asked for when nothing but the
    request's own bytes stands between us and the government: no look-up, no handshake.

    `margin` is the share of the rate that is given up for what we can't see, the requests' way: at 2/s, 1% lets one be
    10 ms slower on it than those after it.
    """

    def __init__(
        self, clock: Clock, *, per_second: float, margin: float = 0.01, last_departure: float = -math.inf
    ) -> None:
        if not (per_second > 0 and 0 <= margin < 1):
            raise ValueError("a pace needs a positive rate and a margin below 1")
        self._clock = clock
        self.interval = 1 / (per_second * (1 - margin))
        self.last_departure = last_departure
        self._next = last_departure + self.interval
        self._turn = asyncio.Lock()  # first come, first served

    async def depart(self) -> float:
        """Wait for the next free departure; return its time (epoch seconds)."""
        async with self._turn:
            while (now := self._clock.time()) < self._next:
                await self._clock.sleep(self._next - now)
            self.last_departure = now
            self._next = now + self.interval
            return now

    def hold_until(self, moment: float) -> None:
        """Let nothing leave before `moment` (epoch seconds), as a `Retry-After` asks; who waits already waits on."""
        self._next = max(self._next, moment)
