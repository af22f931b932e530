from typing import Any

import pytest

from luca_local.chaos.battery import Extent, Tally, Tried
from luca_local.chaos.lives import Life
from luca_local.chaos.outcome import outcome
from luca_local.chaos.points import Point, Recorded, Side
from luca_local.chaos.trial import Trial
from luca_local.demo.judges.findings import Fault, Finding

POINT = Point("write", 1, Side.AFTER)


def life(*, killed: bool) -> Life:
    return Life(1, killed, -9 if killed else 0, ("write",), ("write",))


def tried(*faults: Fault, kills: int = 1, points: tuple[Point, ...] = (POINT,)) -> Tried:
    lived = (*[life(killed=True)] * kills, life(killed=False))
    findings = tuple(Finding(fault, "somewhere", "somehow") for fault in faults)
    return Tried("quick", points, Trial(lived, findings), 1.0)


def result(*trials: Tried) -> dict[str, Any]:
    tally = Tally("ingest-worker", (Recorded("write", made=2, answered=2),), trials)
    return outcome([tally], seed=7, extent=Extent.USUAL, seconds=1.0)


def test_kills_after_which_all_is_well_are_fine() -> None:
    found = result(tried(kills=0, points=()), tried(), tried(kills=2, points=(POINT, POINT)), tried(kills=0))
    assert found["ok"]
    assert {name: found[name] for name in ("points", "runs", "kills", "killed_twice", "not_reached")} == {
        "points": 4, "runs": 3, "kills": 3, "killed_twice": 1, "not_reached": 1,
    }  # fmt: skip
    assert (found["lost"], found["doubled"], found["otherwise_wrong"]) == (0, 0, 0)
    assert found["services"]["ingest-worker"]["kinds"]["write"]["after"] == 2


@pytest.mark.parametrize("fault", Fault)
def test_whatever_a_judge_finds_fails_the_battery_and_is_counted(fault: Fault) -> None:
    found = result(tried(), tried(fault))
    assert not found["ok"]
    assert found["lost"] + found["doubled"] + found["otherwise_wrong"] == 1
    (wrong,) = found["services"]["ingest-worker"]["wrong"]
    assert wrong["points"] == ["after write #1"]


def test_what_is_wrong_without_any_kill_fails_it_too() -> None:
    assert not result(tried(Fault.LOST, kills=0, points=()), tried())["ok"]


def test_a_battery_that_has_killed_nothing_proves_nothing() -> None:
    assert not result(tried(kills=0))["ok"]
    assert not outcome([], seed=7, extent=Extent.USUAL, seconds=1.0)["ok"]
