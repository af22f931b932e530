"""The isolation battery from the command line: `python -m luca_local.isolation`."""

import argparse
import asyncio
import logging
import os
import platform
import random
import sys
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Final

import msgspec

from luca_local.isolated_environment import isolate
from luca_local.isolation import summary
from luca_local.isolation.battery import WallTally, try_wall
from luca_local.isolation.every_wall import WALLS, every_wall
from luca_local.isolation.outcome import outcome
from luca_local.isolation.walls import Extent

_VERSIONS: Final = ("aiohttp", "botocore", "cryptography", "msgspec", "python-jose")


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the process's exit code: 0 when nothing leaked, all was proven, and every missing guard was missed."""
    options = _parser().parse_args(arguments)
    isolate(os.environ)
    seed = random.SystemRandom().randrange(2**32) if options.seed is None else options.seed
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.unlink(missing_ok=True)  # one that was left behind would speak of another run
    started = time.monotonic()
    summary.begins(f"{options.extent} extent, seed {seed} (--seed {seed} does it again)")
    try:
        logging.disable(logging.CRITICAL)  # what is refused is logged, and nothing but refusals is wanted here
        tallies = asyncio.run(_run(options, seed))
    except KeyboardInterrupt:
        return 130
    finally:
        logging.disable(logging.NOTSET)
    versions = {"python": platform.python_version(), **{name: version(name) for name in _VERSIONS}}
    seconds = time.monotonic() - started
    result = outcome(tallies, seed=seed, extent=options.extent, seconds=seconds, versions=versions)
    options.output.write_bytes(msgspec.json.format(msgspec.json.encode(result), indent=2) + b"\n")
    summary.ends(result, options.output)
    return 0 if result["ok"] else 1


async def _run(options: argparse.Namespace, seed: int) -> list[WallTally]:
    tallies = []
    logs = (options.output.parent / "isolation").absolute()
    for wall in every_wall(logs):
        if options.only in {None, wall.name}:
            summary.wall_begins(wall.name, wall.alone)
            tallies.append(await try_wall(wall, options.extent, seed, told=summary.removed))
            summary.wall_ends(tallies[-1])
    return tallies


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m luca_local.isolation",
        description="Reaches for other schools' data at each wall between them with the other walls taken away, then "
        "takes each guard of that wall away and demands that it is missed.",
    )
    parser.add_argument("--only", choices=WALLS, metavar="WALL", help=f"one wall: {', '.join(WALLS)}")
    parser.add_argument("--seed", type=int, help="for what is left to chance; a random one unless given")
    parser.add_argument(
        "--output", type=Path, default=Path("build/isolation.json"), help="build/isolation.json unless given"
    )
    parser.add_argument(
        "--short",
        dest="extent",
        action="store_const",
        const=Extent.SHORT,
        default=Extent.LONG,
        help="each kind of attempt, some of it; each guard looked for where its absence shows",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
