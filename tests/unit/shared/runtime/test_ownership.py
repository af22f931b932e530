import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from luca_shared.runtime.ownership import Ownership

SECRET = "Ana-Perez"


def released(log: list[str], name: str) -> Callable[[], Awaitable[None]]:
    async def release() -> None:
        log.append(name)

    return release


async def test_the_last_thing_goes_first() -> None:
    gone: list[str] = []

    @asynccontextmanager
    async def resource(name: str) -> AsyncIterator[str]:
        yield name
        gone.append(name)

    owned = Ownership()
    assert await owned.enter(resource("a")) == "a"
    owned.at_end("b", released(gone, "b"))
    await owned.enter(resource("c"))
    assert await owned.release_all(within=1)
    assert gone == ["c", "b", "a"]


async def test_one_that_fails_keeps_no_other_from_its_turn(log: io.StringIO) -> None:
    gone: list[str] = []

    async def fail() -> None:
        raise ConnectionError(SECRET)

    owned = Ownership()
    owned.at_end("a", released(gone, "a"))
    owned.at_end("bad", fail)
    owned.at_end("c", released(gone, "c"))
    assert not await owned.release_all(within=1)
    assert gone == ["c", "a"]
    assert '"resource":"bad"' in log.getvalue()
    assert SECRET not in log.getvalue()


async def test_some_that_hang_cannot_hold_up_the_end(log: io.StringIO) -> None:
    gone: list[str] = []

    async def hang() -> None:
        await asyncio.Event().wait()

    owned = Ownership()
    owned.at_end("a", released(gone, "a"))
    owned.at_end("slow", hang)
    owned.at_end("slower", hang)
    async with asyncio.timeout(5):
        assert not await owned.release_all(within=0.05)
    assert gone == ["a"]
    assert log.getvalue().count("TimeoutError") == 2


class Broken:
    """It can't be entered, and must not be left."""

    async def __aenter__(self) -> None:
        raise ConnectionError

    async def __aexit__(self, *_: object) -> None:
        raise AssertionError("it was never entered")


async def test_what_could_not_be_entered_is_not_owned() -> None:
    owned = Ownership()
    with pytest.raises(ConnectionError):
        await owned.enter(Broken())
    assert await owned.release_all(within=1)
