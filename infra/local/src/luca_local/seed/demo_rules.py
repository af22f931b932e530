"""The grading rules of the demo schools, alike in every subject."""

from decimal import Decimal

from luca_shared.records.rules import Category, Rounding, Rules
from luca_shared.tenancy.ids import Subject


def demo_rules(subject: Subject) -> Rules:
    """Return a subject's rules."""
    return Rules(
        subject=subject,
        version=1,
        categories={
            "exam": Category(weight=Decimal(60)),
            "homework": Category(weight=Decimal(40), drop_lowest=1),
        },
        letters={letter: Decimal(bound) for letter, bound in zip("ABCDF", (90, 80, 70, 60, 0), strict=True)},
        passing=Decimal(60),
        missing_as_zero=True,
        late_penalty_percent=Decimal(10),
        rounding=Rounding.HALF_UP,
        decimals=1,
    )
