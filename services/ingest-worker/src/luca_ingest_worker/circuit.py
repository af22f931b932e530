"""Whether receiving makes sense: while the table fails, messages are better off in the queue."""

import asyncio
from typing import Final

FAILURES: Final = 5  # in a row, over all schools, until the table counts as failing
_PAUSE: Final = 1.0  # seconds until the first probe
_LONGEST_PAUSE: Final = 30.0


class Circuit:
    """Closed while writes succeed. After some failures in a row it opens, and lets one receive a pause pass as a probe.

    What the probe brings is written or not, and that decides. The pauses double up to half a minute: an outage of
    hours costs a message some receives, not the thousand after which SQS itself would make it a dead letter.
    """

    def __init__(self) -> None:
        self._failures = 0
        self._pause = _PAUSE
        self._next_probe = 0.0
        self._closed = asyncio.Event()
        self._closed.set()

    @property
    def is_open(self) -> bool:
        """Whether the table counts as failing."""
        return not self._closed.is_set()

    def succeeded(self) -> None:
        """The table has taken a write."""
        self._failures = 0
        self._pause = _PAUSE
        self._closed.set()

    def failed(self) -> None:
        """The table has failed to take a write, for no fault of the events."""
        self._failures += 1
        if self._failures >= FAILURES and not self.is_open:
            self._closed.clear()
            self._next_probe = asyncio.get_running_loop().time() + self._pause

    async def passage(self) -> None:
        """Wait until it is time to receive: at once when closed, else for the next probe, which is then taken."""
        loop = asyncio.get_running_loop()
        while self.is_open:
            if loop.time() >= self._next_probe:
                self._pause = min(2 * self._pause, _LONGEST_PAUSE)
                self._next_probe = loop.time() + self._pause
                return
            try:
                async with asyncio.timeout_at(self._next_probe):
                    await self._closed.wait()
            except TimeoutError:
                continue  # another receiver may have been quicker
