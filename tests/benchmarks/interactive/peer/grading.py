"""What a grade is worth, and averages: decimals, rounded once at the end."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Any

_ROUNDING = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "floor": ROUND_FLOOR}
_HUNDRED = Decimal(100)

Result = tuple[Decimal | None, str | None]


def result(rules: dict[str, Any], status: str, score: Decimal | None, max_score: Decimal) -> Result:
    """Return a grade's percent and letter."""
    exact = None if score is None else _percent(rules, status, score, max_score)
    return _rounded(rules, exact)


def average(rules: dict[str, Any], marks: Iterable[tuple[str, str, Decimal | None, Decimal]]) -> Result:
    """Return the average of (category, status, score, max_score)."""
    percents: defaultdict[str, list[Decimal]] = defaultdict(list)
    for category, status, score, max_score in marks:
        percent = _percent(rules, status, score, max_score)
        if percent is not None and category in rules["categories"]:
            percents[category].append(percent)
    weighted = total = Decimal(0)
    for name, found in percents.items():
        category = rules["categories"][name]
        drop = int(category.get("drop_lowest", 0))
        kept = sorted(found)[drop:] if len(found) > drop else found
        weight = Decimal(category["weight"])
        weighted += weight * sum(kept) / len(kept)
        total += weight
    return _rounded(rules, weighted / total if total else None)


def _percent(rules: dict[str, Any], status: str, score: Decimal | None, max_score: Decimal) -> Decimal | None:
    if status in ("scored", "late") and score is not None:
        percent = _HUNDRED * score / max_score
        return percent * (1 - Decimal(rules["late_penalty_percent"]) / 100) if status == "late" else percent
    return Decimal(0) if status == "missing" and rules["missing_as_zero"] else None


def _rounded(rules: dict[str, Any], exact: Decimal | None) -> Result:
    if exact is None:
        return None, None
    percent = exact.quantize(Decimal(1).scaleb(-int(rules["decimals"])), _ROUNDING[rules["rounding"]])
    reached = [(bound, letter) for letter, bound in rules["letters"].items() if percent >= bound]
    return percent, max(reached)[1] if reached else None
