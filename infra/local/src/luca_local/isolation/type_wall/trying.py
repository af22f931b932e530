"""How something is tried at the second wall: what is refused is refused before anything has left."""

from collections.abc import Awaitable, Callable
from dataclasses import FrozenInstanceError
from typing import Any, Final

from luca_local.isolation.attempts import Attempt, Control, ending
from luca_local.isolation.type_wall.rig import Rig
from luca_shared.tenancy.ownership import ForeignKey
from luca_shared.tenancy.range_query import OutsideRange

Try = tuple[str, Callable[[], Awaitable[Any]]]
"""In words, and what is done."""

TOKEN: Final = "t"  # noqa: S105  # of a transaction
REFUSALS: Final = (ForeignKey, OutsideRange, TypeError, ValueError, AttributeError)


async def attempt(
    rig: Rig, mine: str, kind: str, what: str, call: Callable[[], Awaitable[Any]], *, anything: bool = False
) -> Attempt:
    """Try something that must not leave: anything that names another school, or anything at all."""
    mark = rig.mark()
    outcome = await outcome_of(call)
    gone = rig.since(mark)
    leaked = bool(gone) if anything else any(each.schools - {mine} for each in gone)
    refused = not gone and outcome in {each.__name__ for each in REFUSALS}
    return Attempt(kind, f"{mine}: {what}", outcome, ending(leaked=leaked, refused=refused))


async def control(rig: Rig, mine: str, kind: str, what: str, call: Callable[[], Awaitable[Any]]) -> Control:
    """Do what is one's own: it must leave, and name nobody else."""
    mark = rig.mark()
    outcome = await outcome_of(call)
    return Control(kind, what, outcome, {school for each in rig.since(mark) for school in each.schools} == {mine})


def made(kind: str, what: str, make: Callable[[], object]) -> Attempt:
    """Make what nobody may make."""
    try:
        make()
    except (*REFUSALS, FrozenInstanceError) as refusal:
        return Attempt(kind, what, type(refusal).__name__, ending(leaked=False, refused=True))
    return Attempt(kind, what, "made", ending(leaked=True, refused=False))


async def outcome_of(call: Callable[[], Awaitable[Any]]) -> str:
    """Return what came of it."""
    try:
        await call()
    except Exception as error:  # noqa: BLE001  # whatever it is, it is told
        return type(error).__name__
    return "done"
