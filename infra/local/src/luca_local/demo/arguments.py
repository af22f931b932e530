"""The demo's part of the command line; light, so that other commands need not wait for what a day needs."""

import argparse
import os
import secrets
from dataclasses import replace
from pathlib import Path
from typing import Final

from luca_local.demo.size import SHORT, WHOLE, Size

_REPORT: Final = Path("build/demo.json")
_SEEDS: Final = 1_000_000  # short enough to be typed again


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--short", action="store_true", help="a smaller day of about a minute")
    parser.add_argument("--seed", type=int, help="plays the day of that seed again, as far as chance goes")
    parser.add_argument(
        "--recess",
        type=_events,
        default=os.environ.get("RECESS") or None,
        metavar="EVENTS",
        help="how many events one school sends when recess begins; also the variable RECESS",
    )
    parser.add_argument("--report", type=Path, default=_REPORT, help=f"{_REPORT} unless given")


def size_of(options: argparse.Namespace) -> Size:
    """Return how big the day is to be."""
    size = SHORT if options.short else WHOLE
    return size if options.recess is None else replace(size, events=options.recess)


def seed_of(options: argparse.Namespace) -> int:
    """Return the seed that was given, or a new one."""
    return secrets.randbelow(_SEEDS) if options.seed is None else int(options.seed)


def _events(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1_000_000:
        raise argparse.ArgumentTypeError("a number from 1 to 1,000,000")
    return int(text)
