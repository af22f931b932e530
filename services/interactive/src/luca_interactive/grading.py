"""What a grade is worth by a subject's rules: its percent, its letter, and the average of many.

Everything in between is exact; a number is rounded once, when it is done. So an average is made of the scores
themselves, never of percents that were rounded before. A gradebook has an average in each row, and `Fraction` is slow:
what is reckoned with are whole numbers over one another.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from luca_shared.records.grade import GradeStatus
from luca_shared.records.rules import Rounding, Rules

_Ratio = tuple[int, int]
"""A number as a whole one over another, which is positive."""


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


def result_of_mark(rules: Rules, mark: Mark) -> Result:
    """Return what is stored with a grade and shown of it; a missing one has no percent, it only counts as one."""
    return _result(rules, _percent(rules, mark) if mark.status.has_score else None)


def average(rules: Rules, marks: Iterable[Mark]) -> Result:
    """Return the term average of a student's marks in one class.

    For each category the mean of its percents, less the `drop_lowest` lowest when more than that many remain. The
    weights are shared out among the categories that have something; one that the rules don't know has no weight.
    """
    percents: defaultdict[str, list[_Ratio]] = defaultdict(list)
    for mark in marks:
        percent = _percent(rules, mark)
        if percent is not None and mark.category in rules.categories:
            percents[mark.category].append(percent)

    common = math.lcm(*[per for found in percents.values() for _, per in found])
    weighted, per, total_weight, total_per = 0, 1, 0, 1  # `weighted / per / common` and `total_weight / total_per`
    for name, found in percents.items():
        category = rules.categories[name]
        kept = _without_lowest([share * (common // share_per) for share, share_per in found], category.drop_lowest)
        weight, weight_per = category.weight.as_integer_ratio()
        over = weight_per * len(kept)
        weighted, per = weighted * over + weight * sum(kept) * per, per * over
        total_weight, total_per = total_weight * weight_per + weight * total_per, total_per * weight_per
    return _result(rules, (weighted * total_per, per * common * total_weight) if total_weight else None)


def _percent(rules: Rules, mark: Mark) -> _Ratio | None:
    """The exact percent that counts; None when the mark doesn't count."""
    match mark.status:
        case GradeStatus.SCORED if mark.score is not None:
            return _share(mark.score, mark.max_score, None)
        case GradeStatus.LATE if mark.score is not None:
            return _share(mark.score, mark.max_score, rules.late_penalty_percent)
        case GradeStatus.MISSING if rules.missing_as_zero:
            return 0, 1
        case _:
            return None


@lru_cache(maxsize=10_000)  # most classes give the same few scores over and over
def _share(score: Decimal, max_score: Decimal, penalty_percent: Decimal | None) -> _Ratio:
    kept = 1 if penalty_percent is None else 1 - Fraction(penalty_percent) / 100
    return (100 * Fraction(score) / Fraction(max_score) * kept).as_integer_ratio()


def _without_lowest(percents: Sequence[int], count: int) -> Sequence[int]:
    return sorted(percents)[count:] if 0 < count < len(percents) else percents


def _result(rules: Rules, exact: _Ratio | None) -> Result:
    if exact is None:
        return Result(None, None)
    share, per = exact
    decimals = rules.decimals
    steps = _whole(share * 10**decimals, per, rules.rounding)
    while decimals and steps % 10 == 0:
        steps, decimals = steps // 10, decimals - 1
    percent = Decimal(steps).scaleb(-decimals)
    return Result(percent, _letter(rules, percent))


def _whole(share: int, per: int, rounding: Rounding) -> int:
    """The quotient of two numbers, rounded to a whole one."""
    match rounding:
        case Rounding.HALF_UP:
            return (2 * share + per) // (2 * per)
        case Rounding.HALF_EVEN:
            whole, rest = divmod(share, per)
            return whole + (2 * rest > per or (2 * rest == per and whole % 2 == 1))
        case Rounding.FLOOR:
            return share // per


def _letter(rules: Rules, percent: Decimal) -> str | None:
    """The letter of the percent that people see, so that the two never contradict each other."""
    reached = [(bound, letter) for letter, bound in rules.letters.items() if percent >= bound]
    return max(reached)[1] if reached else None
