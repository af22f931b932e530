"""The points at which a process can be killed: before or after each request that it was seen to make.

Nobody lists them: they are read off a run that went well. A request is known by its kind and by how many of that kind
the same process has made before.
"""

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class Side(StrEnum):
    """When the process dies: the request never leaves, or it is carried out and the answer never arrives."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True, order=True)
class Point:
    """A moment in the life of a process."""

    kind: str
    ordinal: int  # from 1
    side: Side

    def __str__(self) -> str:
        return f"{self.side} {self.kind} #{self.ordinal}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `str` writes.

        Raises:
            ValueError: it is none.
        """
        side, _, rest = text.partition(" ")
        kind, _, ordinal = rest.rpartition(" #")
        if not kind:
            raise ValueError(f"not a point: {text!r}; one is like 'before sqs DeleteMessageBatch luca-events #1'")
        return cls(kind, int(ordinal), Side(side))


@dataclass(frozen=True, slots=True)
class Recorded:
    """How often a kind of request was made in the recorded run, and how many of these had their answer."""

    kind: str
    made: int
    answered: int

    def ordinals(self, side: Side) -> range:
        """Return the ordinals at which there is a point on this side: without an answer there is no moment after it."""
        return range(1, 1 + (self.made if side is Side.BEFORE else self.answered))


def recorded(made: Iterable[str], answered: Iterable[str]) -> list[Recorded]:
    """Return what was recorded, kind by kind, in the order of first appearance."""
    answers = Counter(answered)
    return [Recorded(kind, count, answers[kind]) for kind, count in Counter(made).items()]


def every_point(kinds: Iterable[Recorded]) -> list[Point]:
    """Return all points that there are."""
    return [Point(each.kind, ordinal, side) for each in kinds for side in Side for ordinal in each.ordinals(side)]


def spread(kinds: Iterable[Recorded]) -> list[Point]:
    """Return both sides of each kind's first, middle and last request."""
    return [
        Point(each.kind, ordinal, side)
        for each in kinds
        for side in Side
        for ordinal in _first_middle_last(each.ordinals(side))
    ]


def sampled(kinds: Sequence[Recorded], chance: random.Random, count: int) -> list[Point]:
    """Return so many points: of different kinds as long as there are any left, at a random ordinal and side."""
    rest: Mapping[str, list[Point]] = {each.kind: every_point([each]) for each in kinds}
    for points in rest.values():
        chance.shuffle(points)
    chosen: list[Point] = []
    while len(chosen) < count and any(rest.values()):
        kinds_left = [kind for kind, points in rest.items() if points]
        chance.shuffle(kinds_left)
        chosen += [rest[kind].pop() for kind in kinds_left[: count - len(chosen)]]
    return chosen


def _first_middle_last(ordinals: range) -> list[int]:
    return sorted({ordinals[0], ordinals[len(ordinals) // 2], ordinals[-1]}) if ordinals else []
