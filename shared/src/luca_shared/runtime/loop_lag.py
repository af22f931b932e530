"""How late the event loop runs what is due: the time during which every request waits."""

import asyncio

from prometheus_client import Histogram

LAG = Histogram(
    "luca_event_loop_lag_seconds",
    "How much later than asked for the event loop woke a sleeper",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0),
)


async def sample_loop_lag(*, interval: float = 0.25) -> None:
    """Measure for as long as it runs, every `interval` seconds; a task of the service's life cycle."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + interval
        await asyncio.sleep(interval)
        LAG.observe(max(0.0, loop.time() - due))
