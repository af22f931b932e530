"""The real workflow in a world where everything goes wrong; a failure names the seed that repeats it."""

import asyncio
from dataclasses import replace
from random import Random

import pytest
from tests.unit.gov_sync.simulation import SETTINGS, dead_letters, duration, judge, keeper, live
from tests.unit.gov_sync.world import NORTE, PERIOD, START, SUR, Life, World
from tests.virtual_time import run

from luca_gov_sync.endings import Ending
from luca_gov_sync.ports import AlertKind


def world_of(seed: int, **faults: object) -> World:
    return World(Random(seed), **faults)  # type: ignore[arg-type]


async def clean(world: World, seed: int = 0) -> tuple[Ending | None, Life]:
    life = Life(world, Random(seed))
    return await live(life), life


def test_a_quiet_night() -> None:
    async def night() -> World:
        world = world_of(1)
        for student in range(40):
            world.record(NORTE, student)
            world.record(SUR, student)
        ending, _ = await clean(world)
        assert ending is Ending.COMPLETED
        return world

    world = run(night())
    judge(world)
    assert {batch.attempts for batch in world.batches.values()} == {1}
    assert [kind for kind, _ in world.alerts] == [AlertKind.COMPLETED]
    assert len(world.arrivals) == 21  # 20 batches of 4, and one page of the reconciliation
    assert world.arrivals[19] - world.arrivals[0] == pytest.approx(19 / (2 * 0.99), rel=0.02)  # the full rate


async def _small_world(seed: int) -> World:
    world = world_of(seed, poisonous=frozenset({"s002"}), unknown=frozenset({"s005"}))
    for student in range(6):
        world.record(NORTE, student)
    world.record(SUR, 1)
    return world


def _points() -> int:
    async def count() -> int:
        world = await _small_world(0)
        ending, life = await clean(world)
        assert ending is Ending.COMPLETED
        judge(world)
        return life.points

    return run(count())


def test_killed_before_and_after_each_single_call_it_goes_on_as_if_nothing_had_been() -> None:
    async def killed_at(point: int) -> None:
        world = await _small_world(point)
        assert await live(Life(world, Random(point), "first", kill_at=point)) is None
        await asyncio.sleep(70)
        ending, _ = await clean(world, point)
        assert ending is Ending.COMPLETED, f"killed at point {point}"
        judge(world)

    points = _points()
    assert points > 100
    for point in range(points):
        try:
            run(killed_at(point))
        except AssertionError as error:
            raise AssertionError(f"killed at point {point}: {error}") from error


# The last ones once found: an outcome undone by a takeover, a half that was there before, a batch in hand twice.
@pytest.mark.parametrize("seed", [*range(30), 464, 4140, 4934, 6237])
def test_two_keepers_kills_stalls_edits_and_faults_lose_and_double_nothing(seed: int) -> None:
    async def night() -> World:
        chance = Random(seed)
        start = chance.uniform(0, 60)
        world = world_of(
            seed,
            faults=chance.choice([0.0, 0.2, 0.5]),
            aws_faults=chance.choice([0.0, 0.01, 0.05]),
            dark=(start, start + chance.choice([0, 30, 200])),
            index_lag=3.0,
            poisonous=frozenset({"s003"}),
            unknown=frozenset({"s007"}),
        )
        for student in range(chance.randrange(5, 40)):
            world.record(NORTE, student)
            world.record(SUR, student)

        async def edit() -> None:
            for _ in range(20):
                await asyncio.sleep(chance.uniform(0, 5))
                name = chance.choice(sorted(world.grades))
                world.record(chance.choice([NORTE, SUR]), int(name.rpartition(".s")[2]))

        async with asyncio.timeout(47 * 3600), asyncio.TaskGroup() as group:
            group.create_task(edit())
            for name in ("one", "other"):
                own = Random(chance.random())
                group.create_task(keeper(world, own, name, lives=chance.randrange(0, 6), stall=chance.random() < 0.5))
        return world

    world = run(night())
    judge(world)
    kinds = [kind for kind, _ in world.alerts]
    told = {str(facts["batch_id"]) for kind, facts in world.alerts if kind is AlertKind.DEAD_LETTER}
    assert told <= set(world.dead_letters)
    assert (AlertKind.INCOMPLETE if dead_letters(world) else AlertKind.COMPLETED) in kinds
    assert duration(world) < 47 * 3600
    assert PERIOD in world.runs


@pytest.mark.parametrize("seed", range(5))
def test_an_outage_makes_no_dead_letters_and_is_told_once(seed: int) -> None:
    async def night() -> World:
        world = world_of(seed, dark=(5.0, 905.0))
        for student in range(60):
            world.record(NORTE, student)
        ending, _ = await clean(world, seed)
        assert ending is Ending.COMPLETED
        return world

    world = run(night())
    judge(world)
    assert world.dead_letters == []
    assert [kind for kind, _ in world.alerts] == [AlertKind.OUTAGE, AlertKind.OUTAGE_OVER, AlertKind.COMPLETED]
    probes = [at for at in world.arrivals if START + 100 < at < START + 900]
    assert len(probes) <= 800 / 15  # one at a time, and not at the full rate


def test_who_is_killed_in_an_outage_does_not_tell_of_it_again() -> None:
    async def night() -> World:
        world = world_of(1, dark=(5.0, 905.0))
        for student in range(60):
            world.record(NORTE, student)
        first = asyncio.create_task(live(Life(world, Random(1), "first")))
        await asyncio.wait({first}, timeout=300)
        first.cancel()
        await asyncio.wait({first})
        ending, _ = await clean(world)
        assert ending is Ending.COMPLETED
        return world

    world = run(night())
    judge(world)
    assert [kind for kind, _ in world.alerts] == [AlertKind.OUTAGE, AlertKind.OUTAGE_OVER, AlertKind.COMPLETED]


def test_a_task_that_is_told_to_stop_leaves_to_the_next_the_pace_as_well() -> None:
    async def night(seed: int) -> World:
        world, chance = world_of(seed), Random(seed)
        for student in range(100):
            world.record(NORTE, student)
        for number in range(200):
            task = asyncio.create_task(live(Life(world, Random(number), f"t{number}")))
            done, _ = await asyncio.wait({task}, timeout=chance.uniform(0.5, 2.5))
            if done:
                assert task.result() is Ending.COMPLETED
                return world
            task.cancel()
            await asyncio.wait({task})
            assert PERIOD not in world.runs or world.runs[PERIOD].owner is None
        raise AssertionError("it does not get on")

    for seed in range(5):
        judge(run(night(seed)))


def test_a_task_that_stands_still_for_longer_than_its_lease_sends_nothing_afterwards() -> None:
    async def night(point: int) -> World:
        world = world_of(point)
        for student in range(200):
            world.record(NORTE, student)
        life = Life(world, Random(point), "sleeper", stall_at=point, stall=100.0)
        sleeper = asyncio.create_task(live(life, replace(SETTINGS, in_flight=1)))
        await asyncio.sleep(0.5)
        other = asyncio.create_task(keeper(world, Random(point), "other", lives=0))
        await asyncio.wait({sleeper, other})
        assert sleeper.result() is Ending.LEASE_LOST
        other.result()
        return world

    for point in range(400, 460, 4):  # wherever it happens to be: some of them at the gate, with a batch in hand
        judge(run(night(point)))
