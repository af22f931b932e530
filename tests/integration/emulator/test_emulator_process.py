import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from luca_local import emulator_process
from luca_local.emulator_process import Emulator, EmulatorError


def is_listening(emulator: Emulator) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", int(emulator.endpoint_url.rpartition(":")[2]))) == 0


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and waits for its parent doesn't."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + 10
    while is_alive(pid):
        assert time.monotonic() < deadline, "the emulator outlives its parent"
        time.sleep(0.02)


def test_two_run_beside_each_other_and_leave_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with Emulator() as first, Emulator() as second:
        assert first.endpoint_url != second.endpoint_url
        assert is_listening(first)
        assert is_listening(second)
        pids = first.pid, second.pid
        assert len(list(tmp_path.iterdir())) == 2
    assert not is_listening(first)
    assert not is_listening(second)
    assert not any(map(is_alive, pids))
    assert list(tmp_path.iterdir()) == []


async def test_it_is_an_async_context_too() -> None:
    async with Emulator() as emulator:
        assert is_listening(emulator)
    assert not is_listening(emulator)


def test_it_may_be_stopped_twice_and_started_again() -> None:
    emulator = Emulator()
    emulator.stop()
    emulator.start()
    address = emulator.endpoint_url
    emulator.stop()
    emulator.stop()
    with pytest.raises(EmulatorError, match="not running"):
        _ = emulator.pid
    with emulator:
        assert emulator.endpoint_url == address


def test_its_log_goes_where_it_is_told(tmp_path: Path) -> None:
    log = tmp_path / "emulator.log"
    with Emulator(log=log, settings={"LOG_LEVEL": "INFO"}):
        pass
    assert "Running on http://127.0.0.1" in log.read_text()


def test_one_that_hangs_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emulator_process, "_STOPPED_WITHIN", 0.1)
    emulator = Emulator().start()
    pid = emulator.pid
    os.kill(pid, signal.SIGSTOP)
    emulator.stop()
    assert not is_alive(pid)


def test_it_ends_with_its_parent_however_that_ends(tmp_path: Path) -> None:
    program = "from luca_local.emulator_process import Emulator; print(Emulator().start().pid, flush=True); input()"
    with subprocess.Popen(  # noqa: S603 - our own interpreter and program
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"TMPDIR": str(tmp_path)},
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert is_alive(pid)
        parent.kill()
    wait_until_gone(pid)
    assert list(tmp_path.iterdir()) == []


def test_what_went_wrong_is_in_the_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(EmulatorError, match=r"(?s)ended with code 2: .*no such shim: gravity"):
        Emulator(without=["gravity"]).start()
    assert list(tmp_path.iterdir()) == []


def test_a_missing_environment_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LUCA_EMULATOR_PYTHON", str(tmp_path / "python"))
    with pytest.raises(EmulatorError, match="make setup"):
        Emulator().start()


def test_an_environment_without_the_emulator_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUCA_EMULATOR_PYTHON", sys.executable)  # the tests' own: ministack isn't there
    with pytest.raises(EmulatorError, match=r"needs ministack 1\.5\.33, found none"):
        Emulator().start()


def test_one_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    silent = tmp_path / "python"
    silent.write_text("#!/bin/sh\necho waiting for nothing\nexec sleep 60\n")
    silent.chmod(0o700)
    monkeypatch.setenv("LUCA_EMULATOR_PYTHON", str(silent))
    monkeypatch.setattr(emulator_process, "_READY_WITHIN", 0.2)
    with pytest.raises(EmulatorError, match=r"did not answer within 0\.2 s: waiting for nothing"):
        Emulator().start()
