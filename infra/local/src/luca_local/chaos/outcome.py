"""What the battery comes to, as `build/chaos.json` holds it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

from luca_local.chaos.battery import Extent, Tally, Tried
from luca_local.chaos.points import Point, Side, every_point
from luca_local.demo.judges.findings import Fault, Finding

LOST: Final = frozenset({Fault.LOST, Fault.MISSING, Fault.STALE})
DOUBLED: Final = frozenset({Fault.DOUBLED})
_SHOWN: Final = 20  # findings of one trial


def outcome(tallies: Sequence[Tally], *, seed: int, extent: Extent, seconds: float) -> dict[str, Any]:
    """Return the figures of all services and of each; `ok` unless anything was wrong, or nothing was killed."""
    services = {tally.service: _service(tally) for tally in tallies}
    whole = {
        name: sum(each[name] for each in services.values())
        for name in ("points", "runs", "kills", "killed_twice", "not_reached", "lost", "doubled", "otherwise_wrong")
    }
    return {
        "ok": bool(services) and all(each["ok"] for each in services.values()),
        "seed": seed,
        "extent": extent,
        "seconds": round(seconds, 1),
        **whole,
        "services": services,
    }


def _service(tally: Tally) -> dict[str, Any]:
    tried = tally.tried
    wrong = [each for each in tried if each.trial.findings]
    kills = sum(each.trial.kills for each in tried)
    return {
        "ok": kills > 0 and not wrong,
        "points": tally.points,
        **_figures(tried),
        "kinds": _kinds(tally),
        "wrong": [_told(each) for each in wrong],
    }


def _figures(tried: Iterable[Tried]) -> dict[str, int]:
    trials = [each for each in tried if each.points]
    findings = [finding for each in trials for finding in each.trial.findings]
    return {
        "runs": len(trials),
        "kills": sum(each.trial.kills for each in trials),
        "killed_twice": sum(each.trial.kills > 1 for each in trials),
        "not_reached": sum(each.trial.kills == 0 for each in trials),
        "lost": _count(findings, LOST),
        "doubled": _count(findings, DOUBLED),
        "otherwise_wrong": len(findings) - _count(findings, LOST | DOUBLED),
    }


def _kinds(tally: Tally) -> dict[str, dict[str, Any]]:
    trials: defaultdict[str, list[Tried]] = defaultdict(list)
    for each in tally.tried:
        if each.points:
            trials[each.points[0].kind].append(each)
    return {
        kind.kind: {"points": len(every_point([kind])), **_figures(trials[kind.kind]), **_sides(trials[kind.kind])}
        for kind in tally.kinds
    }


def _sides(trials: Sequence[Tried]) -> dict[str, int]:
    """How many processes died on each side of a kind's requests, as the first of their trial."""
    died = [each.points[0].side for each in trials if each.trial.kills]
    return {side.value: died.count(side) for side in Side}


def _told(tried: Tried) -> dict[str, Any]:
    return {
        "scenario": tried.scenario,
        "points": [str(point) for point in tried.points],
        "kills": tried.trial.kills,
        "findings": [str(finding) for finding in tried.trial.findings[:_SHOWN]],
        "more_findings": max(0, len(tried.trial.findings) - _SHOWN),
    }


def again(service: str, scenario: str, points: Sequence[Point]) -> str:
    """Return the options that make one trial again."""
    return " ".join(["--only", service, "--scenario", scenario, *(f"--point '{point}'" for point in points)])


def _count(findings: Iterable[Finding], faults: frozenset[Fault]) -> int:
    return sum(finding.fault in faults for finding in findings)
