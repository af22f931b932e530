"""A limit on each school's requests, so that one school's burst is not another's wait."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from luca_shared.tenancy.ids import SchoolId

_ROUNDING: Final = 1e-9  # tokens; sums of binary fractions may lack this much of a whole one


@dataclass(frozen=True, slots=True)
class Allowance:
    """Whether a request may go on, and what RateLimit headers say of it; times are whole seconds, rounded up.

    Attributes:
        granted: Whether it may.
        limit: How much may be used at once.
        remaining: How much of that is left.
        retry_after_s: When the same request would be granted, if nothing else were asked meanwhile; 0 when it is.
        reset_s: When the limit would be whole again.
    """

    granted: bool
    limit: int
    remaining: int
    retry_after_s: int
    reset_s: int


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: float


class SchoolRateLimit:
    """A token bucket for each school: `burst` tokens at first, `per_second` more each second, never above `burst`.

    Beyond `capacity`, the bucket that was used longest ago goes: full again by then, so nothing is lost with it, unless
    more than `capacity` schools are active within the `burst / per_second` seconds that a bucket takes to fill. A
    school whose bucket went too soon comes back to a full one: it may then use what it had used once more.

    The limit is this process's: a deployment of n tasks lets a school have up to n times as much.

    Args:
        per_second: Tokens a second.
        burst: Tokens at most; a request that costs more is charged this much, or it would never be granted.
        clock: Seconds that never go back.
        capacity: How many buckets there are at most.
    """

    def __init__(
        self,
        *,
        per_second: float,
        burst: int,
        clock: Callable[[], float] = time.monotonic,
        capacity: int = 10_000,
    ) -> None:
        if not 0 < per_second < math.inf or burst < 1 or capacity < 1:
            raise ValueError("a rate limit has a positive rate, burst and capacity")
        self._per_second = per_second
        self._burst = burst
        self._clock = clock
        self._capacity = capacity
        self._buckets: OrderedDict[SchoolId, _Bucket] = OrderedDict()

    def take(self, school_id: SchoolId, cost: int = 1) -> Allowance:
        """Take a request's cost out of its school's bucket, if there is as much in it.

        Raises:
            ValueError: the cost is less than 1.
        """
        if cost < 1:
            raise ValueError("a request costs at least 1")
        cost = min(cost, self._burst)
        bucket = self._filled(school_id)
        granted = bucket.tokens + _ROUNDING >= cost
        if granted:
            bucket.tokens -= cost
        return Allowance(
            granted=granted,
            limit=self._burst,
            remaining=max(0, math.floor(bucket.tokens + _ROUNDING)),
            retry_after_s=0 if granted else self._seconds_until(cost, bucket),
            reset_s=self._seconds_until(self._burst, bucket),
        )

    def _filled(self, school_id: SchoolId) -> _Bucket:
        now = self._clock()
        bucket = self._buckets.get(school_id)
        if bucket is None:
            if len(self._buckets) >= self._capacity:
                self._buckets.popitem(last=False)
            bucket = self._buckets[school_id] = _Bucket(float(self._burst), now)
        else:
            self._buckets.move_to_end(school_id)
            earned = max(0.0, now - bucket.filled_at) * self._per_second
            bucket.tokens = min(self._burst, bucket.tokens + earned)
            bucket.filled_at = max(now, bucket.filled_at)
        return bucket

    def _seconds_until(self, tokens: int, bucket: _Bucket) -> int:
        return math.ceil(max(0.0, tokens - bucket.tokens) / self._per_second)
