"""How long and how large the benchmark is."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Its sizes; times are seconds."""

    rounds: int
    seconds: float  # of a round's measurement of one side
    step_seconds: float  # of a try in the search for the saturation
    schools: int  # under load
    visited_schools: int  # for the memory that a school takes
    latency_ms: float = 5.0  # AWS's


LONG: Final = Plan(rounds=5, seconds=8, step_seconds=7, schools=40, visited_schools=500)
SHORT: Final = Plan(rounds=3, seconds=4, step_seconds=3, schools=10, visited_schools=200)
