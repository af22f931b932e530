"""Events that wait, school by school, until there are enough for a batch or the oldest has waited long enough."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from luca_shared.tenancy.ids import SchoolId

BATCH_EVENTS: Final = 25  # statements that one BatchExecuteStatement takes

T = TypeVar("T")


@dataclass(slots=True)
class _Buffer(Generic[T]):
    since: float  # when its oldest event came
    messages: int = 0
    events: list[T] = field(default_factory=list)


class Buffers(Generic[T]):
    """One buffer a school; what leaves it leaves as a batch of at most 25 events of that school alone.

    A buffer outlives the receive that began it. It is written when it holds 25 events or `max_messages` messages, or
    when its oldest event is `max_age` seconds old. Times are seconds of the caller's clock, and never go back.
    """

    def __init__(self, *, max_messages: int, max_age: float) -> None:
        self._max_messages = max_messages
        self._max_age = max_age
        self._buffers: dict[SchoolId, _Buffer[T]] = {}  # in the order of `since`: the first is due first

    def __len__(self) -> int:
        return len(self._buffers)

    def add(self, school_id: SchoolId, events: Sequence[T], now: float) -> list[list[T]]:
        """Add the events of one message, at least one; return the batches that are full by it."""
        buffer = self._buffers.setdefault(school_id, _Buffer(now))
        buffer.messages += 1
        buffer.events += events
        if len(buffer.events) < BATCH_EVENTS and buffer.messages < self._max_messages:
            return []
        del self._buffers[school_id]
        batches = [buffer.events[first : first + BATCH_EVENTS] for first in range(0, len(buffer.events), BATCH_EVENTS)]
        if buffer.messages < self._max_messages and len(batches[-1]) < BATCH_EVENTS:
            # All of the rest came with this message: it is as old as `now`, so it is due after every other buffer.
            self._buffers[school_id] = _Buffer(now, 1, batches.pop())
        return batches

    def next_due(self) -> float | None:
        """When the next buffer is due by its age; None when nothing waits."""
        return next((buffer.since + self._max_age for buffer in self._buffers.values()), None)

    def take_due(self, now: float) -> Iterator[list[T]]:
        """Yield the batches of the buffers that are due by their age."""
        while (due := self.next_due()) is not None and due <= now:
            yield self._buffers.pop(next(iter(self._buffers))).events

    def take_all(self) -> Iterator[list[T]]:
        """Yield everything that waits."""
        while self._buffers:
            yield self._buffers.pop(next(iter(self._buffers))).events
