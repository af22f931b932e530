import os
import subprocess
import sys
from pathlib import Path

import pytest

from luca_local.platform_errors import RunFileTaken
from luca_local.run_file import RunFile
from luca_local.run_record import Admin, Example, RunRecord

RECORD = RunRecord(
    edge="e",
    interactive="i",
    aws_endpoint="a",
    metrics=("m",),
    region="r",
    table="t",
    queue_url="q",
    dead_letter_url="d",
    user_pool_id="u",
    client_id="c",
    jwks_url="j",
    admin=Admin(access_key_id="k", secret_access_key="s"),
    accounts=(),
    example=Example(username="n", class_id="c", assessment_id="a", student_id="s"),
    pid=1,
    logs="l",
)

# Owns a run file, says so, and ends without a chance to clean up.
KILLED = """
import os, pathlib, sys
from luca_local.run_file import RunFile
RunFile(pathlib.Path(sys.argv[1])).__enter__().path.write_text("left behind")
os._exit(9)
"""


def test_the_file_is_there_as_long_as_its_platform(tmp_path: Path) -> None:
    with RunFile(tmp_path / "build" / "run.json") as run_file:
        assert not run_file.path.exists()
        run_file.write(RECORD)
        assert RunRecord.from_json(run_file.path.read_bytes()) == RECORD
        assert b'"console": null' in run_file.path.read_bytes()
    assert list((tmp_path / "build").iterdir()) == []


def test_a_platform_beside_another_has_a_file_of_its_own(tmp_path: Path) -> None:
    with RunFile(tmp_path / "run.json") as first:
        first.write(RECORD)
        with RunFile(tmp_path / "run.json") as second:
            assert second.path == tmp_path / f"run-{os.getpid()}.json"
            second.write(RECORD)
        assert first.path.exists()
        assert not second.path.exists()
    with RunFile(tmp_path / "run.json") as third:
        assert third.path == first.path


def test_a_name_that_was_asked_for_is_taken_or_refused(tmp_path: Path) -> None:
    with RunFile(tmp_path / "mine.json", exactly=True), pytest.raises(RunFileTaken, match=r"mine\.json"):
        RunFile(tmp_path / "mine.json", exactly=True).__enter__()
    with RunFile(tmp_path / "mine.json", exactly=True):
        pass


def test_the_file_of_a_platform_that_was_killed_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    killed = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)  # noqa: S603
    assert killed.returncode == 9
    assert path.read_text() == "left behind"
    with RunFile(path) as run_file:
        assert run_file.path == path
        assert not path.exists()
