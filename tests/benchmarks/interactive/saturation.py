"""The search for the highest rate that a service keeps up with, from as few tries as it takes."""

from dataclasses import dataclass
from typing import Final

KEPT_UP: Final = 0.98  # of what was offered must have been answered in the time that it was offered in
PATIENCE_MS: Final = 500.0  # of the 95th percentile: slower than this, a queue is growing
_GROWTH: Final = 1.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What came of offering a rate for a while."""

    offered: float  # requests a second
    answered: float
    dropped: int  # requests that the load generator could not even begin
    p50_ms: float
    p95_ms: float
    p99_ms: float

    @property
    def held(self) -> bool:
        """Whether the service kept up."""
        return self.answered >= KEPT_UP * self.offered and self.dropped == 0 and self.p95_ms <= PATIENCE_MS


class Search:
    """Which rate to try next: a quarter more while the service keeps up, then halfway between what held and what
    broke, until they lie as close together as wanted.

    A rate that breaks is tried once more: somebody else may have used the machine. Only the second time counts.

    Args:
        first: the rate to begin with.
        closeness: how far the two may lie apart at the end, as a share of the one that held.
    """

    def __init__(self, first: float, *, closeness: float = 0.08) -> None:
        if first <= 0 or closeness <= 0:
            raise ValueError("a search has a positive first rate and closeness")
        self._rate: float | None = first
        self._closeness = closeness
        self._held = 0.0
        self._broken: float | None = None
        self._doubted: float | None = None
        self.steps: list[Step] = []

    @property
    def rate(self) -> float | None:
        """The rate to try now; None when the search is over."""
        return self._rate

    @property
    def saturation(self) -> float:
        """The highest rate that held, 0 when none did yet."""
        return self._held

    def tried(self, step: Step) -> None:
        """Take in what came of trying `rate`.

        Raises:
            ValueError: another rate was to be tried.
        """
        if self._rate is None or step.offered != self._rate:
            raise ValueError("this rate was not to be tried")
        self.steps.append(step)
        if step.held:
            self._held = step.offered
        elif self._doubted != step.offered:
            self._doubted = step.offered
            return
        else:
            self._broken = step.offered
        self._rate = self._next()

    def _next(self) -> float | None:
        if self._broken is None:
            return self._held * _GROWTH
        if self._broken <= 1:
            return None
        if self._held == 0:
            return self._broken / _GROWTH / _GROWTH
        if self._broken - self._held <= self._closeness * self._held:
            return None
        return (self._held + self._broken) / 2
