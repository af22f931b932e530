"""The quarters of a year as terms."""

from dataclasses import dataclass
from datetime import date, timedelta

from luca_shared.tenancy.ids import Term


@dataclass(frozen=True, slots=True)
class DemoTerm:
    """A quarter."""

    term: Term
    title: str
    first_day: date


def term_of(day: date) -> DemoTerm:
    """Return the term that a day lies in.

    >>> term_of(date(2026, 11, 24)).term
    '2026-Q4'
    """
    quarter = (day.month + 2) // 3
    return DemoTerm(
        Term(f"{day.year}-Q{quarter}"), f"Trimestre {quarter} de {day.year}", date(day.year, 3 * quarter - 2, 1)
    )


def term_before(day: date) -> DemoTerm:
    """Return the term before the one that a day lies in."""
    return term_of(term_of(day).first_day - timedelta(days=1))
