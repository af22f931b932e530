"""A small process behind the proxy, and a receiver that counts what reaches it."""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from luca_local.chaos.interception import Interception
from luca_local.chaos.lives import Life, live, lives
from luca_local.chaos.outgoing import GOVERNMENT, Outgoing
from luca_local.chaos.points import Point, Side
from luca_local.chaos.wire import Answer, Fate, Wire
from luca_local.child_process import ChildProcess

# Asks three times, and writes down each answer that it has had.
PROGRAM = """
import os, urllib.request
for number in range(3):
    with urllib.request.urlopen(os.environ["DOOR"] + f"/count/{number}?a=%2F", data=b"body") as answer:
        with open("heard", "a") as heard:
            heard.write(answer.read().decode() + "\\n")
"""
KIND = "government POST /count/*"


class Receiver:
    def __init__(self) -> None:
        self.got: list[tuple[str, bytes]] = []
        self.hosts: list[str] = []

    async def answer(self, request: web.BaseRequest) -> web.Response:
        self.got.append((request.raw_path, await request.read()))
        self.hosts.append(request.headers["Host"])
        return web.Response(text=f"answer {len(self.got)}")


class Scene:
    def __init__(self, folder: Path, receiver: Receiver, wire: Wire) -> None:
        self.folder = folder
        self.receiver = receiver
        self.wire = wire
        self.door = ""
        (folder / "program.py").write_text(PROGRAM)

    async def one(self, point: Point | None) -> Life:
        return await live(self.wire, point, self._process)

    def heard(self) -> list[str]:
        path = self.folder / "heard"
        return path.read_text().splitlines() if path.exists() else []

    def _process(self, proxy: Interception) -> ChildProcess:
        self.door = proxy.urls[GOVERNMENT]
        path = os.pathsep.join([str(self.folder), *sys.path])
        environment = {**os.environ, "PYTHONPATH": path, "DOOR": self.door}
        return ChildProcess("the program", "program", environment=environment, log=self.folder / "log")


@asynccontextmanager
async def receiving(receiver: Receiver) -> AsyncIterator[str]:
    runner = web.ServerRunner(web.Server(receiver.answer))
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@pytest.fixture
async def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    monkeypatch.chdir(tmp_path)
    receiver = Receiver()
    async with receiving(receiver) as url, Wire({GOVERNMENT: url}) as wire:
        yield Scene(tmp_path, receiver, wire)


async def test_left_alone_everything_passes_as_it_was_sent(scene: Scene) -> None:
    life = await scene.one(None)
    assert (life.killed, life.exit_code) == (False, 0)
    assert life.made == life.answered == (KIND,) * 3
    assert scene.receiver.got == [(f"/count/{number}?a=%2F", b"body") for number in range(3)]
    assert set(scene.receiver.hosts) == {scene.door.removeprefix("http://")}  # as it was signed
    assert scene.heard() == ["answer 1", "answer 2", "answer 3"]


async def test_killed_before_a_request_it_never_leaves(scene: Scene) -> None:
    life = await scene.one(Point(KIND, 2, Side.BEFORE))
    assert (life.killed, life.exit_code) == (True, -9)
    assert len(scene.receiver.got) == 1
    assert scene.heard() == ["answer 1"]
    assert life.answered == (KIND,)


async def test_killed_after_a_request_it_is_carried_out_and_nobody_hears(scene: Scene) -> None:
    life = await scene.one(Point(KIND, 2, Side.AFTER))
    assert (life.killed, life.exit_code) == (True, -9)
    assert len(scene.receiver.got) == 2
    assert scene.heard() == ["answer 1"]


async def test_one_after_another_is_killed_and_the_last_is_left_alone(scene: Scene) -> None:
    lived = await lives((Point(KIND, 1, Side.BEFORE), Point(KIND, 3, Side.AFTER)), scene.one)
    assert [life.killed for life in lived] == [True, True, False]
    assert lived[-1].exit_code == 0
    assert len(scene.receiver.got) == 0 + 3 + 3


async def test_a_point_that_never_comes_kills_nobody(scene: Scene) -> None:
    lived = await lives((Point(KIND, 4, Side.BEFORE), Point(KIND, 1, Side.BEFORE)), scene.one)
    assert [life.killed for life in lived] == [False]


async def test_the_weather_loses_answers_and_gives_its_own(scene: Scene) -> None:
    async def weather(request: Outgoing) -> Fate | Answer:
        if request.target.startswith("/count/0"):
            return Answer(200, (), b"made up")
        return Fate.ANSWER_LOST

    scene.wire.weather = weather
    life = await scene.one(None)
    assert scene.heard() == ["made up"]
    assert scene.receiver.got == [("/count/1?a=%2F", b"body")]  # carried out
    assert life.exit_code == 1  # the program takes a broken connection badly
