"""A service's container starts when the set-up tells it to, and is the service from then on."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from luca_local.compose import entry


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
async def place(asked: list[str]) -> AsyncIterator[tuple[str, int]]:
    """A set-up that is not done when it is first asked."""

    async def tell(request: web.Request) -> web.Response:
        asked.append(request.match_info["name"])
        if len(asked) == 1:
            raise web.HTTPServiceUnavailable
        return web.json_response({"environment": {}, "files": {}})

    application = web.Application()
    application.router.add_get("/told/{name}", tell)
    async with TestServer(application, host="127.0.0.1") as server:
        assert server.port is not None
        yield "127.0.0.1", server.port


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entry, "_PAUSE", 0.0)


async def test_it_asks_until_it_is_told(place: tuple[str, int], asked: list[str]) -> None:
    assert await asyncio.to_thread(entry.told, "edge", place) == {"environment": {}, "files": {}}
    assert asked == ["edge", "edge"]


async def test_it_gives_up_and_says_why(place: tuple[str, int]) -> None:
    with pytest.raises(SystemExit, match="it answers 503"):
        await asyncio.to_thread(entry.told, "edge", place, within=-1)


def test_it_gives_up_when_nobody_is_there() -> None:
    with pytest.raises(SystemExit, match="does not answer"):
        entry.told("edge", ("127.0.0.1", 1), within=-1)


def test_it_becomes_the_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    became: list[Any] = []
    file = tmp_path / "run.json"
    said = {"environment": {"LUCA_TABLE": "luca", "LUCA_QUIET": "300"}, "files": {str(file): "{}"}}
    monkeypatch.setattr(entry, "told", lambda _: said)
    monkeypatch.setattr(os, "execve", lambda *arguments: became.extend(arguments))
    entry.main(["gov-sync", "luca_gov_sync", "run", "--period", "2026-Q4"], {"LUCA_QUIET": "0", "PATH": "/bin"})
    assert file.read_text() == "{}"
    assert became == [
        sys.executable,
        [sys.executable, "-m", "luca_gov_sync", "run", "--period", "2026-Q4"],
        {"LUCA_TABLE": "luca", "LUCA_QUIET": "0", "PATH": "/bin"},  # the container's own goes before
    ]


def test_it_needs_nothing_that_a_services_image_does_not_have() -> None:
    text = Path(entry.__file__).read_text()
    assert "luca_" not in text.partition('"""\n\n')[2]
