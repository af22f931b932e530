"""What is seen of a day under way, in a pipe and on a terminal."""

import io

from rich.console import Console

from luca_local.demo.progress import Stage


class Clock:
    """Gives the time that it was set to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_in_a_pipe_there_is_a_line_every_few_seconds_and_one_at_the_end() -> None:
    written, clock = io.StringIO(), Clock()
    stage = Stage(Console(file=written, width=200, highlight=False), clock=clock)
    with stage.act("lesson", 100, "grades") as act:
        act.advance()
        clock.now = 6
        act.advance(9)
        act.advance()
        clock.now = 12
        act.reached(90, "killed once")
        clock.now = 15
    assert written.getvalue().splitlines() == [
        "    lesson: 10 of 100 grades",
        "    lesson: 90 of 100 grades, killed once",
        "  ✓ lesson      90 grades  15.0 s",
    ]


def test_on_a_terminal_there_is_a_bar() -> None:
    written = io.StringIO()
    stage = Stage(Console(file=written, force_terminal=True, width=120, highlight=False))
    with stage.act("recess", 10, "events") as act:
        act.advance(4)
    assert "4/10" in written.getvalue()
    assert "events" in written.getvalue()


def test_no_more_is_done_than_there_is() -> None:
    stage = Stage(Console(file=io.StringIO()))
    with stage.act("quarter", 10, "grades") as act:
        act.reached(12)
    assert act.done == 10
