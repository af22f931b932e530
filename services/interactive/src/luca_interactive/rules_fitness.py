"""Whether well-formed rules can be graded by: every number within its bounds, the weights a whole, letters apart."""

from collections.abc import Iterator
from decimal import Decimal

from luca_interactive.api.rules import RulesChange
from luca_shared.runtime import problems
from luca_shared.runtime.exact_numbers import canonical_text
from luca_shared.runtime.problems import ErrorDetail, pointer

_WHOLE = Decimal(100)
_MOST_DECIMALS = 2


def refuse_unfit(change: RulesChange) -> None:
    """Refuse rules that can't be graded by.

    Raises:
        Problem: 422, pointing at everything that is wrong.
    """
    faults = [*_faults_of_categories(change), *_faults_of_letters(change), *_faults_of_the_rest(change)]
    if faults:
        raise problems.validation(faults)


def _faults_of_categories(change: RulesChange) -> Iterator[ErrorDetail]:
    for name, category in change.categories.items():
        yield from _fault_of_percent(category.weight, "categories", name, "weight")
        if category.drop_lowest < 0:
            yield ErrorDetail(pointer("categories", name, "drop_lowest"), "must be at least 0")
    total = sum((category.weight for category in change.categories.values()), Decimal())
    if total != _WHOLE:
        yield ErrorDetail("/categories", f"the weights must add up to 100, not to {canonical_text(total)}")


def _faults_of_letters(change: RulesChange) -> Iterator[ErrorDetail]:
    by_bound: dict[Decimal, str] = {}
    for letter, bound in change.letters.items():
        yield from _fault_of_percent(bound, "letters", letter)
        if (first := by_bound.setdefault(bound, letter)) != letter:
            yield ErrorDetail(pointer("letters", letter), f"must differ from the bound of {first}")


def _faults_of_the_rest(change: RulesChange) -> Iterator[ErrorDetail]:
    yield from _fault_of_percent(change.passing, "passing")
    yield from _fault_of_percent(change.late_penalty_percent, "late_penalty_percent")
    if not 0 <= change.decimals <= _MOST_DECIMALS:
        yield ErrorDetail("/decimals", f"must be between 0 and {_MOST_DECIMALS}")


def _fault_of_percent(number: Decimal, *at: str) -> Iterator[ErrorDetail]:
    if not 0 <= number <= _WHOLE:
        yield ErrorDetail(pointer(*at), "must be between 0 and 100")
