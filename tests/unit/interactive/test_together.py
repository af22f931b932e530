"""Two readings at once."""

import asyncio

import pytest

from luca_interactive.together import together


async def give(value: int) -> int:
    await asyncio.sleep(0)
    return value


async def fail() -> int:
    await asyncio.sleep(0)
    raise LookupError("this one")


async def test_both_are_had_in_their_order() -> None:
    assert await together(give(1), give(2)) == (1, 2)


async def test_a_failure_is_that_failure_and_ends_the_other() -> None:
    ended = asyncio.Event()

    async def wait() -> int:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return 0

    with pytest.raises(LookupError, match="this one"):
        await together(wait(), fail())
    assert ended.is_set()
