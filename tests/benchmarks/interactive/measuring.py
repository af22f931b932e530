"""One measurement: a rate offered to one side for a while, and what it has cost."""

import re
from dataclasses import dataclass
from typing import Final

from tests.benchmarks.interactive.k6 import K6, Load
from tests.benchmarks.interactive.sides import Side

_LAG: Final = re.compile(r'^luca_event_loop_lag_seconds_bucket\{le="([^"]+)"\} (\S+)$', re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a measurement has shown."""

    offered: float
    load: Load
    cpu_us_per_request: float
    aws_calls: dict[str, int]
    others_busy: float  # the share of a core that the load generator and the stub have used
    loop_lag_p99_ms: float | None  # an upper bound: a bucket's

    @property
    def aws_calls_per_request(self) -> float:
        """Calls of every kind."""
        return sum(self.aws_calls.values()) / self.load.requests

    @property
    def faults(self) -> list[str]:
        """What makes it no measurement of the rate that was meant."""
        found = []
        if self.load.failed:
            found.append(f"{self.load.failed} of {self.load.requests} requests failed")
        wanted = self.offered * self.load.seconds
        if self.load.dropped > 0.01 * wanted or self.load.requests < 0.98 * wanted:
            found.append(f"{self.load.requests} requests instead of {wanted:.0f}")
        return found


def measure(side: Side, k6: K6, *, rate: float, seconds: float) -> Measured:
    """Offer a rate to a side, its tables as they were at the beginning; it is idle before and after."""
    side.reset()
    cpu, stub_cpu, lag = side.service.cpu_seconds(), side.stub.cpu_seconds(), lag_buckets(side.metrics())
    load = k6.offer(side.url, rate=rate, seconds=seconds)
    cpu, stub_cpu = side.service.cpu_seconds() - cpu, side.stub.cpu_seconds() - stub_cpu
    return Measured(
        offered=rate,
        load=load,
        cpu_us_per_request=cpu / load.requests * 1e6,
        aws_calls=side.aws_calls(),
        others_busy=(load.cpu_seconds + stub_cpu) / seconds,
        loop_lag_p99_ms=bound_of_share(lag, lag_buckets(side.metrics()), 0.99),
    )


def lag_buckets(metrics: str) -> dict[float, float]:
    """Return the buckets of the event loop's lag in Prometheus' text; none for a service that has no such metric."""
    return {float(bound): float(count) for bound, count in _LAG.findall(metrics)}


def bound_of_share(before: dict[float, float], after: dict[float, float], share: float) -> float | None:
    """Return the least bound (in ms) of a histogram within which lay that share of what came in between."""
    came = {bound: count - before.get(bound, 0) for bound, count in sorted(after.items())}
    total = came.get(float("inf"), 0)
    if not total:
        return None
    return next(bound for bound, count in came.items() if count >= share * total) * 1000
