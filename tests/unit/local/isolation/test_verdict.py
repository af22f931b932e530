"""The verdict: nothing tried is nothing shown, one leak is enough, and a guard that nobody misses is a fault."""

import dataclasses
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from luca_local.isolation import summary
from luca_local.isolation.attempts import Attempt, Control, Ending, Tried, ending
from luca_local.isolation.battery import Removal, WallTally, try_wall
from luca_local.isolation.guards import Guard, GuardGone, Instead, without
from luca_local.isolation.outcome import findings, outcome
from luca_local.isolation.walls import Extent, Plan, Wall

REFUSED = Attempt("a kind", "an attempt", "404", Ending.REFUSED)
LEAK = Attempt("a kind", "another attempt", "200", Ending.LEAKED)
STRANGE = Attempt("another kind", "a third", "500", Ending.UNPROVEN)
RIGHT = Control("a kind", "the rightful one", "200", succeeded=True)
WRONG = dataclasses.replace(RIGHT, outcome="404", succeeded=False)
CAUGHT = Removal("the lock", caught_by=("a kind",))
MISSED_BY_NOBODY = Removal("the lock")
BACKED = Removal("the lock", backed_by="the bolt")


def tally(*tried: Tried, removals: Sequence[Removal] = (CAUGHT,)) -> WallTally:
    return WallTally("a wall", "alone", tried, tuple(removals), 1.0)


def result(*tallies: WallTally) -> dict[str, Any]:
    return outcome(tallies, seed=7, extent=Extent.SHORT, seconds=1.25, versions={"python": "3.11"})


def test_what_is_refused_is_fine_and_counted_by_wall_and_kind() -> None:
    found = result(tally(REFUSED, REFUSED, RIGHT))
    assert found["ok"]
    assert (found["attempts"], found["leaked"], found["unproven"], found["controls"]) == (2, 0, 0, 1)
    assert found["by_wall"]["a wall"]["a kind"] == {"attempts": 2, "leaked": 0, "unproven": 0, "outcomes": {"404": 2}}
    assert found["mutations"] == [
        {"wall": "a wall", "guard": "the lock", "ok": True, "caught": True, "caught_by": ["a kind"], "examples": []}
    ]
    assert (found["mutations_caught"], found["seed"], found["duration_s"]) == (1, 7, 1.2)
    assert found["versions"] == {"python": "3.11"}


@pytest.mark.parametrize(("wrong", "leaked", "unproven"), [(LEAK, 1, 0), (STRANGE, 0, 1), (WRONG, 0, 1)])
def test_one_that_is_not_refused_and_one_that_proves_nothing_fail_it(wrong: Tried, leaked: int, unproven: int) -> None:
    found = result(tally(REFUSED, RIGHT, wrong))
    assert not found["ok"]
    assert (found["leaked"], found["unproven"]) == (leaked, unproven)
    assert len(found["walls"]["a wall"]["findings"]) == 1


@pytest.mark.parametrize("tried", [(), (REFUSED,), (RIGHT,)])
def test_a_wall_at_which_nothing_was_tried_or_nothing_works_is_not_fine(tried: tuple[Tried, ...]) -> None:
    assert not result(tally(*tried))["ok"]
    assert findings(tally(*tried))


def test_no_walls_are_not_fine() -> None:
    assert not result()["ok"]


@pytest.mark.parametrize(
    ("removal", "ok"),
    [
        (CAUGHT, True),
        (MISSED_BY_NOBODY, False),
        (BACKED, True),
        (dataclasses.replace(BACKED, caught_by=("a kind",)), False),  # what stands behind it does not hold
        (Removal("the lock", trouble="it is gone"), False),
        (dataclasses.replace(BACKED, trouble="it is gone"), False),
    ],
)
def test_a_guard_is_missed_or_another_one_holds(removal: Removal, *, ok: bool) -> None:
    found = tally(REFUSED, RIGHT, removals=[removal])
    assert (found.ok, result(found)["ok"], not findings(found)) == (ok, ok, ok)


