from pathlib import Path

import pytest

from luca_local import login
from luca_local.platform_errors import PlatformError
from luca_local.ports import HeldPort
from luca_local.run_record import Account, Admin, Example, RunRecord


def record(aws_endpoint: str) -> RunRecord:
    return RunRecord(
        edge="e",
        interactive="i",
        aws_endpoint=aws_endpoint,
        metrics=(),
        region="r",
        table="t",
        queue_url="q",
        dead_letter_url="d",
        user_pool_id="u",
        client_id="c",
        jwks_url="j",
        admin=Admin(access_key_id="k", secret_access_key="s"),
        accounts=(Account(school_id="norte", role="teacher", username="teacher.norte", password="p"),),
        example=Example(username="n", class_id="c", assessment_id="a", student_id="s"),
        pid=1,
        logs="l",
    )


def test_without_a_platform_one_is_told_to_start_it(tmp_path: Path) -> None:
    with pytest.raises(PlatformError, match="make run"):
        login.read_run(tmp_path / "run.json")


def test_an_unknown_name_is_told_the_known_ones() -> None:
    with pytest.raises(PlatformError, match=r"teacher\.norte"):
        login.id_token(record("http://127.0.0.1:1"), "techer.norte")


def test_a_platform_that_is_gone_is_said_to_be() -> None:
    with HeldPort() as nobody:
        nobody.let_go()
    with pytest.raises(PlatformError, match="still running"):
        login.id_token(record(nobody.url), "teacher.norte")
