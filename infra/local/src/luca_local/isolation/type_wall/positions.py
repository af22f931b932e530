"""Positions to go on from that are none of a range: of other lists, of other schools, of nowhere."""

from functools import partial
from typing import Final

from luca_local.isolation.attempts import Attempt, Tried, ending
from luca_local.isolation.type_wall.builders import ranges_made
from luca_local.isolation.type_wall.rig import PAIRS, Rig, school
from luca_local.isolation.type_wall.trying import outcome_of
from luca_shared.tenancy.key_types import Range

_LONGEST: Final = 1024  # bytes of a sort key


async def tried_positions(rig: Rig) -> list[Tried]:
    """Go on from each of them, in each range."""
    found: list[Tried] = []
    kind = "a position outside the range"
    mine, theirs = PAIRS[0]
    table = rig.of(mine)
    for builder in ranges_made():
        range_ = builder.of(school(mine))
        for position in (
            "", "\x00", "\U0010ffff" * 300, "\ud800", f"TENANT#{theirs}#STUDENT#s1", "PROFILE", "GRADE", "GRADE#", "A",
            "ZZZ", "~", "GRADE#2026-Q4#a1#s1#x", "GRADEV#x#y#z", "2026-Q4#x", "x" * 2000, range_.low[:-1],
            range_.low + "\ud800",
        ):  # fmt: skip
            if range_.index is None and position in range_ and 0 < len(position.encode(errors="replace")) <= _LONGEST:
                continue  # it is one: which item is read, the partition decides
            call = partial(table.query, range_, after=position)
            what = f"{builder.name} after {ascii(position)[:40]}"
            mark = rig.mark()
            outcome = await outcome_of(call)
            leaked = any(_starts_outside(each.named, range_, mine) for each in rig.since(mark))
            refused = outcome == "OutsideRange" or (bool(rig.since(mark)) and not leaked)
            found.append(Attempt(kind, what, outcome, ending(leaked=leaked, refused=refused)))
    return found


def _starts_outside(named: list[str], range_: Range, mine: str) -> bool:
    """Whether a query goes on from somewhere that the range doesn't hold, or in another school's partition."""
    partitions = [text for text in named if text.startswith("TENANT#")]
    rest = [text for text in named if not text.startswith("TENANT#")]
    foreign = any(not text.startswith(f"TENANT#{mine}#") for text in partitions)
    return foreign or not any(text in range_ for text in rest[-1:])
