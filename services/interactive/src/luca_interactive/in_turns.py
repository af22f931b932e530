"""The same for many things, a bounded number of them at a time, which fails as the first of them to fail."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")


async def in_turns(things: Iterable[A], do: Callable[[A], Awaitable[B]], *, at_once: int) -> list[B]:
    """Return what `do` makes of each, in their order; when one raises, what is under way is cancelled."""
    waiting = enumerate(things)
    results: dict[int, B] = {}

    async def take_turns() -> None:
        for index, thing in waiting:  # all share it, so that each thing is one's alone
            results[index] = await do(thing)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(at_once):
                group.create_task(take_turns())
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return [result for _, result in sorted(results.items(), key=lambda item: item[0])]
