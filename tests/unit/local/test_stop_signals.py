import asyncio
import os
import signal
from collections.abc import Iterator

import pytest

from luca_local.stop_signals import StopSignals


@pytest.fixture
def handlers() -> Iterator[None]:
    """The handlers of the test's own process, put back afterwards."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("handlers")
@pytest.mark.parametrize("first", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_the_first_signal_stops_and_the_second_forces(first: signal.Signals) -> None:
    calls: asyncio.Queue[str] = asyncio.Queue()
    StopSignals(stop=lambda: calls.put_nowait("stop"), force=lambda: calls.put_nowait("force")).watch()
    os.kill(os.getpid(), first)
    assert await calls.get() == "stop"
    os.kill(os.getpid(), signal.SIGINT)
    assert await calls.get() == "force"
