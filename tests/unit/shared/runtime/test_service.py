"""A service is a process: these start one, talk to it and stop it."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

HEAD = """
import asyncio, sys
from dataclasses import dataclass
from aiohttp import web
from luca_shared.runtime.service import Life, run
from luca_shared.runtime.settings import load, setting

def say(text):
    print(text, flush=True)

class Resource:
    def __init__(self, name):
        self.name = name
    async def __aenter__(self):
        say("open " + self.name)
        return self
    async def __aexit__(self, *_):
        say("close " + self.name)
"""

TAIL = """
raise SystemExit(run(serve, service="test", grace=GRACE, close_within=CLOSE))
"""

SERVE = """
async def serve(life):
    port = await life.operations(port=0, host="127.0.0.1")
    await life.enter(Resource("first"))
    await life.enter(Resource("second"))
    async def slow(request):
        say("begun")
        await asyncio.sleep(float(request.query["s"]))
        return web.Response(text="done")
    app = web.Application()
    app.router.add_get("/slow", slow)
    api = await life.listen(app, name="api", host="127.0.0.1", port=0)
    say(f"ports {port} {api}")
    await life.until_stopped()
    say("told")
"""


class Process:
    """A service under test, its standard output line by line."""

    def __init__(self, script: Path, environ: dict[str, str]) -> None:
        self.log_path = script.with_suffix(".log")
        with self.log_path.open("w") as log:
            self.popen = subprocess.Popen(  # noqa: S603  # our own words
                [sys.executable, str(script)],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env={**os.environ, **environ},
            )

    def line(self) -> str:
        assert self.popen.stdout is not None
        line = self.popen.stdout.readline()
        assert line, f"it ended early:\n{self.stderr()}"
        return line.strip()

    def rest(self) -> list[str]:
        assert self.popen.stdout is not None
        return self.popen.stdout.read().splitlines()

    def stderr(self) -> str:
        return self.log_path.read_text()

    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stderr().splitlines()]

    def code(self) -> int:
        return self.popen.wait(timeout=20)


Start = Callable[..., Process]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[Process] = []

    def begin(body: str, *, grace: float = 5, close_within: float = 5, **environ: str) -> Process:
        script = tmp_path / f"service{len(started)}.py"
        script.write_text(
            HEAD + textwrap.dedent(body) + TAIL.replace("GRACE", str(grace)).replace("CLOSE", str(close_within))
        )
        started.append(Process(script, environ))
        return started[-1]

    yield begin
    for process in started:
        process.popen.kill()
        process.popen.wait()
        if process.popen.stdout is not None:
            process.popen.stdout.close()


def ports(process: Process) -> tuple[str, str]:
    line = ""
    while not line.startswith("ports"):
        line = process.line()
    _, operations, api = line.split()
    return f"http://127.0.0.1:{operations}", f"http://127.0.0.1:{api}"


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310  # loopback
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_in_order_and_the_last_resource_goes_first(start: Start, number: signal.Signals) -> None:
    process = start(SERVE)
    operations, _ = ports(process)
    assert status(operations + "/health/ready") == 200
    assert status(operations + "/metrics") == 200
    process.popen.send_signal(number)
    assert process.code() == 0
    assert process.rest() == ["told", "close second", "close first"]
    log = process.log()
    assert log[-1]["message"] == "stopped"
    assert {"listening", "stopping"} <= {line["message"] for line in log}


def test_while_requests_finish_it_is_not_ready_and_they_are_answered(start: Start) -> None:
    process = start(SERVE)
    operations, api = ports(process)
    client = subprocess.Popen(  # noqa: S603  # our own words
        [sys.executable, "-c", f"import urllib.request as u; print(u.urlopen('{api}/slow?s=1').read())"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.line() == "begun"
    process.popen.terminate()
    assert process.line() == "told"
    assert status(operations + "/health/ready") == 503
    assert status(operations + "/health/live") == 200
    answer, _ = client.communicate(timeout=20)
    assert answer.strip() == "b'done'"
    assert process.code() == 0


def test_a_request_that_takes_longer_than_the_grace_does_not_hold_it_up(start: Start) -> None:
    process = start(SERVE, grace=0.2)
    _, api = ports(process)
    client = subprocess.Popen(  # noqa: S603  # our own words
        [sys.executable, "-c", f"import urllib.request as u; u.urlopen('{api}/slow?s=60')"], stderr=subprocess.DEVNULL
    )
    assert process.line() == "begun"
    began = time.monotonic()
    process.popen.terminate()
    assert process.code() == 0
    assert time.monotonic() - began < 10
    assert client.wait(timeout=20) != 0
    assert process.rest() == ["told", "close second", "close first"]


def test_a_second_signal_ends_it_at_once(start: Start) -> None:
    process = start(SERVE, grace=60)
    _, api = ports(process)
    client = subprocess.Popen(  # noqa: S603  # our own words
        [sys.executable, "-c", f"import urllib.request as u; u.urlopen('{api}/slow?s=60')"], stderr=subprocess.DEVNULL
    )
    assert process.line() == "begun"
    process.popen.terminate()
    assert process.line() == "told"
    process.popen.terminate()
    assert process.code() == 1
    assert client.wait(timeout=20) != 0
    assert process.log()[-1]["message"] == "ended by force"


def test_bad_settings_are_one_clear_message_and_code_2(start: Start) -> None:
    process = start(
        """
        @dataclass(frozen=True, kw_only=True)
        class Settings:
            table: str = setting(doc="the table's name")
            port: int = setting(1, low=1, high=9, doc="a port")

        async def serve(life):
            await life.enter(Resource("first"))
            load(Settings)
        """,
        LUCA_PORT="eighty",
    )
    assert process.code() == 2
    assert process.stderr().splitlines() == [
        "test: 2 settings are wrong:",
        "  LUCA_TABLE is required (the table's name): it must be a text",
        "  LUCA_PORT must be a whole number between 1 and 9, not 'eighty'",
    ]
    assert process.rest() == ["open first", "close first"]


def test_a_crash_is_code_1_and_everything_is_let_go_of(start: Start) -> None:
    process = start(
        """
        async def serve(life):
            await life.enter(Resource("first"))
            raise KeyError("Ana-Perez")
        """
    )
    assert process.code() == 1
    assert process.rest() == ["open first", "close first"]
    assert process.log()[0]["exception"]["type"] == "builtins.KeyError"
    assert "Ana-Perez" not in process.stderr()


def test_a_part_that_fails_ends_the_service(start: Start) -> None:
    process = start(
        """
        async def part():
            raise KeyError("Ana-Perez")

        async def serve(life):
            await life.enter(Resource("first"))
            life.background("part", part())
            await life.until_stopped()
            say("told")
        """
    )
    assert process.code() == 1
    assert process.rest() == ["open first", "told", "close first"]
    assert "a part of the service failed" in process.stderr()
    assert "Ana-Perez" not in process.stderr()


def test_a_part_that_ends_by_itself_ends_the_service_too(start: Start) -> None:
    process = start(
        """
        async def part():
            pass

        async def serve(life):
            life.background("part", part())
            await life.until_stopped()
        """
    )
    assert process.code() == 1
    assert "TaskEnded" in process.stderr()


def test_a_signal_during_start_or_work_cancels_it(start: Start) -> None:
    process = start(
        """
        async def serve(life):
            async def count():
                say(f"cancellations {asyncio.current_task().cancelling()}")
            await life.enter(Resource("first"))
            life.at_end("count", count)
            try:
                await asyncio.sleep(60)
            finally:
                say("interrupted")
        """
    )
    assert process.line() == "open first"
    process.popen.terminate()
    assert process.code() == 0
    assert process.rest() == ["interrupted", "cancellations 0", "close first"]


def test_work_that_is_done_ends_the_service_in_order(start: Start) -> None:
    process = start(
        """
        async def forever():
            await asyncio.Event().wait()

        async def serve(life):
            life.background("forever", forever())
            await life.enter(Resource("first"))
        """
    )
    assert process.code() == 0
    assert process.rest() == ["open first", "close first"]


def test_a_signal_while_it_ends_by_itself_changes_nothing(start: Start) -> None:
    process = start(
        """
        async def slowly():
            say("ending")
            await asyncio.sleep(0.5)
            say("ended")

        async def serve(life):
            await life.enter(Resource("first"))
            life.at_end("slow", slowly)
        """
    )
    assert [process.line(), process.line()] == ["open first", "ending"]
    process.popen.terminate()
    assert process.code() == 0
    assert process.rest() == ["ended", "close first"]


def test_a_release_that_hangs_is_given_up_and_said(start: Start) -> None:
    process = start(
        """
        async def hang():
            await asyncio.Event().wait()

        async def serve(life):
            await life.enter(Resource("first"))
            life.at_end("hanging", hang)
        """,
        grace=0.2,
        close_within=0.2,
    )
    assert process.code() == 1
    assert process.rest() == ["open first", "close first"]
    assert "could not let go in order" in process.stderr()


def test_a_port_that_is_taken_is_said(start: Start) -> None:
    first = start(SERVE)
    operations, _ = ports(first)
    second = start(
        f"""
        async def serve(life):
            await life.operations(port={operations.rsplit(":", 1)[1]}, host="127.0.0.1")
        """
    )
    assert second.code() == 1
    assert "Address already in use" in second.log()[0]["exception"]["text"]


def test_a_task_that_fails_unseen_is_logged_without_what_it_was_about(start: Start) -> None:
    process = start(
        """
        async def doomed():
            raise KeyError("Ana-Perez")

        async def serve(life):
            task = asyncio.create_task(doomed())
            await asyncio.wait([task])
            del task
        """
    )
    assert process.code() == 0
    assert process.log()[0]["message"] == "a task or callback failed that nobody waits for"
    assert "Ana-Perez" not in process.stderr()


def test_a_service_at_work_collects_seldom_and_spares_what_it_was_started_with(start: Start) -> None:
    process = start(
        """
        import gc
        async def serve(life):
            say(f"seldom {gc.get_threshold()[0] >= 10_000}, spared {gc.get_freeze_count() > 0}")
            waiting = asyncio.create_task(life.until_stopped())
            await asyncio.sleep(0)
            say(f"spared {gc.get_freeze_count() > 0}")
            life.stop()
            await waiting
        """
    )
    assert process.code() == 0
    assert process.rest() == ["seldom True, spared False", "spared True"]
