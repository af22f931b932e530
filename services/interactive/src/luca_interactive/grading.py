"""What a grade is worth by a subject's rules: its percent, its letter, and the average of many.

Everything in between is exact; a number is rounded once, when it is done. So an average is made of the scores
themselves, never of percents that were rounded before. A gradebook has an average in each row, and `Fraction` is slow:
what is reckoned with are whole numbers over one another.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final, NamedTuple

from luca_shared.records.grade import GradeStatus
from luca_shared.records.rules import Rounding, Rules

_Ratio = tuple[int, int]
"""A number as a whole one over another, which is positive."""

# Python 3.11 looks up a member of an enum by a call of its own, and a gradebook would make hundreds of them.
_SCORED: Final = GradeStatus.SCORED
_LATE: Final = GradeStatus.LATE
_MISSING: Final = GradeStatus.MISSING


class Mark(NamedTuple):
    """As much of a grade as counts: its assessment's category, its status, its score and what could be reached."""

    category: str
    status: GradeStatus
    score: Decimal | None
    max_score: Decimal


@dataclass(frozen=True, slots=True)
class Result:
    """A percent as the rules round it, and its letter. Both are None when there is nothing to count.

    The percent has no zeros at its end (84, not 84.0), which is how answers print numbers.
    """

    percent: Decimal | None
    letter: str | None


class Scale:
    """A subject's rules, made ready to grade many by them: whole numbers in the place of decimals, letters in order.

    Attributes:
        rules: The rules that it was made of.
    """

    __slots__ = ("_categories", "_late_penalty_percent", "_letters", "_steps", "_whole", "rules")

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._late_penalty_percent = rules.late_penalty_percent
        self._steps = 10**rules.decimals  # of a percent
        self._whole = _WHOLE[rules.rounding]
        # The least steps of each letter, the highest first. They are those of the percent that people see, so that the
        # two never contradict each other.
        bounds = sorted(((bound, letter) for letter, bound in rules.letters.items()), reverse=True)
        self._letters = [(math.ceil(Fraction(bound) * self._steps), letter) for bound, letter in bounds]
        # Only the proportion of the weights counts.
        weights = {name: category.weight.as_integer_ratio() for name, category in rules.categories.items()}
        common = math.lcm(*[per for _, per in weights.values()])
        self._categories = {
            name: (share * (common // per), rules.categories[name].drop_lowest)
            for name, (share, per) in weights.items()
        }

    def of_mark(self, mark: Mark) -> Result:
        """Return what is stored with a grade and shown of it; a missing one has no percent, it only counts as one."""
        return self._result(self._percent(mark) if mark.status.has_score else None)

    def average(self, marks: Iterable[Mark]) -> Result:
        """Return the term average of a student's marks in one class.

        For each category the mean of its percents, less the `drop_lowest` lowest when more than that many remain. The
        weights are shared out among the categories that have something; one that the rules don't know has no weight.
        """
        percents: defaultdict[str, list[_Ratio]] = defaultdict(list)
        for mark in marks:
            percent = self._percent(mark)
            if percent is not None and mark.category in self._categories:
                percents[mark.category].append(percent)

        common = math.lcm(*[per for found in percents.values() for _, per in found])
        weighted, weighted_per, total = 0, 1, 0  # the sum of all is `weighted / weighted_per / common`
        for name, found in percents.items():
            weight, drop = self._categories[name]
            kept = _without_lowest([share * (common // per) for share, per in found], drop)
            weighted, weighted_per = weighted * len(kept) + weight * sum(kept) * weighted_per, weighted_per * len(kept)
            total += weight
        return self._result((weighted, weighted_per * common * total) if total else None)

    def _percent(self, mark: Mark) -> _Ratio | None:
        """The exact percent that counts; None when the mark doesn't count."""
        _, status, score, max_score = mark
        if status == _SCORED and score is not None:
            return _share(score, max_score, None)
        if status == _LATE and score is not None:
            return _share(score, max_score, self._late_penalty_percent)
        return (0, 1) if status == _MISSING and self.rules.missing_as_zero else None

    def _result(self, exact: _Ratio | None) -> Result:
        if exact is None:
            return Result(None, None)
        share, per = exact
        steps = self._whole(share * self._steps, per)
        return Result(self._shown(steps), self._letter(steps))

    def _shown(self, steps: int) -> Decimal:
        decimals = self.rules.decimals
        while decimals and steps % 10 == 0:
            steps, decimals = steps // 10, decimals - 1
        return Decimal(steps).scaleb(-decimals)

    def _letter(self, steps: int) -> str | None:
        for least, letter in self._letters:
            if steps >= least:
                return letter
        return None


@lru_cache(maxsize=10_000)  # most classes give the same few scores over and over
def _share(score: Decimal, max_score: Decimal, penalty_percent: Decimal | None) -> _Ratio:
    kept = 1 if penalty_percent is None else 1 - Fraction(penalty_percent) / 100
    return (100 * Fraction(score) / Fraction(max_score) * kept).as_integer_ratio()


def _without_lowest(percents: Sequence[int], count: int) -> Sequence[int]:
    return sorted(percents)[count:] if 0 < count < len(percents) else percents


def _half_up(share: int, per: int) -> int:
    return (2 * share + per) // (2 * per)


def _half_even(share: int, per: int) -> int:
    whole, rest = divmod(share, per)
    return whole + (2 * rest > per or (2 * rest == per and whole % 2 == 1))


def _floor(share: int, per: int) -> int:
    return share // per


_WHOLE: Final[Mapping[Rounding, Callable[[int, int], int]]] = {
    Rounding.HALF_UP: _half_up,
    Rounding.HALF_EVEN: _half_even,
    Rounding.FLOOR: _floor,
}
