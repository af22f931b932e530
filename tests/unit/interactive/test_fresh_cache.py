"""The cache of what requests share: how old, how often read, how many, and what a change does."""

import asyncio

import pytest

from luca_interactive.fresh_cache import FreshCache


class Source:
    """Something to read that changes with every reading, and says how often it was read."""

    def __init__(self) -> None:
        self.readings = 0
        self.now = 0.0
        self.gate: asyncio.Event | None = None
        self.begun = asyncio.Event()

    def clock(self) -> float:
        return self.now

    async def read(self) -> int:
        self.readings += 1
        reading = self.readings
        self.begun.set()
        if self.gate is not None:
            await self.gate.wait()
        return reading


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def cache(source: Source) -> FreshCache[str, int]:
    return FreshCache(max_age=10, capacity=2, clock=source.clock)


async def test_a_value_is_believed_until_its_age_is_reached(cache: FreshCache[str, int], source: Source) -> None:
    assert await cache.get("a", source.read) == 1
    source.now = 9.9
    assert await cache.get("a", source.read) == 1
    source.now = 10
    assert await cache.get("a", source.read) == 2


async def test_a_stricter_caller_gets_a_younger_value(cache: FreshCache[str, int], source: Source) -> None:
    assert await cache.get("a", source.read) == 1
    source.now = 2
    assert await cache.get("a", source.read, max_age=1) == 2
    assert await cache.get("a", source.read) == 2


async def test_nobody_is_laxer_than_the_cache(cache: FreshCache[str, int], source: Source) -> None:
    await cache.get("a", source.read)
    source.now = 11
    assert await cache.get("a", source.read, max_age=100) == 2


async def test_many_who_ask_at_once_cause_one_reading(cache: FreshCache[str, int], source: Source) -> None:
    assert await asyncio.gather(*(cache.get("a", source.read) for _ in range(50))) == [1] * 50


async def test_age_counts_from_the_beginning_of_the_reading(cache: FreshCache[str, int], source: Source) -> None:
    source.gate = asyncio.Event()
    asking = asyncio.create_task(cache.get("a", source.read))
    await source.begun.wait()
    source.now = 9
    source.gate.set()
    assert await asking == 1
    source.now = 10
    assert await cache.get("a", source.read) == 2


async def test_a_value_that_arrives_too_old_is_read_again(cache: FreshCache[str, int], source: Source) -> None:
    source.gate = asyncio.Event()
    asking = asyncio.create_task(cache.get("a", source.read))
    await source.begun.wait()
    source.now = 10
    source.gate.set()
    assert await asking == 2


async def test_a_reading_that_began_before_a_change_is_not_kept(cache: FreshCache[str, int], source: Source) -> None:
    source.gate = asyncio.Event()
    before = asyncio.create_task(cache.get("a", source.read))
    await source.begun.wait()
    cache.invalidate("a")
    source.gate.set()
    assert await before == 1
    assert await cache.get("a", source.read) == 2


async def test_who_asks_after_a_change_does_not_join_a_reading_from_before(
    cache: FreshCache[str, int], source: Source
) -> None:
    source.gate = asyncio.Event()
    before = asyncio.create_task(cache.get("a", source.read))
    await source.begun.wait()
    cache.invalidate("a")
    after = asyncio.create_task(cache.get("a", source.read))
    await asyncio.sleep(0)
    source.gate.set()
    assert (await before, await after) == (1, 2)


async def test_a_changed_key_is_read_again(cache: FreshCache[str, int], source: Source) -> None:
    await cache.get("a", source.read)
    cache.invalidate("a")
    assert await cache.get("a", source.read) == 2


async def test_the_one_unused_for_longest_makes_room(cache: FreshCache[str, int], source: Source) -> None:
    for key in ("a", "b", "a", "c"):
        await cache.get(key, source.read)
    assert source.readings == 3
    assert await cache.get("a", source.read) == 1
    assert await cache.get("b", source.read) == 4


async def test_a_failure_is_not_kept(cache: FreshCache[str, int], source: Source) -> None:
    async def fail() -> int:
        raise LookupError

    with pytest.raises(LookupError):
        await cache.get("a", fail)
    assert await cache.get("a", source.read) == 1


async def test_who_waits_outlives_who_reads(cache: FreshCache[str, int], source: Source) -> None:
    source.gate = asyncio.Event()
    reader = asyncio.create_task(cache.get("a", source.read))
    await source.begun.wait()
    waiter = asyncio.create_task(cache.get("a", source.read))
    await asyncio.sleep(0)
    reader.cancel()
    source.gate.set()
    assert await waiter == 2
