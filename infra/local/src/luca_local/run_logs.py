"""Where the processes of a run write their logs, and how the end of one is shown."""

import os
import shutil
from datetime import datetime
from pathlib import Path

_KEPT = 10
_TAIL_LINES = 12


def make_directory(parent: Path, now: datetime) -> Path:
    """Make a directory for one run, named by its time, and remove all but the last few of those before."""
    directory = parent / f"{now:%Y%m%d-%H%M%S}-{os.getpid()}"
    directory.mkdir(parents=True)
    earlier = sorted(path for path in parent.iterdir() if path.is_dir())
    for old in earlier[:-_KEPT]:
        shutil.rmtree(old, ignore_errors=True)
    return directory


def tail(log: Path) -> str:
    """Return a log's last lines, indented."""
    try:
        lines = log.read_text(errors="replace").splitlines()
    except FileNotFoundError:
        lines = []
    return "\n".join(f"  {line}" for line in lines[-_TAIL_LINES:]) or "  (it is empty)"
