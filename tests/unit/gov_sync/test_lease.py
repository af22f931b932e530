"""Who may work on a run, and until when."""

import asyncio
from random import Random

import pytest
from tests.unit.gov_sync.world import PERIOD, START, Life, SimulatedRuns, World, virtual_now
from tests.virtual_time import run

from luca_gov_sync.clock import LoopClock, stamp
from luca_gov_sync.endings import Ending, LeaseLost
from luca_gov_sync.lease import Claim, Lease, LeaseTimes, claim_on, last_departure, take
from luca_gov_sync.pace import Pace
from luca_gov_sync.workflow import gate_of
from luca_shared.records.submission import Run, RunState
from luca_shared.records.timestamps import Timestamp

TIMES = LeaseTimes(lasts=60, skew=2)


def stored(**changes: object) -> Run:
    values = {
        "period": PERIOD,
        "state": RunState.RUNNING,
        "cutoff": stamp(START),
        "started_at": stamp(START),
        "epoch": 4,
    }
    return Run(**values | changes)  # type: ignore[arg-type]


def held(until: float) -> dict[str, object]:
    return {"owner": "other", "lease_expires_at": stamp(until)}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (None, Claim.CREATE),
        (stored(), Claim.TAKE),
        (stored(**held(START + 10)), Claim.WAIT),
        (stored(**held(START - 1.9)), Claim.WAIT),  # by the other's clock it may not be over yet
        (stored(**held(START - 2)), Claim.TAKE),
        (stored(state=RunState.COMPLETED), Ending.COMPLETED),
        (stored(state=RunState.HALTED), Ending.HALTED),
        (stored(state=RunState.TIMED_OUT), Ending.TIMED_OUT),
    ],
)
def test_what_may_be_done_about_a_run(found: Run | None, expected: Claim | Ending) -> None:
    assert claim_on(found, now=START, skew=2) == expected


def test_the_pace_begins_after_whatever_the_one_before_can_have_sent() -> None:
    departures: tuple[Timestamp, ...] = (stamp(START - 9), stamp(START - 7))
    assert last_departure(stored()) == 0
    assert last_departure(stored(last_departures=departures)) == START - 7
    assert last_departure(stored(last_departures=departures, **held(START - 2))) == START - 2


def test_of_two_that_begin_a_run_at_once_one_does() -> None:
    async def both() -> list[object]:
        runs, clock = SimulatedRuns(Life(World(_random()), _random())), LoopClock(virtual_now())
        claims = [take(runs, clock, TIMES, PERIOD, name, create=True, wait=False) for name in ("a", "b")]
        return list(await asyncio.gather(*claims))

    assert sorted(isinstance(each, tuple) for each in run(both())) == [False, True]


def test_who_waits_takes_over_a_dead_ones_run_and_leaves_a_living_one_alone() -> None:
    async def wait(*, lives: bool) -> object:
        world = World(_random())
        runs, clock = SimulatedRuns(Life(world, _random())), LoopClock(virtual_now())
        taken = await take(runs, clock, TIMES, PERIOD, "a", create=True, wait=False)
        assert isinstance(taken, tuple)
        waiting = asyncio.create_task(take(runs, clock, TIMES, PERIOD, "b", create=False, wait=True))
        await asyncio.sleep(15)
        if lives:
            await taken[0].save()
        return await waiting

    assert run(wait(lives=True)) is Ending.HELD
    other = run(wait(lives=False))
    assert isinstance(other, tuple)
    assert other[0].epoch == 2


def test_without_a_run_there_is_nothing_to_resume() -> None:
    async def resume() -> object:
        runs = SimulatedRuns(Life(World(_random()), _random()))
        return await take(runs, LoopClock(virtual_now()), TIMES, PERIOD, "a", create=False, wait=True)

    assert run(resume()) is Ending.NOTHING_TO_RESUME


def test_a_lease_that_was_taken_over_can_be_neither_renewed_nor_used() -> None:
    async def lose() -> None:
        world = World(_random())
        runs, clock = SimulatedRuns(Life(world, _random())), LoopClock(virtual_now())
        taken = await take(runs, clock, TIMES, PERIOD, "a", create=True, wait=False)
        assert isinstance(taken, tuple)
        lease: Lease = taken[0]
        lease.check()
        await asyncio.sleep(63)
        assert isinstance(await take(runs, clock, TIMES, PERIOD, "b", create=True, wait=False), tuple)
        with pytest.raises(LeaseLost):
            await lease.save()
        with pytest.raises(LeaseLost):
            lease.check()
        assert world.runs[PERIOD].owner == "b"

    run(lose())


def test_nothing_leaves_when_its_turn_comes_after_the_lease_has_run_out() -> None:
    async def leave() -> None:
        runs, clock = SimulatedRuns(Life(World(_random()), _random())), LoopClock(virtual_now())
        taken = await take(runs, clock, TIMES, PERIOD, "a", create=True, wait=False)
        assert isinstance(taken, tuple)
        pace = Pace(clock, per_second=2)
        gate = gate_of(pace, taken[0])
        await gate()
        pace.hold_until(clock.time() + 61)
        with pytest.raises(LeaseLost):
            await gate()

    run(leave())


def _random() -> Random:

    return Random(1)
