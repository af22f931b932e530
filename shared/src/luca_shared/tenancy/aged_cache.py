"""A bounded memory of values that are believed for a limited time only."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class AgedCache(Generic[Key, Value]):
    """At most `capacity` values (the least recently used goes first), none older than `max_age` seconds."""

    def __init__(self, *, capacity: int, max_age: float, clock: Callable[[], float]) -> None:
        self._capacity = capacity
        self._max_age = max_age
        self._clock = clock
        self._entries: OrderedDict[Key, tuple[Value, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: Key) -> Value | None:
        """Return the value, None when there is none that is young enough."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        value, as_of = entry
        if self._clock() - as_of >= self._max_age:
            del self._entries[key]
            return None
        self._entries.move_to_end(key)
        return value

    def put(self, key: Key, value: Value, *, as_of: float) -> None:
        """Remember a value that was true at `as_of`: take the time before it is read, not after."""
        self._entries[key] = (value, as_of)
        self._entries.move_to_end(key)
        if len(self._entries) > self._capacity:
            self._entries.popitem(last=False)

    def forget(self, key: Key) -> None:
        """Forget a value, if it is there."""
        self._entries.pop(key, None)

    def forget_all(self, which: Callable[[Key], bool]) -> None:
        """Forget the values of all keys of which this holds."""
        for key in [key for key in self._entries if which(key)]:
            del self._entries[key]
