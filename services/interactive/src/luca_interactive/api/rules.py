"""A subject's grading rules as they are asked for and answered."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Self

import msgspec

from luca_shared.records.rules import Category, Rounding, Rules
from luca_shared.records.timestamps import Timestamp
from luca_shared.runtime.exact_numbers import ExactNumber
from luca_shared.runtime.requests import RequestModel
from luca_shared.tenancy.ids import PersonId, Subject

# What bounds a number is only told here: `rules_fitness` judges it, together with what all of them have to add up to,
# so that every wrong field is named at once.
Percent = Annotated[ExactNumber, msgspec.Meta(extra_json_schema={"minimum": 0, "maximum": 100})]
Count = Annotated[int, msgspec.Meta(extra_json_schema={"minimum": 0})]
Decimals = Annotated[int, msgspec.Meta(extra_json_schema={"minimum": 0, "maximum": 2})]

CategoryName = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Letter = Annotated[str, msgspec.Meta(min_length=1, max_length=16)]


class CategoryChange(RequestModel, frozen=True):
    """A kind of assessment: its share of the average in percent, and how many of its lowest percents don't count."""

    weight: Percent
    drop_lowest: Count = 0


class RulesChange(RequestModel, frozen=True):
    """How a subject is to be graded.

    The weights add up to 100; `letters` are lower bounds in percent, no two alike. A category that assessments of an
    open term use has to be among the `categories`; with the weight 0 it counts for nothing.
    """

    categories: Annotated[dict[CategoryName, CategoryChange], msgspec.Meta(min_length=1, max_length=50)]
    letters: Annotated[dict[Letter, Percent], msgspec.Meta(max_length=50)]
    passing: Percent
    missing_as_zero: bool
    late_penalty_percent: Percent
    rounding: Rounding
    decimals: Decimals


class CategoryAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A category of the rules."""

    weight: Decimal
    drop_lowest: int

    @classmethod
    def of(cls, category: Category) -> Self:
        """Make the answer of a stored category."""
        return cls(weight=category.weight, drop_lowest=category.drop_lowest)


class RulesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The rules of a subject that are in force."""

    subject: Subject
    version: int
    categories: Mapping[str, CategoryAnswer]
    letters: Mapping[str, Decimal]
    passing: Decimal
    missing_as_zero: bool
    late_penalty_percent: Decimal
    rounding: Rounding
    decimals: int
    changed_by: PersonId | None
    changed_at: Timestamp | None

    @classmethod
    def of(cls, rules: Rules) -> Self:
        """Make the answer of stored rules."""
        return cls(
            subject=rules.subject,
            version=rules.version,
            categories={name: CategoryAnswer.of(each) for name, each in rules.categories.items()},
            letters=rules.letters,
            passing=rules.passing,
            missing_as_zero=rules.missing_as_zero,
            late_penalty_percent=rules.late_penalty_percent,
            rounding=rules.rounding,
            decimals=rules.decimals,
            changed_by=rules.changed_by,
            changed_at=rules.changed_at,
        )
