import io
from pathlib import Path

import pytest
from rich.console import Console

from luca_local.console_output import Output
from luca_local.run_record import Account, Admin, Example, RunRecord

RECORD = RunRecord(
    edge="http://127.0.0.1:1",
    interactive="http://127.0.0.1:2",
    aws_endpoint="http://127.0.0.1:3",
    metrics=("http://127.0.0.1:4/metrics",),
    region="r",
    table="t",
    queue_url="q",
    dead_letter_url="d",
    user_pool_id="u",
    client_id="c",
    jwks_url="j",
    admin=Admin(access_key_id="ADMIN", secret_access_key="ADMIN"),
    accounts=(
        Account(school_id="norte", role="teacher", username="teacher.norte", password="[bold]secret"),
        Account(school_id="norte", role="student", username="student.norte", password="secret"),
        Account(school_id="sur", role="teacher", username="teacher.sur", password="secret"),
    ),
    example=Example(username="n", class_id="c", assessment_id="a", student_id="s"),
    pid=1,
    logs="/" + "a-long-path/" * 20,
)


def output(*, terminal: bool, verbose: bool = False) -> tuple[Output, io.StringIO]:
    written = io.StringIO()
    console = Console(file=written, force_terminal=terminal, width=300 if terminal else None, highlight=False)
    return Output(verbose=verbose, console=console, clock=iter(range(100)).__next__), written


def test_in_a_pipe_there_is_nothing_but_text() -> None:
    shown, written = output(terminal=False)
    with shown.step("emulator") as step:
        step.detail("a detail that nobody asked for")
        step.outcome = "it runs"
    shown.ready(RECORD, run_file=Path("build/run.json"), memory_mb=321)
    text = written.getvalue()
    assert "\x1b" not in text
    assert "✓ emulator    it runs  1.0 s" in text
    assert "detail" not in text
    assert "321 MB" in text
    for needed in (RECORD.edge, *RECORD.metrics, RECORD.logs, "build/run.json", "[bold]secret"):
        assert needed in text
    assert "ADMIN" not in text
    assert text.count("\n  norte ") == 1  # the school is named once, above its accounts


def test_a_terminal_shows_a_step_while_it_is_under_way() -> None:
    shown, written = output(terminal=True, verbose=True)
    with shown.step("emulator") as step:
        step.detail("a detail")
    assert "emulator…" in written.getvalue()
    assert "a detail" in written.getvalue()


def test_a_step_that_fails_is_not_ticked_off() -> None:
    shown, written = output(terminal=False)
    with pytest.raises(ZeroDivisionError), shown.step("emulator"):
        _ = 1 / 0
    assert "✓" not in written.getvalue()
