"""The battery: a run that goes well is recorded, then the service is tried at the points that the recording shows."""

import asyncio
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, assert_never

from luca_local.chaos.points import Point, Recorded, Side, every_point, recorded, sampled, spread
from luca_local.chaos.trial import Stage, Trial

_KILLED_TWICE: Final = 0.2  # the share of trials in which the process that recovers is killed, too
_EARLY: Final = 3  # ordinals


class Extent(StrEnum):
    """How many of the points are tried."""

    SHORT = "short"  # a random few, of different kinds
    USUAL = "usual"  # both sides of each kind's first, middle and last request
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Tried:
    """A trial that was made; without points it is the recording."""

    scenario: str
    points: tuple[Point, ...]
    trial: Trial
    seconds: float


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of one service."""

    service: str
    kinds: tuple[Recorded, ...]  # of all scenarios together
    tried: tuple[Tried, ...]

    @property
    def points(self) -> int:
        """How many points there are, tried or not."""
        return len(every_point(self.kinds))


@dataclass(frozen=True, slots=True)
class _Plan:
    scenario: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class _Recording:
    """The kinds of requests of a scenario, and those of them that no scenario before it has."""

    scenario: str
    kinds: list[Recorded]
    new: list[Recorded]


async def battery(
    stages: Sequence[Stage], extent: Extent, chance: random.Random, told: Callable[[str, Tried], None], *, few: int
) -> Tally:
    """Try one service.

    Args:
        stages: Where; as many trials go on at once.
        extent: How much of it.
        chance: Chooses what is left to chance.
        told: Is told of each trial.
        few: How many trials a short one makes.
    """
    made: list[Tried] = []

    async def make(stage: Stage, plan: _Plan) -> Tried:
        started = time.monotonic()
        trial = await stage.play(plan.scenario, plan.points)
        made.append(Tried(plan.scenario, plan.points, trial, time.monotonic() - started))
        told(stage.service, made[-1])
        return made[-1]

    recordings: list[_Recording] = []
    known: set[str] = set()
    for scenario in stages[0].scenarios:
        life = (await make(stages[0], _Plan(scenario, ()))).trial.lives[-1]
        kinds = recorded(life.made, life.answered)
        recordings.append(_Recording(scenario, kinds, [each for each in kinds if each.kind not in known]))
        known |= {each.kind for each in kinds}
    plans = [plan for each in recordings for plan in _plans(each, extent, chance, few * len(each.new) // len(known))]

    async def work(stage: Stage, rest: Iterator[_Plan]) -> None:
        for plan in rest:
            await make(stage, plan)

    rest = iter(plans)
    async with asyncio.TaskGroup() as group:
        for stage in stages:
            group.create_task(work(stage, rest))
    kinds_of_all = tuple(kind for each in recordings for kind in each.new)
    return Tally(stages[0].service, kinds_of_all, tuple(made))


def _plans(recording: _Recording, extent: Extent, chance: random.Random, few: int) -> list[_Plan]:
    plans: list[_Plan] = []
    for point in _chosen(recording.new, extent, chance, few):
        points = [point]
        if chance.random() < _KILLED_TWICE:
            # Early in the life of who recovers: it has less to do than the one before.
            again = chance.choice(recording.kinds)
            points.append(Point(again.kind, chance.randint(1, min(_EARLY, again.made)), chance.choice(list(Side))))
        plans.append(_Plan(recording.scenario, tuple(points)))
    return plans


def _chosen(kinds: list[Recorded], extent: Extent, chance: random.Random, few: int) -> list[Point]:
    match extent:
        case Extent.SHORT:
            return sampled(kinds, chance, max(1, few))
        case Extent.USUAL:
            return spread(kinds)
        case Extent.FULL:
            return every_point(kinds)
    assert_never(extent)


async def single(stage: Stage, scenario: str, points: tuple[Point, ...], told: Callable[[str, Tried], None]) -> Tally:
    """Make one trial, for who looks into what a battery has found."""
    started = time.monotonic()
    tried = Tried(scenario, points, await stage.play(scenario, points), time.monotonic() - started)
    told(stage.service, tried)
    return Tally(stage.service, (), (tried,))
