"""A student's behavior profile as it is answered."""

from datetime import date

import msgspec

from luca_shared.records.timestamps import Timestamp
from luca_shared.tenancy.ids import StudentId


class TrendAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The events of the 7 days before today against those of the 7 days before these.

    Today isn't over, so it doesn't count; both weeks have every day of the week once. `change` is the former less the
    latter.
    """

    last_7_days: int
    previous_7_days: int
    change: int


class TypeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The events of one type; `trend` is null when neither week has any."""

    type: str
    total: int
    last_seen: Timestamp
    trend: TrendAnswer | None


class DayAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The events of one UTC day, in all and by type."""

    day: date
    total: int
    types: dict[str, int]


class BehaviorAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a student's events of the last 30 UTC days, today included, add up to.

    `days` are those that have events, oldest first; `types` are in the order of their names. `last_seen` is when the
    newest event happened; null when there is none. Of a day in `capped_days` only 2,000 events were read: what is
    said of that day, and of all, is said of those.
    """

    student_id: StudentId
    first_day: date
    last_day: date
    total: int
    last_seen: Timestamp | None
    trend: TrendAnswer | None
    types: list[TypeAnswer]
    days: list[DayAnswer]
    capped_days: list[date]
