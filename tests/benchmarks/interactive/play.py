"""The benchmark of the interactive service: how it is played, from the first check to the last figure.

1. Both sides are asked the same, and must answer the same.
2. Each side's rate is raised until it doesn't keep up.
3. Rounds, in which each side gets 70% of what it keeps up with (first of the rate found, then so much that 70% of its
   core would have been used in the round before): ours, the peer, ours again. What counts is CPU time a
   request: it hardly depends on who else uses the machine, but it does on how busy the service is, for whoever wakes
   from idleness finds the core's caches cold. So both are as busy as each other, and as busy as tasks that are scaled
   well. Ours against ours is the noise. Beside it, in the same rounds: ours at the peer's rate, at which it is idle
   most of the time; and ours while keys, credentials and rules are refreshed.
4. Hundreds of schools are visited once: what is remembered of each takes memory.
"""

import statistics
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.benchmarks import result_file
from tests.benchmarks.interactive import school, sides
from tests.benchmarks.interactive.k6 import K6
from tests.benchmarks.interactive.measuring import Measured, measure
from tests.benchmarks.interactive.plan import Plan
from tests.benchmarks.interactive.same_answers import differences
from tests.benchmarks.interactive.saturation import Search
from tests.benchmarks.interactive.sides import Place, Side
from tests.benchmarks.interactive.teachers import UserPool
from tests.benchmarks.ratios import Spread, ratios, spread

Say = Callable[[str], None]

OURS: Final = ("aiobotocore", "aiohttp", "msgspec", "orjson", "uvloop")
PEERS: Final = ("aiobotocore", "aiohttp", "fastapi", "pydantic", "starlette", "uvicorn", "uvloop")

_WARM_UP: Final = (40.0, 6.0)  # requests a second, seconds
_UNDER_LOAD: Final = 0.7  # of the saturation, and of the core
_CREDENTIALS_LAST_S: Final = 20.0  # renewed after half of it, school by school
_SOON_STALE: Final = {
    "LUCA_RULES_CACHE": "4",
    "LUCA_CLASS_CACHE": "8",
    "LUCA_TERM_STALENESS": "2",
    "LUCA_JWKS_CACHE": "1",  # an attempt a minute at most, all the same
}
_REFRESHES: Final = ("jwks", "AssumeRole", "GetItem of rules")
_ALL_REFRESHED_S: Final = 40.0  # of measuring: by then even the keys, once a minute at most, were due again
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
        result = _saturation(plan, k6, luca, peer, finding, say)
        result |= _rounds(plan, k6, Sides(luca, refreshing, peer), result["saturation"], finding, say)
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


def _saturation(plan: Plan, k6: K6, luca: Side, peer: Side, finding: Finding, say: Say) -> dict[str, Any]:
    rates: dict[str, float] = {}
    steps: dict[str, list[dict[str, Any]]] = {}
    for side in (luca, peer):
        rate, seconds = _WARM_UP
        warm = measure(side, k6, rate=rate, seconds=seconds)
        say(f"the rate that {side.name} keeps up with")
        search = Search(_rate_under_load(warm))
        steps[side.name] = []
        while (rate_tried := search.rate) is not None:
            measured = measure(side, k6, rate=rate_tried, seconds=plan.step_seconds)
            step = measured.load.as_step(rate_tried)
            search.tried(step)
            cpu_us = measured.cpu_us_per_request
            steps[side.name].append({**asdict(step), "held": step.held, "cpu_us_per_request": cpu_us})
            times = f"p50 {step.p50_ms:.0f}, p95 {step.p95_ms:.0f}, p99 {step.p99_ms:.0f} ms"
            kept_up = "kept up" if step.held else "did not keep up"
            say(f"  {rate_tried:.0f} requests/s: {times}; CPU a request {cpu_us:.0f} us; {kept_up}")
            if step.held and measured.others_busy > _MOST_BUSY_OTHERS:
                finding.faults.append(f"{side.name} at {rate_tried:.0f}/s: the load generator is the bottleneck")
        if not search.saturation:
            finding.faults.append(f"{side.name} kept up with no rate")
        rates[side.name] = search.saturation
    return {"saturation": rates, "steps": steps}


