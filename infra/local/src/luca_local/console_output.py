"""What the person at the terminal sees: each step with its time, then addresses and accounts; plain text in a pipe."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from luca_local.run_record import Account, RunRecord

_PLAIN_WIDTH = 10_000  # a pipe has no width: lines are never broken


class Output:
    """Writes to standard output.

    Args:
        verbose: show what steps do inside.
        console: where to; tests pass their own.
        clock: seconds that never go back.
    """

    def __init__(
        self, *, verbose: bool, console: Console | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._verbose = verbose
        self._console = console or Console(highlight=False)
        if not self._console.is_terminal:
            self._console.width = _PLAIN_WIDTH
        self._clock = clock
        self._started = clock()

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return self._clock() - self._started

    @contextmanager
    def step(self, name: str) -> Iterator["Step"]:
        """Show a step that is under way; once it is done, a line with what it came to and how long it took."""
        step = Step(self._detail)
        started = self._clock()
        if self._console.is_terminal:
            with self._console.status(Text(f"{name}…")):
                yield step
        else:
            yield step
        line = Text("  ").append("✓ ", style="green").append(f"{name:<12}").append(step.outcome)
        self._console.print(line.append(f"  {self._clock() - started:.1f} s", style="dim"))

    def say(self, text: str, *, style: str = "") -> None:
        """Write a line."""
        self._console.print(Text(text, style=style))

    def ready(self, run: RunRecord, *, run_file: Path, memory_mb: int | None) -> None:
        """Write where everything is and who can log in."""
        memory = "" if memory_mb is None else f", {memory_mb} MB resident in all"
        self.say(f"\nLuca is ready after {self.elapsed:.1f} s{memory}.\n", style="bold")
        self._print_rows(("", "address"), [*_addresses(run), ("run file", str(run_file))])
        self.accounts(run)
        self.say("Open the edge's address in a browser for a first grade by curl. Ctrl-C stops everything.")

    def addresses(self, run: RunRecord) -> None:
        """Write where everything is."""
        self._print_rows(("", "address"), _addresses(run))

    def accounts(self, run: RunRecord) -> None:
        """Write who can log in."""
        self.say("")
        self._print_rows(("school", "role", "username", "password"), _accounts(run.accounts))
        self.say("")

    def _detail(self, text: str) -> None:
        if self._verbose:
            self._console.print(Text(f"    {text}", style="dim"))

    def _print_rows(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        table = Table(box=None, padding=(0, 2), header_style="dim", pad_edge=True)
        for head in heads:
            table.add_column(head, overflow="fold")  # never an ellipsis in what is to be copied
        for row in rows:
            table.add_row(*map(Text, row))
        self._console.print(table)


class Step:
    """What there is to say about a step."""

    def __init__(self, detail: Callable[[str], None]) -> None:
        self.detail = detail
        self.outcome = ""


def _addresses(run: RunRecord) -> list[tuple[str, str]]:
    named = [
        ("edge", run.edge),
        ("interactive", run.interactive),
        ("console", run.console),
        ("government", run.government),
        ("AWS", run.aws_endpoint),
        *(("metrics", address) for address in run.metrics),
        ("logs", run.logs),
    ]
    return [(name, address) for name, address in named if address is not None]


def _accounts(accounts: Sequence[Account]) -> list[tuple[str, str, str, str]]:
    rows = []
    school = ""
    for account in accounts:
        shown = "" if account.school_id == school else account.school_id
        school = account.school_id
        rows.append((shown, account.role, account.username, account.password))
    return rows
