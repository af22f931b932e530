"""What the battery comes to, as `build/isolation.json` holds it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from luca_local.isolation.attempts import Attempt, Ending, Tried
from luca_local.isolation.battery import Removal, WallTally
from luca_local.isolation.walls import Extent

_SHOWN: Final = 50  # findings of one wall


def outcome(
    tallies: Sequence[WallTally], *, seed: int, extent: Extent, seconds: float, versions: Mapping[str, str]
) -> dict[str, Any]:
    """Return the figures of all walls and of each; `ok` unless something leaked, or was not shown not to."""
    attempts = [each for tally in tallies for each in tally.attempts]
    endings = Counter(each.ending for each in attempts)
    mutations = [_mutation(tally.wall, each) for tally in tallies for each in tally.removals]
    return {
        "ok": bool(tallies) and all(tally.ok for tally in tallies),
        "seed": seed,
        "extent": extent,
        "duration_s": round(seconds, 1),
        "attempts": len(attempts),
        "leaked": endings[Ending.LEAKED],
        "unproven": sum(_unproven(tally) for tally in tallies),
        "controls": sum(len(tally.controls) for tally in tallies),
        "by_wall": {tally.wall: _kinds(tally) for tally in tallies},
        "walls": {tally.wall: _wall(tally) for tally in tallies},
        "mutations": mutations,
        "mutations_caught": sum(each["caught"] for each in mutations),
        "versions": dict(versions),
    }


def _wall(tally: WallTally) -> dict[str, Any]:
    return {
        "ok": tally.ok,
        "alone": tally.alone,
        "attempts": len(tally.attempts),
        "leaked": sum(each.ending is Ending.LEAKED for each in tally.attempts),
        "unproven": _unproven(tally),
        "controls": len(tally.controls),
        "mutations": len(tally.removals),
        "mutations_caught": sum(each.caught for each in tally.removals),
        "mutations_backed": sum(bool(each.backed_by) for each in tally.removals),
        "seconds": round(tally.seconds, 1),
        "findings": findings(tally)[:_SHOWN],
    }


def _kinds(tally: WallTally) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for each in tally.attempts:
        figures = found.setdefault(each.kind, {"attempts": 0, "leaked": 0, "unproven": 0, "outcomes": Counter()})
        figures["attempts"] += 1
        figures["outcomes"][each.outcome] += 1
        if each.ending is not Ending.REFUSED:
            figures[each.ending] += 1
    return {kind: {**figures, "outcomes": dict(figures["outcomes"].most_common())} for kind, figures in found.items()}


def findings(tally: WallTally) -> list[str]:
    """Return all that is wrong with a wall, in words."""
    found = [_finding(each) for each in tally.tried if not _is_right(each)]
    if not tally.attempts:
        found.append("nothing was tried")
    if not tally.controls:
        found.append("nothing shows that trying works")
    return [*found, *(f"without {each.guard}: {_fault(each)}" for each in tally.removals if not each.ok)]


def _is_right(each: Tried) -> bool:
    return each.ending is Ending.REFUSED if isinstance(each, Attempt) else each.succeeded


def _finding(each: Tried) -> str:
    if isinstance(each, Attempt):
        return f"{each.ending}: {each.kind}: {each.what} was answered {each.outcome}"
    return f"unproven: {each.kind}: {each.what}, as those whom it concerns, was answered {each.outcome}"


def _fault(removal: Removal) -> str:
    if removal.trouble:
        return removal.trouble
    if removal.backed_by:
        return f"it leaks ({', '.join(removal.caught_by)}), though {removal.backed_by} should hold"
    return "nothing is noticed"


def _unproven(tally: WallTally) -> int:
    failed = sum(not each.succeeded for each in tally.controls)
    return failed + sum(each.ending is Ending.UNPROVEN for each in tally.attempts)


def _mutation(wall: str, removal: Removal) -> dict[str, Any]:
    return {
        "wall": wall,
        "guard": removal.guard,
        "ok": removal.ok,
        "caught": removal.caught,
        "caught_by": list(removal.caught_by),
        "examples": list(removal.examples),
        **({"backed_by": removal.backed_by} if removal.backed_by else {}),
        **({"trouble": removal.trouble} if removal.trouble else {}),
    }
