"""How a platform starts, stops and fails, seen from the terminal."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from pathlib import Path

import aiohttp
import pytest

from luca_local.platform_process import PlatformProcess
from luca_local.ports import HOST, HeldPort

PROCESSES = 6  # the platform itself, the emulator, interactive, the edge, the ingest worker, the government

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="processes are looked up in /proc")


@contextmanager
def launched(*options: str, settings: dict[str, str] | None = None) -> Iterator[PlatformProcess]:
    """A platform of its own, that has just been started."""
    with_settings = PlatformProcess(settings)
    try:
        yield with_settings.launch(*options)
    finally:
        with_settings.stop()
        with_settings.clean_up()


def processes_of(platform: PlatformProcess) -> dict[int, str]:
    """The command lines of the platform's processes: all of them write into its directory."""
    directory = str(platform.run_file.parents[1])
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "fd" / "1").readlink().is_relative_to(directory):
                found[int(process.name)] = (process / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
    return found


def pid_of(platform: PlatformProcess, module: str) -> int:
    return next(pid for pid, command in processes_of(platform).items() if module in command)


def until(condition: Callable[[], bool], *, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.02)


def listens(address: str) -> bool:
    host, _, port = address.removeprefix("http://").partition("/")[0].partition(":")
    try:
        socket.create_connection((host, int(port)), timeout=1).close()
    except OSError:
        return False
    return True


def assert_nothing_is_left(platform: PlatformProcess) -> None:
    assert not processes_of(platform)
    assert {path.name for path in platform.run_file.parent.iterdir()} <= {"logs"}
    assert not list(platform.temporary.iterdir())
    assert "Traceback" not in platform.output


def test_ctrl_c_ends_everything_and_leaves_nothing() -> None:
    with HeldPort() as port:
        port.let_go()
    with launched("--port", str(port.number)) as own:
        run = own.await_ready()
        assert run.edge == port.url
        addresses = [run.edge, run.interactive, run.aws_endpoint, *run.metrics]
        assert all(map(listens, addresses))
        assert len(processes_of(own)) == PROCESSES
        own.send(signal.SIGINT)
        assert own.wait() == 0
        assert not any(map(listens, addresses))
        assert_nothing_is_left(own)


def test_a_signal_in_the_middle_of_the_start_leaves_nothing_either() -> None:
    with launched() as own:
        until(lambda: "AWS answers" in own.output)
        own.send(signal.SIGTERM)
        assert own.wait() == 0
        assert_nothing_is_left(own)


def test_a_platform_that_is_killed_takes_its_processes_along() -> None:
    with launched() as own:
        until(lambda: len(processes_of(own)) == PROCESSES)
        own.send(signal.SIGKILL)
        until(lambda: not processes_of(own))


async def test_an_outage_is_a_503_and_passes_and_a_lost_service_ends_the_platform() -> None:
    with launched(settings={"LUCA_REQUEST_DEADLINE": "2"}) as own:
        run = own.await_ready()
        emulator = pid_of(own, "luca_local.emulator")
        async with own.client(run.example.username) as teacher:
            path = f"/v1/students/{run.example.student_id}/grades"
            async with teacher.get(path) as answer:
                assert answer.status == 200

            os.kill(emulator, signal.SIGSTOP)
            try:
                async with asyncio.TaskGroup() as group:  # each waits as long as it may
                    group.create_task(assert_unavailable(teacher.get(path)))
                    group.create_task(assert_unavailable(teacher.post("/v1/events", json={"events": [{}]})))
            finally:
                os.kill(emulator, signal.SIGCONT)
            async with teacher.get(path) as answer:
                assert answer.status == 200

        os.kill(pid_of(own, "luca_interactive"), signal.SIGKILL)
        assert own.wait() == 1
        assert "interactive was ended by signal 9. The end of its log" in own.output
        assert_nothing_is_left(own)


async def assert_unavailable(asking: AbstractAsyncContextManager[aiohttp.ClientResponse]) -> None:
    async with asking as answer:
        problem = await answer.json()
        assert (answer.status, problem["type"]) == (503, "urn:luca:problem:unavailable")
        assert int(answer.headers["Retry-After"]) >= 1
        assert problem["correlation_id"] == answer.headers["X-Correlation-Id"]


def test_a_bad_setting_is_named_with_what_is_allowed() -> None:
    with launched(settings={"LUCA_RATE_BURST": "many", "LUCA_REQUEST_DEADLINE": "-1"}) as own:
        assert own.wait() == 2
        assert "LUCA_RATE_BURST must be a whole number between 1 and 1000000, not 'many'" in own.output
        assert "LUCA_REQUEST_DEADLINE must be a number of seconds between 0.1 and 60, not '-1'" in own.output
        assert_nothing_is_left(own)


@pytest.mark.parametrize("option", ["--port", "--emulator-port"])
def test_a_port_that_is_taken_is_named_with_what_to_do(option: str) -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = str(taken.getsockname()[1])
        with launched(option, port) as own:
            assert own.wait() == 1
            assert f"port {port} is taken: choose another one with {option}" in own.output
            assert_nothing_is_left(own)


def test_without_the_emulators_environment_one_is_told_to_set_it_up() -> None:
    with launched(settings={"LUCA_EMULATOR_PYTHON": "/nowhere/python"}) as own:
        assert own.wait() == 1
        assert "make setup" in own.output
        assert_nothing_is_left(own)


def test_the_token_command_prints_a_token_and_nothing_else(platform: PlatformProcess) -> None:
    ended = run_command("token", "teacher.norte", "--run-file", str(platform.run_file))
    assert ended.returncode == 0
    assert ended.stdout.count(".") == 2
    assert ended.stdout.count("\n") == 1
    ended = run_command("token", "nobody", "--run-file", str(platform.run_file))
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "teacher.norte" in ended.stderr


def run_command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603
        [sys.executable, "-m", "luca_local", *arguments], capture_output=True, text=True, timeout=30, check=False
    )
