"""What a grade is worth by a subject's rules: its percent, its letter, and the average of many.

Everything in between is an exact fraction; a number is rounded once, when it is done. So an average is made of the
scores themselves, never of percents that were rounded before.
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


class Mark(NamedTuple):
    """As much of a grade as counts: its assessment's category, its status, its score and what could be reached."""

    category: str
    status: GradeStatus
    score: Decimal | None
    max_score: Decimal


@dataclass(frozen=True, slots=True)
class Result:
    """A percent as the rules round it, and its letter. Both are None when there is nothing to count."""

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
    percents: defaultdict[str, list[Fraction]] = defaultdict(list)
    for mark in marks:
        percent = _percent(rules, mark)
        if percent is not None and mark.category in rules.categories:
            percents[mark.category].append(percent)

    # A gradebook has an average in each row, and fractions are slow: here they are whole numbers over one denominator.
    common = math.lcm(*(percent.denominator for found in percents.values() for percent in found))
    weighted, per, total_weight, total_per = 0, 1, 0, 1  # `weighted / per / common` and `total_weight / total_per`
    for name, found in percents.items():
        category = rules.categories[name]
        kept = _without_lowest([each.numerator * (common // each.denominator) for each in found], category.drop_lowest)
        weight, weight_per = category.weight.as_integer_ratio()
        over = weight_per * len(kept)
        weighted, per = weighted * over + weight * sum(kept) * per, per * over
        total_weight, total_per = total_weight * weight_per + weight * total_per, total_per * weight_per
    return _result(rules, Fraction(weighted * total_per, per * common * total_weight) if total_weight else None)


def _percent(rules: Rules, mark: Mark) -> Fraction | None:
    """The exact percent that counts; None when the mark doesn't count."""
    match mark.status:
        case GradeStatus.SCORED if mark.score is not None:
            return _share(mark.score, mark.max_score)
        case GradeStatus.LATE if mark.score is not None:
            return _share(mark.score, mark.max_score) * (1 - Fraction(rules.late_penalty_percent) / 100)
        case GradeStatus.MISSING if rules.missing_as_zero:
            return Fraction()
        case _:
            return None


@lru_cache(maxsize=10_000)  # most classes give the same few scores over and over
def _share(score: Decimal, max_score: Decimal) -> Fraction:
    return 100 * Fraction(score) / Fraction(max_score)


def _without_lowest(percents: Sequence[int], count: int) -> Sequence[int]:
    return sorted(percents)[count:] if len(percents) > count else percents


def _result(rules: Rules, exact: Fraction | None) -> Result:
    if exact is None:
        return Result(None, None)
    percent = Decimal(_whole(exact * 10**rules.decimals, rules.rounding)).scaleb(-rules.decimals)
    return Result(percent, _letter(rules, percent))


def _whole(exact: Fraction, rounding: Rounding) -> int:
    match rounding:
        case Rounding.HALF_UP:
            return math.floor(exact + Fraction(1, 2))
        case Rounding.HALF_EVEN:
            return round(exact)  # a Fraction rounds exactly, and half to even
        case Rounding.FLOOR:
            return math.floor(exact)


def _letter(rules: Rules, percent: Decimal) -> str | None:
    """The letter of the percent that people see, so that the two never contradict each other."""
    reached = [(bound, letter) for letter, bound in rules.letters.items() if percent >= bound]
    return max(reached)[1] if reached else None
