"""What somebody who watches the battery sees: a line a wall, a line a guard taken away, and what it came to."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from luca_local.isolation.battery import Removal, WallTally
from luca_local.isolation.outcome import findings

_SHOWN: Final = 8  # findings of one wall


def begins(how: str) -> None:
    """Say what is going to happen."""
    _say(f"Reaching for other schools' data, one wall at a time: {how}.")


def wall_begins(name: str, alone: str) -> None:
    """Say which wall is tried."""
    _say(f"\n  {name}: {alone}")


def removed(_wall: str, removal: Removal) -> None:
    """Say what was noticed without a guard."""
    mark = "✓" if removal.ok else "✗"
    if removal.trouble:
        what = removal.trouble
    elif removal.caught:
        what = f"missed by {', '.join(removal.caught_by)}"
    else:
        what = f"not missed: {removal.backed_by} holds" if removal.backed_by else "nobody noticed"
    _say(f"    {mark} without {removal.guard}: {what}")


def wall_ends(tally: WallTally) -> None:
    """Say what a wall came to."""
    wrong = findings(tally)
    caught = sum(each.caught for each in tally.removals)
    guards = f"; {caught} removals of guards caught" if tally.removals else ""
    mark = "✗" if wrong else "✓"
    _say(
        f"    {mark} {len(tally.attempts)} attempts of {len({each.kind for each in tally.attempts})} kinds, "
        f"{len(tally.controls)} controls{guards}; {tally.seconds:.1f} s"
    )
    for finding in wrong[:_SHOWN]:
        _say(f"      {finding}")
    if len(wrong) > _SHOWN:
        _say(f"      and {len(wrong) - _SHOWN} more")


def ends(result: Mapping[str, Any], output: Path) -> None:
    """Say what it all came to."""
    heads = ("", "attempts", "leaked", "unproven", "controls", "mutations", "caught", "backed")
    columns = ("attempts", "leaked", "unproven", "controls", "mutations", "mutations_caught", "mutations_backed")
    rows = [heads, *((name, *(str(each[column]) for column in columns)) for name, each in result["walls"].items())]
    widths = [max(len(row[column]) for row in rows) for column in range(len(heads))]
    _say("")
    for row in rows:
        _say("  " + "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)))
    verdict = "every guard is missed when it is gone" if result["ok"] else "it is not as it should be"
    _say(
        f"\nisolation: {result['attempts']} attempts, {len(result['by_wall'])} walls, {result['leaked']} leaked; "
        f"{verdict}. {result['duration_s']:.0f} s, seed {result['seed']}, {output}"
    )


def _say(text: str) -> None:
    try:
        sys.stdout.write(text + "\n")
    except UnicodeEncodeError:  # a terminal without Unicode is no reason to fail
        sys.stdout.write(text.encode("ascii", "replace").decode() + "\n")
    sys.stdout.flush()
