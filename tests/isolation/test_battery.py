"""Each wall by itself lets nobody through, and is not the same wall without any one of its guards.

The short extent of `make isolation`; the fourth wall is in `policy/`, all walls together in the demo.
"""

import random

import pytest

from luca_local.isolation.battery import try_wall, without_guard
from luca_local.isolation.credential_wall.wall import CredentialWall
from luca_local.isolation.guards import Guard
from luca_local.isolation.outcome import findings
from luca_local.isolation.token_wall.wall import TokenWall
from luca_local.isolation.type_wall.wall import TypeWall
from luca_local.isolation.walls import Extent, Wall

# Threads and tasks take turns as they like; what is left to chance besides can be repeated by this number.
SEED = random.SystemRandom().randrange(2**32)

WALLS: dict[str, Wall] = {wall.name: wall for wall in (TokenWall(), TypeWall(), CredentialWall())}
GUARDS = [(wall, guard) for wall in WALLS.values() for guard in wall.guards]
LEAST = {"token": 1000, "types": 5000, "credentials": 1500}


@pytest.mark.parametrize("name", WALLS)
async def test_a_wall_lets_nobody_through(name: str) -> None:
    tally = await try_wall(WALLS[name], Extent.SHORT, SEED, guards=())
    assert not findings(tally), f"seed {SEED}"
    assert tally.ok
    assert len(tally.attempts) > LEAST[name]
    # A guard that is looked for among kinds that there are not would be looked for nowhere.
    kinds = {each.kind for each in tally.attempts}
    assert {kind for guard in WALLS[name].guards for kind in guard.kinds} <= kinds


@pytest.mark.parametrize(("wall", "guard"), GUARDS, ids=[f"{wall.name}: {guard.name}" for wall, guard in GUARDS])
async def test_a_missing_guard_is_missed(wall: Wall, guard: Guard) -> None:
    removal = await without_guard(wall, guard, Extent.SHORT, SEED)
    assert removal.ok, f"seed {SEED}: {removal}"
    # Where another guard stands behind it, nothing may have shown; everywhere else, something must.
    assert removal.caught != bool(guard.backed_by)


def test_each_guard_is_there_once() -> None:
    for wall in WALLS.values():
        names = [guard.name for guard in wall.guards]
        assert len(set(names)) == len(names)
        assert {guard.backed_by for guard in wall.guards} <= {"", *names}
