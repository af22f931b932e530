"""A behavior profile from events: what it adds up to, whatever the events and their order."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from luca_interactive.api.behavior import BehaviorAnswer, DayAnswer, TrendAnswer, TypeAnswer
from luca_interactive.behavior import Tally
from luca_shared.records.event import LIFETIME_DAYS, Event
from luca_shared.records.timestamps import timestamp
from luca_shared.tenancy.ids import EventId, StudentId

NOW = datetime(2026, 11, 24, 14, 3, tzinfo=UTC)
TODAY = NOW.date()


def event(type_: str, occurred_at: datetime, *, expires_at: datetime | None = None) -> Event:
    expiry = occurred_at + timedelta(days=LIFETIME_DAYS) if expires_at is None else expires_at
    return Event(
        event_id=EventId("e1"),
        student_id=StudentId("s1"),
        kind="behavior",
        type=type_,
        occurred_at=timestamp(occurred_at),
        data="{}",
        payload_sha256="0" * 64,
        expires_at=int(expiry.timestamp()),
    )


def days_ago(days: int, type_: str = "merit") -> Event:
    return event(type_, NOW - timedelta(days=days))


def profile(events: Iterable[Event], now: datetime = NOW) -> BehaviorAnswer:
    tally = Tally(now)
    for each in events:
        tally.add(each)
    return tally.profile(StudentId("s1"), [])


def trend(last: int, previous: int) -> TrendAnswer:
    return TrendAnswer(last_7_days=last, previous_7_days=previous, change=last - previous)


first_moment = datetime(2026, 10, 26, tzinfo=UTC)
events_of_the_profile = st.lists(
    st.builds(
        event,
        st.sampled_from(["merit", "late", "app_open"]),
        st.datetimes(first_moment.replace(tzinfo=None), NOW.replace(tzinfo=None), timezones=st.just(UTC)),
    )
)


def test_it_counts_by_type_and_by_day() -> None:
    midday = datetime(2026, 11, 23, 12, tzinfo=UTC)
    found = profile([days_ago(0), event("late", midday), event("merit", midday), event("merit", midday), days_ago(9)])
    assert found == BehaviorAnswer(
        student_id=StudentId("s1"),
        first_day=date(2026, 10, 26),
        last_day=date(2026, 11, 24),
        total=5,
        last_seen=timestamp(NOW),
        trend=trend(3, 1),
        types=[
            TypeAnswer(type="late", total=1, last_seen=timestamp(midday), trend=trend(1, 0)),
            TypeAnswer(type="merit", total=4, last_seen=timestamp(NOW), trend=trend(2, 1)),
        ],
        days=[
            DayAnswer(day=date(2026, 11, 15), total=1, types={"merit": 1}),
            DayAnswer(day=date(2026, 11, 23), total=3, types={"late": 1, "merit": 2}),
            DayAnswer(day=date(2026, 11, 24), total=1, types={"merit": 1}),
        ],
        capped_days=[],
    )


def test_of_no_events_there_is_no_trend_and_nothing_was_seen() -> None:
    found = profile([])
    assert (found.total, found.last_seen, found.trend, found.types, found.days) == (0, None, None, [], [])


@given(events_of_the_profile, st.randoms(use_true_random=False))
def test_the_order_of_the_events_makes_no_difference(events: list[Event], chance: Random) -> None:
    assert profile(chance.sample(events, len(events))) == profile(events)


@given(events_of_the_profile)
def test_every_total_is_the_sum_of_what_it_is_a_total_of(events: list[Event]) -> None:
    found = profile(events)
    assert found.total == len(events) == sum(day.total for day in found.days) == sum(each.total for each in found.types)
    for day in found.days:
        assert day.total == sum(day.types.values()) > 0
        assert found.first_day <= day.day <= found.last_day
    for each in found.types:
        assert each.total == sum(day.types.get(each.type, 0) for day in found.days) > 0
    trends = [each.trend for each in found.types if each.trend is not None]
    whole = found.trend or trend(0, 0)
    assert whole == trend(sum(each.last_7_days for each in trends), sum(each.previous_7_days for each in trends))


@given(events_of_the_profile)
def test_the_last_seen_is_the_newest(events: list[Event]) -> None:
    found = profile(events)
    assert found.last_seen == max((each.occurred_at for each in events), default=None)
    for each in found.types:
        assert each.last_seen == max(known.occurred_at for known in events if known.type == each.type)


def test_a_trend_is_of_the_two_weeks_before_today() -> None:
    """Today isn't over, and whatever lies before the two weeks is not compared."""
    assert profile([days_ago(0), days_ago(15)]).trend is None
    assert profile(map(days_ago, (1, 7))).trend == trend(2, 0)
    assert profile(map(days_ago, (8, 14))).trend == trend(0, 2)
    assert profile(map(days_ago, range(30))).trend == trend(7, 7)


def test_an_event_of_which_the_time_is_up_does_not_count() -> None:
    midday = NOW - timedelta(days=1)
    gone = event("merit", midday, expires_at=NOW)
    left = event("merit", midday, expires_at=NOW + timedelta(seconds=1))
    assert profile([gone]) == profile([])
    assert profile([gone, left]).total == 1


def test_the_days_are_utc_days_wherever_the_clock_is() -> None:
    late_at_night = datetime.fromisoformat("2026-11-23T22:30:00-03:00")
    assert profile([], late_at_night).last_day == date(2026, 11, 24)


def test_no_event_expires_within_the_days_of_the_profile() -> None:
    """The oldest day is as complete as the others, at any time of today."""
    end_of_today = datetime(2026, 11, 24, 23, 59, 59, 999_000, tzinfo=UTC)
    assert profile([event("merit", first_moment)], end_of_today).total == 1
    assert profile([], end_of_today).first_day == first_moment.date()