class Door:
    """A guard that can be taken away."""

    locked = True


class House(Wall):
    """A wall with one door; who comes in is seen."""

    name = "house"
    alone = "no fence"

    def __init__(self, *guards: Guard) -> None:
        self._guards = guards
        self.stands = False

    @asynccontextmanager
    async def standing(self) -> AsyncIterator[None]:
        self.stands = True
        yield
        self.stands = False

    @property
    def guards(self) -> Sequence[Guard]:
        return self._guards

    async def tried(self, plan: Plan) -> list[Tried]:
        assert self.stands
        kind = "burglary"
        here = Attempt(kind, "the door", str(Door.locked), ending(leaked=not Door.locked, refused=Door.locked))
        resident = Control(kind, "the resident", "in", succeeded=Door.locked)
        return [here, resident] if plan.wants(kind) else []


LOCK = without("the lock", Instead(Door, "locked", put=False), kinds={"burglary"})
PICTURE = without("the picture", Instead(Door, "__doc__", put=""))


async def test_a_planted_leak_is_found_and_what_was_removed_is_put_back() -> None:
    found = await try_wall(House(LOCK), Extent.SHORT, 7)
    assert found.ok
    assert (found.removals[0].caught_by, found.removals[0].examples) == (("burglary",), ("burglary: the door",))
    assert Door.locked


async def test_a_guard_that_guards_nothing_is_found_too() -> None:
    told: list[Removal] = []
    found = await try_wall(House(LOCK, PICTURE), Extent.LONG, 7, told=lambda _, removal: told.append(removal))
    assert [removal.ok for removal in told] == [True, False]
    assert findings(found) == ["without the picture: nothing is noticed"]


async def test_a_guard_that_is_looked_for_where_nothing_is_tried_is_no_guard() -> None:
    nowhere = without("the lock", Instead(Door, "locked", put=False), kinds={"arson"})
    (removal,) = (await try_wall(House(nowhere), Extent.SHORT, 7)).removals
    assert removal.trouble


async def test_a_guard_that_is_not_there_any_more_is_told() -> None:
    gone = without("the moat", Instead(Door, "moat", put=False))
    (removal,) = (await try_wall(House(gone), Extent.SHORT, 7)).removals
    assert (removal.ok, removal.trouble) == (False, "Door has no moat")
    with pytest.raises(GuardGone), gone.removed():
        pass


async def test_a_guard_may_be_missed_by_those_who_are_shut_out() -> None:
    @contextmanager
    def bricked_up() -> Iterator[None]:
        with Instead(Door, "locked", put=False).placed():
            yield

    class Bricked(House):
        async def tried(self, plan: Plan) -> list[Tried]:
            return [each for each in await super().tried(plan) if isinstance(each, Control)] if not Door.locked else []

    for counts in (False, True):
        guard = Guard("the door", bricked_up, missed_by_controls=counts)
        assert (await try_wall(Bricked(guard), Extent.LONG, 7)).removals[0].caught is counts


def test_the_summary_says_what_leaked_and_what_nobody_missed(capsys: pytest.CaptureFixture[str]) -> None:
    bad = tally(REFUSED, LEAK, RIGHT, removals=[CAUGHT, MISSED_BY_NOBODY, BACKED])
    for removal in bad.removals:
        summary.removed("a wall", removal)
    summary.wall_ends(bad)
    summary.ends(result(bad), Path("build/isolation.json"))
    said = capsys.readouterr().out
    assert "without the lock: missed by a kind" in said
    assert "without the lock: nobody noticed" in said
    assert "not missed: the bolt holds" in said
    assert "leaked: a kind: another attempt was answered 200" in said
    assert "isolation: 2 attempts, 1 walls, 1 leaked; it is not as it should be" in said
    summary.ends(result(tally(REFUSED, RIGHT)), Path("build/isolation.json"))
    assert "isolation: 1 attempts, 1 walls, 0 leaked; every guard is missed" in capsys.readouterr().out
