"""Ctrl-C and its relatives: the first one stops in order, the second one stops at once."""

import asyncio
import os
import signal
from collections.abc import Callable

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)  # SIGHUP: the terminal was closed


class StopSignals:
    """Watches for the signals that end the platform.

    Args:
        stop: called at the first one.
        force: called at the second one. The third ends the process where it stands.
    """

    def __init__(self, *, stop: Callable[[], None], force: Callable[[], None]) -> None:
        self._stop = stop
        self._force = force
        self._count = 0

    def watch(self) -> None:
        """Take over the signals of the running loop's process."""
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.add_signal_handler(number, self._on_signal, number)

    def _on_signal(self, number: signal.Signals) -> None:
        self._count += 1
        if self._count == 1:
            self._stop()
        elif self._count == 2:
            self._force()
        else:
            os._exit(128 + number)
