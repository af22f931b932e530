"""Many things a few at a time: in their order, never more at once, and stopped by the first that fails."""

import asyncio

import pytest

from luca_interactive.in_turns import in_turns


async def test_results_are_in_the_order_of_the_things_and_few_run_at_once() -> None:
    running, most = 0, 0

    async def do(number: int) -> int:
        nonlocal running, most
        running += 1
        most = max(most, running)
        for _ in range(10 - number):
            await asyncio.sleep(0)
        running -= 1
        return number * number

    assert await in_turns(range(10), do, at_once=3) == [number * number for number in range(10)]
    assert most == 3


async def test_the_first_failure_is_raised_and_stops_the_others() -> None:
    finished: list[int] = []

    async def do(number: int) -> None:
        if number == 1:
            raise LookupError
        await asyncio.sleep(0)
        finished.append(number)

    with pytest.raises(LookupError):
        await in_turns(range(100), do, at_once=2)
    assert len(finished) < 3
