"""The government never sees more requests in a second than it allows."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luca_gov_sync.pace import Pace


class TestClock:
    """A clock that stands still but for who sleeps by it."""

    __test__ = False

    def __init__(self) -> None:
        self.now = 1_000.0

    def time(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.now += seconds


def departures(arrivals: list[float], *, per_second: float, last_departure: float = -1e9) -> list[float]:
    async def walk() -> list[float]:
        clock = TestClock()
        pace = Pace(clock, per_second=per_second, last_departure=last_departure)
        times = []
        for wait in arrivals:
            clock.now += wait
            times.append(await pace.depart())
        return times

    return asyncio.run(walk())


@given(arrivals=st.lists(st.floats(0, 5), min_size=1, max_size=50), limit=st.integers(1, 10))
def test_no_second_holds_more_departures_than_the_limit(arrivals: list[float], limit: int) -> None:
    times = departures(arrivals, per_second=limit)
    for start in times:
        assert sum(start <= time < start + 1 for time in times) <= limit


@given(arrivals=st.lists(st.just(0.0), min_size=2, max_size=50))
def test_who_is_waited_for_by_many_leaves_at_the_full_rate(arrivals: list[float]) -> None:
    times = departures(arrivals, per_second=2)
    assert times[-1] - times[0] == pytest.approx((len(times) - 1) / (2 * 0.99))


def test_those_who_ask_at_once_leave_in_the_order_of_asking() -> None:
    async def ask() -> list[float]:
        clock = TestClock()
        pace = Pace(clock, per_second=2)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(pace.depart()) for _ in range(20)]
        return [task.result() for task in tasks]

    times = asyncio.run(ask())
    assert times == sorted(times)
    assert len(set(times)) == len(times)


def test_a_restart_opens_no_second_window() -> None:
    [first] = departures([0.0], per_second=2, last_departure=1_000.0)
    assert first > 1_000.5


def test_nothing_leaves_before_the_government_wants_to_hear_from_us_again() -> None:
    async def ask() -> float:
        clock = TestClock()
        pace = Pace(clock, per_second=2)
        pace.hold_until(1_030.0)
        return await pace.depart()

    assert asyncio.run(ask()) == 1_030.0


@pytest.mark.parametrize(("per_second", "margin"), [(0, 0.01), (-1, 0.01), (2, 1), (2, -0.1)])
def test_a_pace_that_makes_no_sense_is_refused(per_second: float, margin: float) -> None:
    with pytest.raises(ValueError, match="positive rate"):
        Pace(TestClock(), per_second=per_second, margin=margin)
