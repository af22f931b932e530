"""A memory of values that are read once at a time and believed for a while."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class TimedCache(Generic[K, V]):
    """At most `capacity` values, none older than `max_age` seconds; who asks while one is being read waits for it."""

    def __init__(self, max_age: float, capacity: int = 10_000) -> None:
        self._max_age = max_age
        self._capacity = capacity
        self._values: OrderedDict[K, tuple[float, V]] = OrderedDict()
        self._reading: dict[K, asyncio.Future[V]] = {}

    def get(self, key: K) -> V | None:
        """Return the value, None when there is none that is young enough."""
        found = self._values.get(key)
        if found is None or found[0] <= time.monotonic():
            return None
        self._values.move_to_end(key)
        return found[1]

    def put(self, key: K, value: V, max_age: float | None = None) -> None:
        """Remember a value."""
        self._values[key] = (time.monotonic() + (self._max_age if max_age is None else max_age), value)
        self._values.move_to_end(key)
        if len(self._values) > self._capacity:
            self._values.popitem(last=False)

    async def get_or_read(self, key: K, read: Callable[[], Awaitable[V]]) -> V:
        """Return the value, read first when there is none."""
        value = self.get(key)
        if value is not None:
            return value
        under_way = self._reading.get(key)
        if under_way is None:
            under_way = self._reading[key] = asyncio.ensure_future(read())
            under_way.add_done_callback(lambda _: self._reading.pop(key))
            value = await asyncio.shield(under_way)
            self.put(key, value)
            return value
        return await asyncio.shield(under_way)
