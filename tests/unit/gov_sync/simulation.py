"""The real workflow, life after life, in the simulated world and in virtual time; then the judge."""

import asyncio
import math
from random import Random
from typing import Any

from tests.unit.gov_sync.world import PERIOD, START, Life, SimulatedGovernment, World, ports_of, virtual_now

from luca_gov_sync.batching import record_ids
from luca_gov_sync.clock import LoopClock, seconds_of
from luca_gov_sync.endings import Ending, first_of
from luca_gov_sync.heartbeat import Heartbeat
from luca_gov_sync.lease import LeaseTimes, take
from luca_gov_sync.pace import Pace
from luca_gov_sync.ports import AlertKind
from luca_gov_sync.settings import SyncSettings
from luca_gov_sync.tally import Tally
from luca_gov_sync.workflow import Workflow, gate_of
from luca_shared.aws.errors import AwsError
from luca_shared.records.grade import SyncStatus
from luca_shared.records.submission import BatchState, RunState
from luca_shared.runtime.settings import Secret

SETTINGS = SyncSettings(
    government_url="http://localhost",
    government_token=Secret("x"),
    tenant_role_arn="arn:aws:iam::000000000000:role/t",
    payload_bucket="b",
    dead_letter_url="http://localhost/q",
    alerts_topic_arn="arn:aws:sns:us-east-1:000000000000:t",
    batch_records=4,
    quiet=120.0,
)


async def live(life: Life, settings: SyncSettings = SETTINGS) -> Ending | None:
    """Be one task, from its start to its end; None when it was killed."""
    task = asyncio.create_task(_task(life, settings))
    death = asyncio.create_task(life.died.wait())
    try:
        await asyncio.wait({task, death}, return_when=asyncio.FIRST_COMPLETED)
    except asyncio.CancelledError:  # told to stop
        task.cancel()
        await asyncio.wait({task})
        raise
    finally:
        death.cancel()
    if not life.dead:
        try:
            return await task
        except Exception as error:
            if first_of(error, AwsError) is None:
                raise
            return Ending.CRASHED  # as the process does: another task goes on
    task.cancel()
    await asyncio.wait({task})
    if not task.cancelled():
        task.exception()  # whatever it ran into while dying
    return None


async def _task(life: Life, settings: SyncSettings) -> Ending:
    ports, clock = ports_of(life), LoopClock(virtual_now())
    times = LeaseTimes(settings.lease, settings.lease_skew)
    taken = await take(ports.runs, clock, times, PERIOD, life.owner, create=True, wait=False)
    if isinstance(taken, Ending):
        return taken
    lease, departed = taken
    pace = Pace(clock, per_second=settings.government_rate, margin=settings.rate_margin, last_departure=departed)
    government = SimulatedGovernment(life, gate_of(pace, lease), timeout=settings.http_timeout)
    heartbeat = Heartbeat(asyncio.get_running_loop().time)
    return await Workflow(ports, government, lease, pace, clock, heartbeat, settings, Tally()).run()


async def keeper(world: World, chance: Random, name: str, *, lives: int, **hazards: Any) -> None:
    """Start one task after another until the run is over; the first so many of them meet hazards."""
    for number in range(10_000):
        run = world.runs.get(PERIOD)
        if run is not None and run.state is not RunState.RUNNING:
            return
        life = Life(world, Random(chance.random()), f"{name}-{number}")
        if number < lives:
            life.kill_at = chance.randrange(1, hazards.get("kill_within", 300))
            if hazards.get("stall"):
                life.stall_at, life.stall = chance.randrange(1, 400), chance.uniform(60, 200)
        await live(life)
        await asyncio.sleep(chance.uniform(0, 30))


def judge(world: World) -> None:
    """Nothing was lost, doubled, stale or violated, and what was not accepted is accounted for."""
    assert world.violations == []
    run = world.runs[PERIOD]
    assert run.state is RunState.COMPLETED
    # What a task that stood still has written of new batches after the takeover's end is nobody's, and never sent.
    assert not any(batch.state.open and batch.epoch == run.epoch for batch in world.batches.values())
    dead = dead_letters(world)
    for name, grade in world.grades.items():
        accepted = world.versions.get(name, {})
        assert all(len(contents) == 1 for contents in accepted.values()), f"{name}: a version with two contents"
        if (name, grade.version) in dead:
            assert grade.sync_status is SyncStatus.PENDING, name
        elif grade.student_id in world.poisonous | world.unknown:
            assert (name, grade.sync_status, bool(grade.sync_error)) == (name, SyncStatus.REFUSED, True)
            assert not accepted
        else:
            assert (name, max(accepted, default=0)) == (name, grade.version)
            assert (name, grade.sync_status) == (name, SyncStatus.SYNCED)


def dead_letters(world: World) -> set[tuple[str, int]]:
    """The versions that are among the dead letters, each of which operators have been told of."""
    told = {facts["batch_id"] for kind, facts in world.alerts if kind is AlertKind.DEAD_LETTER}
    dead: set[tuple[str, int]] = set()
    for (school_id, batch_id), batch in world.batches.items():
        if batch.state is BatchState.DLQ:
            assert batch_id in world.dead_letters
            assert batch_id in told
            names = record_ids(school_id, PERIOD, batch.members)
            dead.update((name, member.version) for name, member in zip(names, batch.members, strict=True))
    return dead


def duration(world: World) -> float:
    """Seconds that the run took."""
    ended = world.runs[PERIOD].ended_at
    return seconds_of(ended) - START if ended else math.inf
