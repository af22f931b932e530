"""The tempo: even turns, faster while answers are quick, slower when they aren't, between its bounds."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from luca_local.demo.tempo import Tempo


@dataclass
class Clock:
    now: float = 0.0

    def time(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


def tempo(clock: Clock, per_second: float = 10) -> Tempo:
    return Tempo(per_second, low=5, high=40, quick_ms=100, clock=clock.time, sleep=clock.sleep)


async def test_turns_are_as_far_apart_as_the_rate_says() -> None:
    clock = Clock()
    at_ten = tempo(clock)
    times = []
    for _ in range(5):
        await at_ten.turn()
        times.append(clock.now)
    assert [round(time, 6) for time in times] == [0, 0.1, 0.2, 0.3, 0.4]


async def test_who_was_late_has_no_turns_to_make_up_for() -> None:
    clock = Clock()
    at_ten = tempo(clock)
    await at_ten.turn()
    clock.now = 100
    await at_ten.turn()
    await at_ten.turn()
    assert round(clock.now, 6) == 100.1


def test_quick_answers_make_it_faster_and_slow_ones_slower() -> None:
    at_ten = tempo(Clock())
    for _ in range(40):
        at_ten.answered(20)
    faster = at_ten.per_second
    assert faster > 10
    for _ in range(40):
        at_ten.answered(200)
    assert at_ten.per_second < faster


@given(st.lists(st.floats(0, 1000), max_size=500))
def test_it_stays_between_its_bounds(answers: list[float]) -> None:
    bounded = tempo(Clock())
    for ms in answers:
        bounded.answered(ms)
        assert 5 <= bounded.per_second <= 40
