"""A trial: a service does its work and is killed on the way; then it is left alone, and what it has done is judged."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from luca_local.chaos.lives import Life
from luca_local.chaos.points import Point
from luca_local.demo.judges.findings import Finding


@dataclass(frozen=True, slots=True)
class Trial:
    """How a trial went.

    Attributes:
        lives: The processes, in their order. Whoever was not killed has ended the trial.
        findings: What was wrong in the end.
        notes: What is worth knowing and breaks no promise.
    """

    lives: tuple[Life, ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()

    @property
    def kills(self) -> int:
        """How many of the points came up; the others lay behind the end of the work."""
        return sum(life.killed for life in self.lives)


class Stage(Protocol):
    """Where one service is tried, one trial at a time."""

    service: str
    scenarios: Sequence[str]
    """The first is the ordinary one; of the others, only those kinds of requests count that it does not have."""

    async def play(self, scenario: str, points: tuple[Point, ...]) -> Trial:
        """Have the work done, by processes that are killed at the points and one that is not, and judge it."""
        ...
