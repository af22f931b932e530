"""Ratios of two sides, measured in rounds of one run: what is comparable on a machine that others use too."""

import statistics
from collections.abc import Sequence
from typing import NamedTuple


class Spread(NamedTuple):
    """A figure as the rounds had it."""

    median: float
    min: float
    max: float


def spread(values: Sequence[float]) -> Spread:
    """Return the spread of one figure a round.

    Raises:
        ValueError: there is none, or one is no positive number.
    """
    if not values or not all(0 < value < float("inf") for value in values):
        raise ValueError("a spread is that of positive numbers")
    return Spread(statistics.median(values), min(values), max(values))


def ratios(theirs: Sequence[float], ours: Sequence[float]) -> Spread:
    """Return how much more the others take than we do, round by round; above 1, ours is the better.

    Each round's two figures are of the same minute: what slowed one down slowed the other down, too. So the ratio of
    each round is taken, and not that of two medians.

    Raises:
        ValueError: the sides have not the same rounds, or a figure is not positive.
    """
    if len(theirs) != len(ours):
        raise ValueError("the sides have not the same rounds")
    if not all(value > 0 for value in ours):
        raise ValueError("a spread is that of positive numbers")
    return spread([their / our for their, our in zip(theirs, ours, strict=True)])
