"""A subject's grading rules (OneRoster's `scoreScale`, and how averages are made)."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec.structs import replace

from luca_shared.records.record import Record
from luca_shared.records.timestamps import Timestamp
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import PersonId, Subject
from luca_shared.tenancy.key_types import Key


class Rounding(StrEnum):
    """How a percentage is rounded to the decimals of the rules."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    FLOOR = "floor"


class Category(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kind of assessment: its share of the average, and how many of its lowest percentages don't count."""

    weight: Decimal  # percent
    drop_lowest: int = 0


class Rules(Record, frozen=True, kw_only=True, tag="rules"):
    """How a subject is graded. A version never changes; the one in force is stored a second time as `CURRENT`."""

    subject: Subject
    version: int
    categories: Mapping[str, Category]
    letters: Mapping[str, Decimal]  # letter -> lower bound in percent
    passing: Decimal  # percent
    missing_as_zero: bool
    late_penalty_percent: Decimal
    rounding: Rounding
    decimals: Annotated[int, msgspec.Meta(ge=0, le=2)]
    changed_by: PersonId | None = None
    changed_at: Timestamp | None = None

    def key(self, context: TenantContext) -> Key:
        """Return where this version is stored."""
        return keys.rules_version(context, self.subject, self.version)

    def current_key(self, context: TenantContext) -> Key:
        """Return where the version in force is stored."""
        return keys.rules(context, self.subject)


def same_content(one: Rules, other: Rules) -> bool:
    """Whether two versions grade alike, whoever made them and when."""
    return _content(one) == _content(other)


def _content(rules: Rules) -> Rules:
    return replace(rules, version=0, changed_by=None, changed_at=None)
