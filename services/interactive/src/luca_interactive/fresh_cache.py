"""Values that many requests need, read once at a time and believed for a bounded age."""

import time
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from luca_shared.tenancy.aged_cache import AgedCache
from luca_shared.tenancy.single_flight import SingleFlight

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class _Reading(Generic[V]):
    value: V
    began_at: float  # the value may be that old, however late it arrived


class FreshCache(Generic[K, V]):
    """A bounded cache that never hands out a value older than asked for; a key is read once at a time.

    What a reading raises is not kept, so absence is never cached.

    Args:
        max_age: Seconds that a value is believed, unless a caller is stricter; more than a reading takes.
        capacity: How many values are kept; the one unused for longest goes first.
        clock: A steady clock, in seconds.
    """

    def __init__(self, *, max_age: float, capacity: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._max_age = max_age
        self._clock = clock
        self._kept: AgedCache[K, _Reading[V]] = AgedCache(capacity=capacity, max_age=max_age, clock=clock)
        self._flights: SingleFlight[tuple[int, K], _Reading[V]] = SingleFlight()
        self._epoch = 0  # a reading that began in an earlier one may have seen what was before a change

    async def get(self, key: K, read: Callable[[], Awaitable[V]], *, max_age: float | None = None) -> V:
        """Return the value of `key`, less than `max_age` seconds old at this moment; `read` gets it when there is none.

        Raises:
            Exception: whatever `read` raises, here or in the request that was reading already.
        """
        limit = self._max_age if max_age is None else min(max_age, self._max_age)
        reading = self._kept.get(key)
        while reading is None or self._clock() - reading.began_at >= limit:  # also one that was joined under way
            reading = await self._flights.run((self._epoch, key), lambda: self._read(key, read))
        return reading.value

    def invalidate(self, key: K) -> None:
        """Forget `key`, and what a reading under way will find."""
        self._kept.forget(key)
        self._epoch += 1

    async def _read(self, key: K, read: Callable[[], Awaitable[V]]) -> _Reading[V]:
        epoch, began_at = self._epoch, self._clock()
        reading = _Reading(await read(), began_at)
        if epoch == self._epoch:
            self._kept.put(key, reading, as_of=began_at)
        return reading
