"""Freezing while many tasks write: no grade is taken once the term says frozen, and none that was in time is lost."""

import asyncio
from collections.abc import Awaitable, Callable
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.interactive.slow_tasks import CLOCKS_APART, DEADLINE, LATE, STALENESS, SlowSchool
from tests.virtual_time import run

from luca_interactive.term_writing import FreezeTimes

if TYPE_CHECKING:
    from tests.unit.interactive.conftest import Premises

NewPremises = Callable[[], Awaitable["Premises"]]

WAIT = FreezeTimes().total
LONG_AFTER = 100.0

many = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_the_wait_is_the_sum_of_what_may_happen_one_after_the_other() -> None:
    assert WAIT == DEADLINE + STALENESS + DEADLINE + CLOCKS_APART + 2 * LATE


class Day:
    """A school of some tasks, and what is asked of them when; all of it by chance."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.tasks = self.chance.randint(2, 4)
        self.offsets = [self.chance.uniform(-CLOCKS_APART / 2, CLOCKS_APART / 2) for _ in range(self.tasks)]

    def delays(self, _: str) -> tuple[float, float]:
        pace = self.chance.choice([0.0, 0.01, 0.01, 0.5, STALENESS, DEADLINE + LATE])
        return self.chance.uniform(0, pace), self.chance.uniform(0, pace / 4)

    def task(self) -> int:
        return self.chance.randrange(self.tasks)

    async def play(self, school: SlowSchool, decisions: list[tuple[float, str]]) -> None:
        async with asyncio.TaskGroup() as group:
            for at, kind in decisions:
                group.create_task(_later(at, lambda kind=kind: school.decide(self.task(), kind)))  # type: ignore[misc]
            for _ in range(40):
                group.create_task(_later(self.chance.uniform(0, 45), lambda: school.grade(self.task())))
        await school.everything_has_arrived()


async def _later(seconds: float, do: Callable[[], Awaitable[str]]) -> None:
    await asyncio.sleep(seconds)
    await do()


@many
@given(st.integers(0, 2**32))
def test_no_grade_is_taken_once_any_task_says_frozen_and_none_in_time_is_lost(
    new_premises: NewPremises, seed: int
) -> None:
    async def scenario() -> None:
        day = Day(seed)
        school = SlowSchool(await new_premises(), day.offsets, day.delays, WAIT)
        asked = 15.0
        await day.play(school, [(asked, "freeze")])
        assert school.too_late == []
        for attempt in school.attempts:
            if attempt.outcome == "recorded":
                assert school.stored(attempt.student_id) == ["grade pending", "grade-version"]
            elif attempt.outcome == "term-frozen":
                assert school.stored(attempt.student_id) == []
                assert attempt.ended >= asked
            else:  # the deadline: stored as a whole or not at all
                assert attempt.outcome == "no answer"
                assert school.stored(attempt.student_id) in ([], ["grade pending", "grade-version"])
        while not school.says_frozen():  # the freeze may have been given up, like any request
            await school.decide(0, "freeze")
            await asyncio.sleep(LONG_AFTER)
        assert {await school.grade(task) for task in range(day.tasks)} <= {"term-frozen", "no answer"}

    run(scenario())


@many
@given(st.integers(0, 2**32))
def test_it_holds_however_often_a_term_is_frozen_and_reopened(new_premises: NewPremises, seed: int) -> None:
    async def scenario() -> None:
        day = Day(seed)
        school = SlowSchool(await new_premises(), day.offsets, day.delays, WAIT)
        times = sorted(day.chance.uniform(0, 45) for _ in range(day.chance.randint(2, 8)))
        await day.play(school, [(at, day.chance.choice(["freeze", "reopen"])) for at in times])
        assert school.too_late == []

    run(scenario())


@pytest.mark.parametrize(("wait", "holds"), [(WAIT, True), (WAIT - 0.1, False)])
def test_all_of_the_wait_is_needed(new_premises: NewPremises, wait: float, *, holds: bool) -> None:
    """The worst that can happen, one thing right after the other."""

    def delays(operation: str) -> tuple[float, float]:
        return (1000.0, 0.0) if operation == "TransactWriteItems" else (0.0, 0.0)  # as late as at all possible

    async def scenario() -> None:
        slow, fast = -CLOCKS_APART / 2, CLOCKS_APART / 2
        school = SlowSchool(await new_premises(), [slow, fast], delays, wait)
        freezing = asyncio.create_task(school.decide(0, "freeze"))
        await asyncio.sleep(DEADLINE + LATE - 0.01)
        looked = asyncio.create_task(school.grade(1))  # remembers that the term is open
        await asyncio.sleep(STALENESS - 0.01)
        assert school.term.state == "freezing"
        last = asyncio.create_task(school.grade(1))
        assert {await freezing, await looked, await last} == {"no answer"}
        await school.everything_has_arrived()
        assert school.stored(school.attempts[-1].student_id) != []
        assert (school.too_late == []) == holds

    run(scenario())


def test_a_task_that_knows_of_the_freeze_takes_nothing_from_then_on(new_premises: NewPremises) -> None:
    async def scenario() -> None:
        school = SlowSchool(await new_premises(), [0.0, 0.0], lambda _: (0.01, 0.01), WAIT)
        assert [await school.grade(task) for task in (0, 1)] == ["recorded", "recorded"]
        assert await school.decide(0, "freeze") == "freezing"
        assert not school.says_frozen()
        assert await school.grade(0) == "term-frozen"
        assert await school.grade(1) == "recorded"  # in time: it doesn't know yet
        await asyncio.sleep(STALENESS)
        assert await school.grade(1) == "term-frozen"
        assert await school.decide(1, "reopen") == "open"
        assert await school.grade(1) == "recorded"
        await asyncio.sleep(STALENESS)
        assert await school.grade(0) == "recorded"

    run(scenario())
