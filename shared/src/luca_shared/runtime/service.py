"""A service as a process: settings, signals, an orderly end, and an exit code that says how it went."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import uvloop

from luca_shared.runtime import garbage, logs
from luca_shared.runtime.life import Life
from luca_shared.runtime.log_values import Public
from luca_shared.runtime.settings import SettingsError

__all__ = ["BAD_SETTINGS", "CRASHED", "ORDERLY", "Life", "run"]

ORDERLY, CRASHED, BAD_SETTINGS = 0, 1, 2

_log = logging.getLogger(__name__)


def run(main: Callable[[Life], Awaitable[None]], *, service: str, grace: float = 20, close_within: float = 5) -> int:
    """Live a service's life under uvloop; `raise SystemExit(run(serve, service="interactive"))`.

    SIGTERM and SIGINT stop it in order: readiness goes false, ports close, requests finish for at most `grace`
    seconds, and everything is released, for which there are `close_within` seconds more. A second signal ends the
    process at once. It also ends when `main` returns by itself.

    Returns:
        0 after an orderly end, 2 when the settings are wrong (said on standard error), 1 after anything else.
    """
    logs.configure(service)
    garbage.collect_seldom()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            return runner.run(_live(main, grace=grace, within=grace + close_within))
        except SettingsError as error:
            print(f"{service}: {error}", file=sys.stderr)  # noqa: T201  # for a person at a terminal
            return BAD_SETTINGS


async def _live(main: Callable[[Life], Awaitable[None]], *, grace: float, within: float) -> int:
    life = Life(grace=grace)
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_log_stray)
    signals = _Signals(life)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, signals.receive, number)
    code = ORDERLY
    try:
        await main(life)
    except SettingsError:
        await life.end(within=within)
        raise
    except asyncio.CancelledError:
        if not life.stopping:
            raise
        _uncancel()
    except Exception:  # noqa: BLE001  # the process's last resort: it is logged, and the exit code says it
        _log.critical("the service failed", exc_info=True)
        code = CRASHED
    if not await life.end(within=within):
        code = CRASHED
    if life.failure is not None:
        _log.critical("a part of the service failed", exc_info=life.failure)
        code = CRASHED
    _log.info("stopped", extra={"exit_code": code})
    return code


def _uncancel() -> None:
    """Take back the cancellation that told the main function to stop: what follows waits again."""
    task = asyncio.current_task()
    if task is not None:
        task.uncancel()


class _Signals:
    """The first stops the service, also one that comes while it ends by itself; the second ends the process."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self._received = False

    def receive(self, number: signal.Signals) -> None:
        if self._received:
            _log.critical("ended by force", extra={"signal": Public(number.name)})
            sys.stderr.flush()
            os._exit(CRASHED)
        self._received = True
        _log.info("stopping", extra={"signal": Public(number.name)})
        self._life.stop()


def _log_stray(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log what nobody waits for. asyncio's own text repeats an exception's arguments; without one it is constant."""
    error = context.get("exception")
    if error is None:
        _log.error("the event loop complains", extra={"complaint": Public(context["message"])})
    else:
        _log.error("a task or callback failed that nobody waits for", exc_info=error)
