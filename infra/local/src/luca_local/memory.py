"""How much memory processes hold."""

import subprocess
from collections.abc import Iterable


def resident_mb(pids: Iterable[int]) -> int | None:
    """Return the resident set of these processes together, in MB; None where `ps` can't tell.

    Pages that they share are counted once for each: the true figure is a little lower.
    """
    try:
        output = subprocess.run(  # noqa: S603
            ["ps", "-o", "rss=", "-p", ",".join(map(str, pids))],  # noqa: S607  # wherever POSIX's ps is
            capture_output=True,
            text=True,
            timeout=5,
            check=True,
        ).stdout
        return sum(map(int, output.split())) // 1024
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
