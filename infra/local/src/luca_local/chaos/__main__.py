"""The fault battery from the command line: `python -m luca_local.chaos`."""

import argparse
import asyncio
import os
import random
import shutil
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final

import msgspec

from luca_local.chaos import summary
from luca_local.chaos.battery import Extent, Tally, battery, single
from luca_local.chaos.outcome import outcome
from luca_local.chaos.points import Point
from luca_local.chaos.sync_setup import sync_stages
from luca_local.chaos.sync_stage import SYNC
from luca_local.chaos.trial import Stage
from luca_local.chaos.worker_setup import worker_stage
from luca_local.chaos.worker_stage import WORKER
from luca_local.isolated_environment import isolate

_SHORT: Final = {WORKER: 8, SYNC: 14}  # trials
_SYNCS: Final = max(2, (os.cpu_count() or 1) - 2)  # at once: who waits for a dead task's lease needs no processor
_NAMES: Final = {"worker": WORKER, "sync": SYNC}


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the process's exit code: 0 when nothing was lost, doubled or otherwise wrong."""
    options = _parser().parse_args(arguments)
    isolate(os.environ)
    seed = random.SystemRandom().randrange(2**32) if options.seed is None else options.seed
    started = time.monotonic()
    logs = options.output.parent / "chaos"
    shutil.rmtree(logs, ignore_errors=True)
    logs.mkdir(parents=True)
    summary.begins("one trial" if options.point else f"{options.extent} extent, seed {seed}")
    try:
        tallies = asyncio.run(_run(options, seed, logs.absolute()))
    except KeyboardInterrupt:
        return 130
    result = outcome(tallies, seed=seed, extent=options.extent, seconds=time.monotonic() - started)
    options.output.write_bytes(msgspec.json.format(msgspec.json.encode(result), indent=2) + b"\n")
    summary.ends(result, options.output, logs)
    return 0 if result["ok"] else 1


async def _run(options: argparse.Namespace, seed: int, logs: Path) -> list[Tally]:
    tasks: list[asyncio.Task[Tally]] = []
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as group:
        for name in [options.only] if options.only else [WORKER, SYNC]:
            stages: Sequence[Stage]
            if name == WORKER:
                stages = [await stack.enter_async_context(worker_stage(logs / "ingest-worker.log"))]
            else:
                stages = await stack.enter_async_context(sync_stages(logs, 1 if options.point else _SYNCS))
            tasks.append(group.create_task(_try(stages, options, random.Random(f"{seed} {name}"))))  # noqa: S311
    return [task.result() for task in tasks]


async def _try(stages: Sequence[Stage], options: argparse.Namespace, chance: random.Random) -> Tally:
    if options.point:
        scenario = options.scenario or stages[0].scenarios[0]
        return await single(stages[0], scenario, tuple(options.point), summary.tried)
    return await battery(stages, options.extent, chance, summary.tried, few=_SHORT[stages[0].service])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m luca_local.chaos",
        description="Kills the real services before and after each request that they are seen to make, lets them "
        "recover, and judges from the outside whether anything was lost or done twice.",
    )
    parser.add_argument("--only", type=_service, help="worker or sync")
    parser.add_argument("--seed", type=int, help="for what is left to chance; a random one unless given")
    parser.add_argument("--output", type=Path, default=Path("build/chaos.json"), help="build/chaos.json unless given")
    extent: Any = parser.add_mutually_exclusive_group()
    extent.add_argument(
        "--short", dest="extent", action="store_const", const=Extent.SHORT, help="a random few of the points"
    )
    extent.add_argument("--full", dest="extent", action="store_const", const=Extent.FULL, help="every point")
    extent.add_argument(
        "--point", type=_point, action="append", help="this one, once more (twice: the process that recovers, too)"
    )
    parser.add_argument("--scenario", help="of the point; the ordinary one unless given")
    parser.set_defaults(extent=Extent.USUAL)
    return parser


def _service(text: str) -> str:
    if text not in {*_NAMES, *_NAMES.values()}:
        raise argparse.ArgumentTypeError("worker or sync")
    return _NAMES.get(text, text)


def _point(text: str) -> Point:
    try:
        return Point.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


if __name__ == "__main__":
    sys.exit(main())
