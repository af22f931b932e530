"""A student's behavior profile, counted from his or her events of the last 30 days.

It is counted anew at each reading: a counter that is kept could count an event twice. A day is a UTC day, as in the
events' keys, whatever the school's time zone.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from luca_interactive.api.behavior import BehaviorAnswer, DayAnswer, TrendAnswer, TypeAnswer
from luca_shared.records.event import LIFETIME_DAYS, Event
from luca_shared.records.timestamps import Timestamp
from luca_shared.tenancy.ids import StudentId


class Tally:
    """Counts events, in whatever order they come.

    Args:
        now: The present, aware; its day is the last one of the profile.
    """

    def __init__(self, now: datetime) -> None:
        self.last_day = now.astimezone(UTC).date()
        self.first_day = self.last_day - timedelta(days=LIFETIME_DAYS - 1)
        self._now = now.timestamp()
        self._counts: Counter[tuple[str, date]] = Counter()  # by type and day
        self._last_seen: dict[str, Timestamp] = {}  # by type

    def add(self, event: Event) -> None:
        """Count an event, unless its time is up: the table deletes what has expired within days, not at once."""
        if event.expires_at <= self._now:
            return
        self._counts[event.type, date.fromisoformat(event.occurred_at[:10])] += 1
        self._last_seen[event.type] = max(event.occurred_at, self._last_seen.get(event.type, event.occurred_at))

    def profile(self, student_id: StudentId, capped_days: Sequence[date]) -> BehaviorAnswer:
        """Return what has been counted; of the capped days, not all events were there to count."""
        by_type: defaultdict[str, dict[date, int]] = defaultdict(dict)
        by_day: defaultdict[date, dict[str, int]] = defaultdict(dict)
        for (name, day), count in sorted(self._counts.items()):
            by_type[name][day] = by_day[day][name] = count
        days = [DayAnswer(day=day, total=sum(types.values()), types=types) for day, types in sorted(by_day.items())]
        return BehaviorAnswer(
            student_id=student_id,
            first_day=self.first_day,
            last_day=self.last_day,
            total=self._counts.total(),
            last_seen=max(self._last_seen.values(), default=None),
            trend=self._trend({each.day: each.total for each in days}),
            types=[self._type(name, counts) for name, counts in by_type.items()],
            days=days,
            capped_days=list(capped_days),
        )

    def _type(self, name: str, counts: Mapping[date, int]) -> TypeAnswer:
        last_seen, trend = self._last_seen[name], self._trend(counts)
        return TypeAnswer(type=name, total=sum(counts.values()), last_seen=last_seen, trend=trend)

    def _trend(self, counts: Mapping[date, int]) -> TrendAnswer | None:
        last, previous = self._of_days_ago(counts, range(1, 8)), self._of_days_ago(counts, range(8, 15))
        if not last and not previous:
            return None
        return TrendAnswer(last_7_days=last, previous_7_days=previous, change=last - previous)

    def _of_days_ago(self, counts: Mapping[date, int], days: range) -> int:
        return sum(counts.get(self.last_day - timedelta(days=ago), 0) for ago in days)
