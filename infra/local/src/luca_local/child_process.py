"""A service as a child process: in a group of its own, with a log, never outliving the platform."""

import asyncio
import contextlib
import os
import signal
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from luca_local.platform_errors import NotReady, ProcessEnded
from luca_local.ports import HeldPort
from luca_local.run_logs import tail

_READY_WITHIN = 30.0  # seconds; it takes one or two
_POLL_S = 0.05
_STOPPED_WITHIN = 8.0  # seconds after SIGTERM


class ChildProcess:
    """Runs a Python module while it is entered.

    Args:
        name: what a person calls it.
        module: as for `python -m`.
        arguments: what follows it there.
        environment: the whole of it.
        log: where both of its outputs go.
        ports: what it listens on, held until it starts.
        ready_url: answers 200 once it is ready; None for one that nobody waits for.
    """

    def __init__(
        self,
        name: str,
        module: str,
        *,
        environment: Mapping[str, str],
        log: Path,
        ports: Sequence[HeldPort] = (),
        ready_url: str | None = None,
        arguments: Sequence[str] = (),
    ) -> None:
        self.name = name
        self._module = module
        self._arguments = arguments
        self._environment = environment
        self._log = log
        self._ports = ports
        self._ready_url = ready_url
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        """Its process id, None when it does not run."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def ready(self) -> None:
        """Wait until it is ready.

        Raises:
            ProcessEnded: it ended instead.
            NotReady: it takes too long.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_READY_WITHIN):
                while self._ready_url and not await asyncio.to_thread(_answers, self._ready_url):
                    self._raise_if_ended()
                    await asyncio.sleep(_POLL_S)
                return
        raise NotReady(self.name, _READY_WITHIN, self._log, tail(self._log))

    async def ended(self) -> None:
        """Wait until it ends by itself, and raise ProcessEnded."""
        await self.exit_code()
        self._raise_if_ended()

    async def exit_code(self) -> int | None:
        """Wait until it ends; return what it ended with, -9 for SIGKILL, None when it was never started."""
        return None if self._process is None else await self._process.wait()

    def kill(self) -> None:
        """End it and whatever it has started, at once."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _raise_if_ended(self) -> None:
        if self._process is not None and self._process.returncode is not None:
            raise ProcessEnded(self.name, self._process.returncode, self._log, tail(self._log))

    async def __aenter__(self) -> Self:
        for port in self._ports:
            port.let_go()
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "luca_local.lifeline",
                self._module,
                *self._arguments,
                env=self._environment,
                stdin=asyncio.subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a group of its own, so that Ctrl-C reaches the platform alone
            )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._process is None:
            return
        try:
            if self._process.returncode is None:
                # Not its `terminate`: that polls first, and a poll may take the exit code from asyncio's watcher.
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self._process.pid, signal.SIGTERM)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_STOPPED_WITHIN):
                        await self._process.wait()
        finally:
            self.kill()  # whatever it has started, or itself
            await self._process.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1):  # noqa: S310  # http, ours
            return True
    except (urllib.error.URLError, OSError):
        return False
