"""What somebody who watches the day sees: how far each act is, as bars on a terminal and as lines elsewhere."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

_LINE_EVERY_S: Final = 5.0


class Act:
    """A part of the day under way."""

    def __init__(self, name: str, total: int, unit: str, show: Callable[["Act"], None]) -> None:
        self.name = name
        self.total = total
        self.unit = unit
        self.done = 0
        self.note = ""
        self._show = show

    def advance(self, by: int = 1) -> None:
        """Say that so much more is done."""
        self.done += by
        self._show(self)

    def reached(self, done: int, note: str = "") -> None:
        """Say how far it is, and what is going on."""
        self.done, self.note = min(done, self.total), note
        self._show(self)


class Stage:
    """Shows acts, one at a time."""

    def __init__(self, console: Console, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._clock = clock

    def say(self, text: str, *, style: str = "") -> None:
        """Write a line."""
        self._console.print(Text(text, style=style))

    @contextmanager
    def act(self, name: str, total: int, unit: str) -> Iterator[Act]:
        """Show an act while it is under way, and a line once it is over."""
        started = self._clock()
        if self._console.is_terminal:
            with self._bar(name, total, unit) as act:
                yield act
        else:
            act = Act(name, total, unit, _Lines(self.say, self._clock))
            yield act
        self.say(f"  ✓ {name:<11} {act.done} {unit}  {self._clock() - started:.1f} s")

    @contextmanager
    def _bar(self, name: str, total: int, unit: str) -> Iterator[Act]:
        columns = (
            TextColumn("  {task.description:<13}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[unit]} {task.fields[note]}"),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self._console, transient=True) as progress:
            task = progress.add_task(name, total=total, unit=unit, note="")
            yield Act(name, total, unit, lambda act: progress.update(task, completed=act.done, note=act.note))


class _Lines:
    """Writes a line every few seconds, when there is something new to say."""

    def __init__(self, say: Callable[[str], None], clock: Callable[[], float]) -> None:
        self._say = say
        self._clock = clock
        self._last = clock()

    def __call__(self, act: Act) -> None:
        now = self._clock()
        if now - self._last >= _LINE_EVERY_S:
            self._last = now
            self._say(f"    {act.name}: {act.done} of {act.total} {act.unit}{f', {act.note}' if act.note else ''}")
