"""A token bucket for each school."""

import time


class SchoolLimit:
    """`per_second` requests, `burst` at once."""

    def __init__(self, per_second: float, burst: float) -> None:
        self._per_second = per_second
        self.burst = burst
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, school_id: str) -> float | None:
        """Return what is left after this request, None when it is one too many."""
        now = time.monotonic()
        left, at = self._buckets.get(school_id, (self.burst, now))
        left = min(self.burst, left + (now - at) * self._per_second)
        granted = left >= 1
        self._buckets[school_id] = (left - 1 if granted else left, now)
        return left - 1 if granted else None
