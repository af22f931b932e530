"""The command `demo`: a platform of its own, a day on it, the summary, and the report."""

import asyncio
import contextlib
import io
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
from rich.console import Console

from luca_local.console_output import Output
from luca_local.demo import summary
from luca_local.demo.counting_proxy import CountingProxy
from luca_local.demo.day import Day
from luca_local.demo.outcome import Outcome
from luca_local.demo.progress import Stage
from luca_local.demo.size import Size
from luca_local.platform import Platform
from luca_local.platform_options import Options
from luca_local.run_record import RunRecord
from luca_local.stop_signals import StopSignals

INTERRUPTED: Final = 130
_PLAIN_WIDTH: Final = 10_000  # a pipe has no width: lines are never broken


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOptions:
    """What can be chosen."""

    size: Size
    seed: int
    report: Path
    run_file: Path
    logs: Path


def demo(options: DemoOptions) -> int:
    """Play a day; return the exit code: 0 when nothing was lost, doubled, stale, violated or leaked, else 1.

    Raises:
        PlatformError: the platform could not start or go on.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal without Unicode is no reason to fail
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _PLAIN_WIDTH
    options.report.unlink(missing_ok=True)  # one that was left behind would speak of another day
    outcome = asyncio.run(_play(options, console))
    if outcome is None:
        return INTERRUPTED
    options.report.parent.mkdir(parents=True, exist_ok=True)
    options.report.write_bytes(msgspec.json.format(msgspec.json.encode(outcome.to_json()), indent=2) + b"\n")
    stage = Stage(console)
    summary.show(outcome, stage)
    verdict = "nothing was lost, doubled, stale, violated or leaked" if outcome.ok else "something is wrong"
    stage.say(
        f"\n{verdict.capitalize()}. {outcome.seconds:.0f} s, seed {options.seed}, {options.report}",
        style="bold green" if outcome.ok else "bold red",
    )
    return 0 if outcome.ok else 1


async def _play(options: DemoOptions, console: Console) -> Outcome | None:
    """Return None when somebody has interrupted it."""
    stage, proxy, size = Stage(console), CountingProxy(), options.size
    stage.say(f"A {size.name} school day, seed {options.seed} (--seed {options.seed} plays it again)", style="bold")
    platform = Platform(
        Options(
            run_file=options.run_file,
            logs=options.logs,
            population=size.population,
            government_per_second=size.government_per_second,
            worker_settings={
                "LUCA_VISIBILITY": "8",  # messages whose deletion came to nothing come again soon
                "LUCA_BATCH_AGE": str(size.batch_age),
            },
            worker_detour=proxy.before,
        ),
        _Briefly(verbose=False, console=console),
    )
    day = Day(size, options.seed, proxy, stage)
    playing = asyncio.create_task(platform.run(day.play))

    def stop() -> None:
        playing.cancel()
        with contextlib.suppress(OSError):  # the terminal may be what has gone
            stage.say("\nStopping; once more stops at once.")

    StopSignals(stop=stop, force=platform.kill).watch()
    try:
        await playing
    except asyncio.CancelledError:
        return None
    return day.outcome


class _Briefly(Output):
    """Says where the platform is, without the accounts: nobody has to log in."""

    def ready(self, run: RunRecord, *, run_file: Path, memory_mb: int | None) -> None:
        """Write it."""
        memory = "" if memory_mb is None else f" with {memory_mb} MB"
        self.say(f"  ready after {self.elapsed:.1f} s{memory}: edge {run.edge}, logs {run.logs}, {run_file}\n")