class Sides(NamedTuple):
    """Who takes part in the rounds."""

    luca: Side
    refreshing: Side
    peer: Side


def _rounds(
    plan: Plan, k6: K6, sides: Sides, saturation: Mapping[str, float], finding: Finding, say: Say
) -> dict[str, Any]:
    ours, theirs = (max(1.0, float(round(_UNDER_LOAD * saturation[of.name]))) for of in (sides.luca, sides.peer))
    say(f"{plan.rounds} rounds, each side at {_UNDER_LOAD:.0%} of what it keeps up with")
    measure(sides.refreshing, k6, rate=ours / 2, seconds=_WARM_UP[1])
    played: tuple[list[Measured], ...] = ([], [], [], [], [])
    first, peer, refreshed, idle, second = played
    for number in range(1, plan.rounds + 1):
        for found, side, rate in zip(
            played,
            (sides.luca, sides.peer, sides.refreshing, sides.luca, sides.luca),
            (ours, theirs, ours, theirs, ours),
            strict=True,
        ):
            measured = measure(side, k6, rate=rate, seconds=plan.seconds)
            found.append(finding.check(f"round {number}, {side.name} at {rate:.0f}/s", measured))
        say(
            f"  round {number}: CPU a request: luca {_last_cpu(first)} and {_last_cpu(second)} us at {ours:.0f}/s, "
            f"fastapi {_last_cpu(peer)} us at {theirs:.0f}/s, luca at that rate {_last_cpu(idle)} us; "
            f"p95 {first[-1].load.p95_ms:.0f} ms, refreshing {refreshed[-1].load.p95_ms:.0f} ms"
        )
        # What a side keeps up with changes with who else uses the machine; that share of its core stays.
        ours, theirs = _rate_under_load(second[-1]), _rate_under_load(peer[-1])
    before, their, at_their_rate, after = (_cpu(found) for found in (first, peer, idle, second))
    both = [(one + other) / 2 for one, other in zip(before, after, strict=True)]
    refreshes = {name: sum(each.aws_calls.get(name, 0) for each in refreshed) for name in _REFRESHES}
    if plan.rounds * plan.seconds >= _ALL_REFRESHED_S:
        finding.faults += [f"no {name} while refreshing" for name, count in refreshes.items() if not count]
    steady = first + second
    lags = [each.loop_lag_p99_ms for each in steady if each.loop_lag_p99_ms is not None]
    return {
        "rounds": plan.rounds,
        "busy": {"luca": _busy(steady), "fastapi": _busy(peer)},
        "ratios": {"fastapi": ratios(their, both), "fastapi_at_its_rate": ratios(their, at_their_rate)},
        "noise": ratios(after, before),
        "cpu_us_per_request": statistics.median(both),
        "aws_calls_per_request": statistics.median([each.aws_calls_per_request for each in steady]),
        "fastapi": {
            "cpu_us_per_request": statistics.median(their),
            "aws_calls_per_request": statistics.median([each.aws_calls_per_request for each in peer]),
        },
        "p95_ms_at_70pct": statistics.median([each.load.p95_ms for each in steady]),
        "p95_ms_at_70pct_refreshing": statistics.median([each.load.p95_ms for each in refreshed]),
        "p95_ms_by_round": {
            "steady": spread([each.load.p95_ms for each in steady]),
            "refreshing": spread([each.load.p95_ms for each in refreshed]),
        },
        "refreshes": refreshes,
        "loop_lag_p99_ms_at_70pct": max(lags, default=None),
    }


def _rate_under_load(measured: Measured) -> float:
    """The rate at which 70% of the core is used, if a request goes on taking what it took."""
    return float(round(_UNDER_LOAD * 1e6 / measured.cpu_us_per_request))


def _busy(measured: Sequence[Measured]) -> Spread:
    """The share of its core that a side used."""
    return spread([each.offered * each.cpu_us_per_request / 1e6 for each in measured])


def _cpu(measured: Sequence[Measured]) -> list[float]:
    return [each.cpu_us_per_request for each in measured]


def _last_cpu(measured: Sequence[Measured]) -> str:
    return f"{measured[-1].cpu_us_per_request:.0f}"


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
