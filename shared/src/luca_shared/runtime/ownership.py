"""What a service owns, let go of in the reverse order, within a bounded time, whatever fails on the way."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import TypeVar

from luca_shared.runtime.log_values import Public

T = TypeVar("T")

_log = logging.getLogger(__name__)


class Ownership:
    """A stack of things to release.

    `AsyncExitStack` would do, but for two things: a release that hangs must not keep the others from theirs, and one
    that fails must not become the reason why the next is told that it is left by an exception.
    """

    def __init__(self) -> None:
        self._releases: list[tuple[str, Callable[[], Awaitable[object]]]] = []

    async def enter(self, resource: AbstractAsyncContextManager[T]) -> T:
        """Enter a resource now; leave it at the end."""
        entered = await resource.__aenter__()
        self.at_end(type(resource).__name__, lambda: resource.__aexit__(None, None, None))
        return entered

    def at_end(self, name: str, release: Callable[[], Awaitable[object]]) -> None:
        """Await `release()` at the end; `name` is for the log."""
        self._releases.append((name, release))

    async def release_all(self, *, within: float) -> bool:
        """Release everything, the last first; False when something failed or took longer than all of it may.

        After `within` seconds whatever is left still begins its release, and is cancelled at its first wait.
        """
        clean = True
        deadline = asyncio.get_running_loop().time() + within
        while self._releases:
            name, release = self._releases.pop()
            try:
                async with asyncio.timeout_at(deadline):
                    await release()
            except Exception:  # noqa: BLE001  # the others must have their turn
                clean = False
                _log.exception("could not let go in order", extra={"resource": Public(name)})
        return clean
