"""The pace at which requests leave, so that the government never sees more than its limit in any second."""

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

    `margin` is the share of the rate that is given up: a request may be on its way for longer than the one after it,
    and arrive closer to it than it left.
    """

    def __init__(
        self, clock: Clock, *, per_second: float, margin: float = 0.01, last_departure: float = -math.inf
    ) -> None:
        if not (per_second > 0 and 0 <= margin < 1):
            raise ValueError("a pace needs a positive rate and a margin below 1")
        self._clock = clock
        self.interval = 1 / (per_second * (1 - margin))
        self._next = last_departure + self.interval

    async def depart(self) -> float:
        """Wait for the next free departure; return its time (epoch seconds)."""
        now = self._clock.time()
        departure = max(now, self._next)
        self._next = departure + self.interval  # spent before the wait: who asks meanwhile comes after
        await self._clock.sleep(departure - now)
        return departure

    def hold_until(self, moment: float) -> None:
        """Let nothing leave before `moment` (epoch seconds), as a `Retry-After` asks."""
        self._next = max(self._next, moment)
