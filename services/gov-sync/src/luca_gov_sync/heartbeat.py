"""Signs of life of the workflow, and the end of a process that gives none."""

import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

HUNG: Final = 5  # exit code

_log = logging.getLogger(__name__)


class Heartbeat:
    """When something was last done: a request, an answer, a turn of a loop that waits."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._last = now()

    def beat(self) -> None:
        """Something was done."""
        self._last = self._now()

    def silence(self) -> float:
        """Seconds since then."""
        return self._now() - self._last


def _end() -> None:
    _log.critical("hung: no progress; ending, so that another task goes on")
    sys.stderr.flush()
    os._exit(HUNG)


class Watch:
    """Ends the process when the heartbeat has been silent too long.

    It is a thread: an event loop that is stuck can't watch itself. Nothing is tidied up, on purpose; whoever comes
    next resumes exactly as after a kill.
    """

    def __init__(self, heartbeat: Heartbeat, longest: float, end: Callable[[], None] = _end) -> None:
        self._heartbeat = heartbeat
        self._longest = longest
        self._end = end
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="heartbeat", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._over.set()

    def _watch(self) -> None:
        while not self._over.wait(min(1.0, self._longest / 4)):
            if self._heartbeat.silence() > self._longest:
                self._end()
                return
