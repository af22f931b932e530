"""One life of a process behind the proxy, from its start to its end, by whichever hand."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any, Final

from luca_local.chaos.interception import Interception
from luca_local.chaos.points import Point
from luca_local.chaos.wire import Wire
from luca_local.child_process import ChildProcess

_WITHIN: Final = 90.0  # seconds; it takes a few

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Life:
    """What a process has done: the kinds of its requests, in order, and of those that had their answer.

    `exit_code` is what it ended with by itself or when told to stop, -9 when it was killed.
    """

    number: int
    killed: bool
    exit_code: int | None
    made: tuple[str, ...] = field(repr=False)
    answered: tuple[str, ...] = field(repr=False)

    def followed_by(self, other: "Life") -> "Life":
        """Return the other life with what this one had done of the same work."""
        return replace(other, made=self.made + other.made, answered=self.answered + other.answered)


async def live(
    wire: Wire,
    point: Point | None,
    process: Callable[[Interception], ChildProcess],
    done: Callable[[Interception], Coroutine[Any, Any, object]] | None = None,
) -> Life:
    """Run a process until it is killed at the point, ends, or is done; who is done is told to stop.

    Args:
        wire: What its requests go on to.
        point: When to kill it; None for never.
        process: Makes it, not yet started, to talk to the proxy.
        done: Waits until there is nothing left for it to do; None for a process that ends by itself.
    """
    number = next(_numbers)
    child: ChildProcess | None = None

    async def kill() -> None:
        if child is not None:
            child.kill()
            await child.exit_code()

    async with Interception(wire, number, point, kill) as proxy:
        child = process(proxy)
        async with child:
            waits: list[Coroutine[Any, Any, object]] = [proxy.killed.wait(), child.exit_code()]
            await _first_of(waits if done is None else [*waits, done(proxy)])
        exit_code = await child.exit_code()  # the proxy goes on until now: a process can be killed while it stops
    return Life(number, proxy.killed.is_set(), exit_code, tuple(proxy.made), tuple(proxy.answered))


async def lives(points: tuple[Point, ...], one: Callable[[Point | None], Awaitable[Life]]) -> list[Life]:
    """Run one process after another, each killed at its own point; the last one is left alone.

    A process that ends without having come to its point was the last one.
    """
    lived: list[Life] = []
    for point in (*points, None):
        lived.append(await one(point))
        if not lived[-1].killed:
            break
    return lived


async def _first_of(waits: list[Coroutine[Any, Any, object]]) -> None:
    """Wait until the first of these returns or the time is up, and cancel the others."""
    tasks = [asyncio.ensure_future(each) for each in waits]
    try:
        await asyncio.wait(tasks, timeout=_WITHIN, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception):
            raise result
