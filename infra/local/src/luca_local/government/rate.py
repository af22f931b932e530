"""The government's rate limit, judged over every window of one second."""

import bisect


class RateLimit:
    """Counts every request that arrives, refused ones too.

    Requests exactly one second apart don't share a second: a window is half open, `[t, t + 1)`.
    """

    def __init__(self, per_second: int) -> None:
        if per_second < 1:
            raise ValueError(f"per_second must be at least 1, not {per_second}")
        self.per_second = per_second
        self._arrivals: list[float] = []

    def arrive(self, at: float) -> bool:
        """Count a request that arrived at `at` (seconds, never decreasing); return whether it is within the limit."""
        del self._arrivals[: bisect.bisect_right(self._arrivals, at - 1)]
        self._arrivals.append(at)
        return len(self._arrivals) <= self.per_second
