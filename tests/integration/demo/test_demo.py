"""The demo as a command: a day so small that it fits into a test, and one that somebody interrupts."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

TINY = """
import os, sys
from pathlib import Path
from luca_local.demo.command import DemoOptions, demo
from luca_local.demo.size import Size
from luca_local.isolated_environment import isolate
from luca_local.seed.population import Population

isolate(os.environ)
size = Size(
    name="tiny",
    population=Population(teachers=10, form_size=3, homework=2),
    grades=90,
    contested=2,
    events=60,
    trickle=3,
    forgotten=1,
    kills=1,
    batch_records=5,
    government_per_second=30,
    batch_age=0.5,
    pairs=(("norte-2", "norte"),),
)
here = Path.cwd()
options = DemoOptions(size=size, seed=5, report=here / "demo.json", run_file=here / "run.json", logs=here / "logs")
sys.exit(demo(options))
"""


@contextmanager
def started(directory: Path, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    """A command in a directory of its own, its output in `output.txt`."""
    temporary = directory / "tmp"
    temporary.mkdir()
    with (directory / "output.txt").open("wb") as output:
        process = subprocess.Popen(  # noqa: S603  # our own interpreter and module
            [sys.executable, *command],
            cwd=directory,
            env={**os.environ, "TMPDIR": str(temporary)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def said(directory: Path) -> str:
    return (directory / "output.txt").read_text()


def until(condition: Callable[[], bool], *, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.05)


def processes_in(directory: Path) -> list[str]:
    """The command lines of all processes that write into a directory."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "fd" / "1").readlink().is_relative_to(directory):
                found.append((process / "cmdline").read_text())
        except OSError:
            continue
    return found


def test_a_day_is_played_judged_and_reported(tmp_path: Path) -> None:
    with started(tmp_path, "-c", TINY) as process:
        assert process.wait(240) == 0, said(tmp_path)
    report = json.loads((tmp_path / "demo.json").read_bytes())
    assert report["ok"] is True
    assert report["lesson"]["grades"] == 90
    assert report["lesson"]["superseded"] > 0, "nobody has fought"
    assert report["recess"]["stored"] == report["recess"]["distinct"] > 60
    assert report["recess"]["redelivered"] > 0
    assert report["recess"]["batch_calls"] > 0
    assert report["sync"]["kills"] == 1
    assert report["sync"]["halts"] == 1
    assert report["sync"]["ledger"] == report["sync"]["grades"] - report["sync"]["refused"]
    assert report["isolation"]["attempts"] > 500
    assert report["personal_data"]["exposed"] == 0
    assert all(count > 0 for count in report["personal_data"]["characters"].values())
    assert "Nothing was lost, doubled, stale, violated or leaked" in said(tmp_path)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="processes are looked up in /proc")
def test_somebody_who_interrupts_it_is_left_with_nothing(tmp_path: Path) -> None:
    with started(tmp_path, "-m", "luca_local", "demo", "--short", "--seed", "1") as process:
        until(lambda: "lesson:" in said(tmp_path))
        assert len(processes_in(tmp_path)) > 1
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
    assert "Traceback" not in said(tmp_path)
    assert "Stopping" in said(tmp_path)
    assert processes_in(tmp_path) == []
    assert list((tmp_path / "tmp").iterdir()) == []
    assert {path.name for path in (tmp_path / "build").iterdir()} == {"logs"}
