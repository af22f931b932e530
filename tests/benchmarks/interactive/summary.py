"""A benchmark's result in a few lines, with what was aimed at and whether it was reached."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from tests.benchmarks.ratios import Spread

CPU_RATIO: Final = 4.0
P95_MS: Final = 120.0


class Aim(NamedTuple):
    """A figure, and what it should be."""

    what: str
    figure: float
    should_be: str
    reached: bool


def aims(result: Mapping[str, Any]) -> list[Aim]:
    """Return what was aimed at, reached or not."""
    ratio = result["ratios"]["fastapi"].median
    steady, refreshing = result["p95_ms_at_70pct"], result["p95_ms_at_70pct_refreshing"]
    return [
        Aim("requests per CPU second, against the peer's", ratio, f">= {CPU_RATIO:g}", ratio >= CPU_RATIO),
        Aim("p95 at 70% of saturation, ms", steady, f"< {P95_MS:g}", steady < P95_MS),
        Aim("the same during refreshes, ms", refreshing, f"< {P95_MS:g}", refreshing < P95_MS),
    ]


def lines(result: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines for a terminal."""
    ratio, noise, peer = result["ratios"]["fastapi"], result["noise"], result["fastapi"]
    memory, saturation = result["memory_mb"], result["saturation"]
    yield ""
    yield f"{'':28}{'luca':>10}{'fastapi':>10}"
    yield f"{'CPU a request, us':28}{result['cpu_us_per_request']:10.0f}{peer['cpu_us_per_request']:10.0f}"
    yield f"{'AWS calls a request':28}{result['aws_calls_per_request']:10.2f}{peer['aws_calls_per_request']:10.2f}"
    yield f"{'saturation, requests/s':28}{saturation['luca']:10.0f}{saturation['fastapi']:10.0f}"
    for what, name in (("memory at the start, MB", "base"), ("and per 1,000 schools, MB", "per_1000_schools")):
        yield f"{what:28}{memory['luca'][name]:10.0f}{memory['fastapi'][name]:10.0f}"
    yield ""
    yield f"ratio to fastapi, both at 70% of their saturation: {_text(ratio)}"
    yield f"and both at fastapi's rate: {_text(result['ratios']['fastapi_at_its_rate'])}"
    yield f"noise, ours against ours: {_text(noise)}"
    yield ""
    for aim in aims(result):
        yield f"{'reached' if aim.reached else 'MISSED ':8} {aim.what}: {aim.figure:.4g} (aim: {aim.should_be})"
    for fault in result["faults"]:
        yield f"NOT VALID: {fault}"


def _text(spread: Spread) -> str:
    return f"{spread.median:.2f} ({spread.min:.2f} to {spread.max:.2f})"
