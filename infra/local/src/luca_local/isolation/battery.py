"""The battery: each wall tried as it is, then once more without each of its guards."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from luca_local.isolation.attempts import Attempt, Control, Ending, Tried
from luca_local.isolation.guards import Guard, GuardGone
from luca_local.isolation.walls import Extent, Plan, Wall


@dataclass(frozen=True, slots=True)
class Removal:
    """What the attempts noticed while a guard was away.

    Attributes:
        guard: The guard's name.
        backed_by: What holds in its place, if it is one of two.
        caught_by: The kinds of attempts that leaked, or came to something else than they should.
        examples: Some of those attempts, in words.
        trouble: Why it was not tried at all.
    """

    guard: str
    backed_by: str = ""
    caught_by: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    trouble: str = ""

    @property
    def caught(self) -> bool:
        """Whether the guard's absence was noticed."""
        return bool(self.caught_by)

    @property
    def ok(self) -> bool:
        """Whether it is as it is said to be: noticed; or, where another guard stands behind it, not."""
        return not self.trouble and self.caught != bool(self.backed_by)


@dataclass(frozen=True, slots=True)
class WallTally:
    """What became of one wall."""

    wall: str
    alone: str
    tried: tuple[Tried, ...]
    removals: tuple[Removal, ...]
    seconds: float

    @property
    def attempts(self) -> list[Attempt]:
        """The attempts at it."""
        return [each for each in self.tried if isinstance(each, Attempt)]

    @property
    def controls(self) -> list[Control]:
        """The rightful requests beside them."""
        return [each for each in self.tried if isinstance(each, Control)]

    @property
    def ok(self) -> bool:
        """Whether it was tried and held, and whatever is taken from it is missed."""
        held = all(each.ending is Ending.REFUSED for each in self.attempts)
        answered = all(each.succeeded for each in self.controls)
        return bool(self.attempts and self.controls) and held and answered and all(each.ok for each in self.removals)


async def try_wall(
    wall: Wall,
    extent: Extent,
    seed: int,
    *,
    guards: Sequence[Guard] | None = None,
    told: Callable[[str, Removal], None] = lambda _wall, _removal: None,
) -> WallTally:
    """Try a wall, then without each of its guards (or of those that are given).

    Args:
        wall: Which one.
        extent: How much of it.
        seed: Decides what is left to chance; with and without a guard, the same.
        guards: Those to be removed; all by default.
        told: Is told of each removal.
    """
    started = time.monotonic()
    removals = []
    async with wall.standing():
        tried = await wall.tried(_plan(wall, extent, seed))
        for guard in wall.guards if guards is None else guards:
            removals.append(await without_guard(wall, guard, extent, seed))
            told(wall.name, removals[-1])
    return WallTally(wall.name, wall.alone, tuple(tried), tuple(removals), time.monotonic() - started)


async def without_guard(wall: Wall, guard: Guard, extent: Extent, seed: int) -> Removal:
    """Try a wall while one guard is away: by some attempts of every kind, or of those where it is known to show."""
    plan = _plan(wall, Extent.SHORT, seed, guard.kinds if extent is Extent.SHORT else frozenset())
    try:
        with guard.removed():
            tried = await wall.tried(plan)
    except GuardGone as gone:
        return Removal(guard.name, guard.backed_by, trouble=str(gone))
    leaks = [each for each in tried if _missed(guard, each)]
    return Removal(
        guard.name,
        guard.backed_by,
        caught_by=tuple(sorted({each.kind for each in leaks})),
        examples=tuple(f"{each.kind}: {each.what}" for each in leaks[:3]),
        trouble="" if tried else "nothing was tried",
    )


def _missed(guard: Guard, each: Tried) -> bool:
    if isinstance(each, Attempt):
        return each.ending is Ending.LEAKED
    return guard.missed_by_controls and not each.succeeded


def _plan(wall: Wall, extent: Extent, seed: int, kinds: frozenset[str] = frozenset()) -> Plan:
    return Plan(extent, random.Random(f"{seed} {wall.name}"), kinds)  # noqa: S311  # so that it can be repeated
