"""The stage throttle: a token bucket for all requests together, as API Gateway has one a stage.

It knows nothing of schools: the rate of one school is the services' to limit.
"""

import time
from collections.abc import Callable


class TokenBucket:
    """Lets `per_second` requests through in the long run, and up to `burst` at once."""

    def __init__(self, *, per_second: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        if not per_second > 0 or burst < 1:
            raise ValueError("a bucket needs a positive rate and room for one token")
        self._per_second = per_second
        self._burst = burst
        self._clock = clock
        self._tokens = float(burst)
        self._filled_at = clock()

    def take(self) -> float:
        """Take a token; return 0, or the seconds until there is one."""
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._filled_at) * self._per_second)
        self._filled_at = now
        if self._tokens >= 1:
            self._tokens -= 1
            return 0.0
        return (1 - self._tokens) / self._per_second
