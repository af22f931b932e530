"""Reads the metrics of the sync's tasks while they live: each has a port of its own, which only its log tells."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import aiohttp
import msgspec

_EVERY_S: Final = 0.5
_PATIENCE: Final = aiohttp.ClientTimeout(total=1)


class SyncMetrics:
    """What the latest of them has said last.

    Args:
        log: Of all of the sync's tasks.
    """

    def __init__(self, log: Path) -> None:
        self._log = log
        self.text = ""

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[None]:
        """Read them again and again while the context lasts."""
        task = asyncio.create_task(self._read_on())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])

    async def _read_on(self) -> None:
        async with aiohttp.ClientSession(timeout=_PATIENCE) as session:
            while True:
                await asyncio.sleep(_EVERY_S)
                url = latest_address(self._log)
                if url is None:
                    continue
                try:
                    async with session.get(f"{url}/metrics") as answer:
                        self.text = await answer.text()
                except (aiohttp.ClientError, TimeoutError):
                    continue  # it has ended, or was killed


def latest_address(log: Path) -> str | None:
    """Return where the last task that began to listen does so, by a log that may not be there yet."""
    found = None
    for line in log.read_bytes().splitlines() if log.exists() else ():
        if b'"listening"' in line and line.endswith(b"}"):
            said = msgspec.json.decode(line)
            found = f"http://{said['host']}:{said['port']}"
    return found
