"""What somebody who watches the battery sees: a line a trial, then what it came to."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from luca_local.chaos.battery import Tried
from luca_local.chaos.outcome import again

_SHOWN = 5  # findings of one trial


def begins(how: str) -> None:
    """Say what is going to happen."""
    _say(f"Killing services before and after their requests: {how}.")


def tried(service: str, one: Tried) -> None:
    """Say how a trial went."""
    if one.points:
        what = ", then ".join(map(str, one.points)) + ("" if one.trial.kills else "  (not reached)")
    else:
        what = f"recorded: {one.scenario}, {len(one.trial.lives[-1].made)} requests"
    mark = "✗" if one.trial.findings else "✓"
    _say(f"  {mark} {service:<13} {what}  {one.seconds:.1f} s")
    for finding in one.trial.findings[:_SHOWN]:
        _say(f"      {finding}")
    if one.trial.findings and one.points:
        _say(f"      once more: python -m luca_local.chaos {again(service, one.scenario, one.points)}")


def ends(result: Mapping[str, Any], output: Path, logs: Path) -> None:
    """Say what it all came to."""
    _say("")
    heads = ("", "points", "runs", "kills", "killed twice", "not reached", "lost", "doubled", "otherwise wrong")
    rows = [heads, *(_row(name, each) for name, each in result["services"].items())]
    widths = [max(len(row[column]) for row in rows) for column in range(len(heads))]
    for row in rows:
        _say("  " + "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)))
    verdict = "Nothing was lost and nothing was done twice." if result["ok"] else "It is not as it should be."
    _say(f"\n{verdict} {result['seconds']:.0f} s; figures by kind of request in {output}, logs in {logs}.")


def _row(name: str, figures: Mapping[str, Any]) -> tuple[str, ...]:
    columns = ("points", "runs", "kills", "killed_twice", "not_reached", "lost", "doubled", "otherwise_wrong")
    return (name, *(str(figures[column]) for column in columns))


def _say(text: str) -> None:
    try:
        sys.stdout.write(text + "\n")
    except UnicodeEncodeError:  # a terminal without Unicode is no reason to fail
        sys.stdout.write(text.encode("ascii", "replace").decode() + "\n")
    sys.stdout.flush()
