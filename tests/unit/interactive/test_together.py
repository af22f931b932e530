"""Readings at once: two, or any number."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from luca_interactive.together import all_of, together


async def give(value: int) -> int:
    await asyncio.sleep(0)
    return value


async def fail() -> int:
    await asyncio.sleep(0)
    raise LookupError("this one")


async def test_both_are_had_in_their_order() -> None:
    assert await together(give(1), give(2)) == (1, 2)


async def test_any_number_is_had_in_their_order() -> None:
    assert await all_of(give(value) for value in range(9)) == list(range(9))
    assert await all_of([]) == []


@pytest.mark.parametrize("of", [together, lambda one, other: all_of([one, other])], ids=["together", "all_of"])
async def test_a_failure_is_that_failure_and_ends_the_other(of: Callable[..., Awaitable[object]]) -> None:
    ended = asyncio.Event()

    async def wait() -> int:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return 0

    with pytest.raises(LookupError, match="this one"):
        await of(wait(), fail())
    assert ended.is_set()
