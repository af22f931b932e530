"""The processes of a benchmark: each on the cores that it is given, with a log, and gone when the benchmark is."""

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from luca_local import lifeline
from luca_local.ports import HeldPort

_ATTEMPTS: Final = 3
_READY_WITHIN_S: Final = 60.0
_STOPPED_WITHIN_S: Final = 8.0
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


class NotRunning(Exception):
    """A process didn't become ready, or ended; the text says where its log is."""


class Process:
    """Runs a Python module while it is entered.

    Args:
        name: what a person calls it.
        module: as for `python -m`, with its arguments.
        port: what it listens on, held until it starts.
        ready_url: answers 200 once it is ready.
        log: where both of its outputs go.
        cores: where it may run.
        environment: the whole of it.
        python: the interpreter, when it is of another environment.
    """

    def __init__(
        self,
        name: str,
        module: Sequence[str],
        *,
        ports: Sequence[HeldPort],
        ready_url: str,
        log: Path,
        cores: Collection[int],
        environment: Mapping[str, str],
        python: str = sys.executable,
    ) -> None:
        self.name = name
        # -P: else the folder of that file, whose modules have names of Python's own, would come before Python's
        self._command = [python, "-P", lifeline.__file__, *module]
        self._ports = ports
        self._ready_url = ready_url
        self._log = log
        self._cores = cores
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Its process id."""
        if self._process is None or self._process.poll() is not None:
            code = "" if self._process is None else f" (exit code {self._process.returncode})"
            raise NotRunning(f"{self.name} is not running{code}; its log is {self._log}")
        return self._process.pid

    def cpu_seconds(self) -> float:
        """Return the CPU time that it has used, all its threads together, to 10 ms."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def resident_mb(self) -> float:
        """Return the memory that it holds."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * _PAGE / 1e6

    def __enter__(self) -> Self:
        for port in self._ports:
            port.let_go()
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                self._start()
            except NotRunning:  # somebody's connection may have taken the port since it was let go
                if attempt == _ATTEMPTS:
                    raise
            else:
                break
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stop()

    def _start(self) -> None:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603
                self._command,
                env=dict(self._environment),
                stdin=subprocess.PIPE,  # the lifeline: it ends when we do
                stdout=log,
                stderr=log,
                start_new_session=True,  # so that Ctrl-C reaches the benchmark alone
            )
        try:
            os.sched_setaffinity(self._process.pid, self._cores)  # before it has any other thread
            self._await_ready()
        except BaseException:
            self._stop()
            raise

    def _await_ready(self) -> None:
        deadline = time.monotonic() + _READY_WITHIN_S
        while not answers(self._ready_url):
            if time.monotonic() > deadline or self.pid == 0:
                raise NotRunning(f"{self.name} is not ready after {_READY_WITHIN_S:.0f} s; its log is {self._log}")
            time.sleep(0.05)

    def _stop(self) -> None:
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        try:
            self._process.wait(_STOPPED_WITHIN_S)
        except subprocess.TimeoutExpired:
            pass
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            if self._process.stdin is not None:
                self._process.stdin.close()


def answers(url: str) -> bool:
    """Whether 200 is answered there."""
    try:
        with urllib.request.urlopen(url, timeout=1):  # noqa: S310  # http, ours
            return True
    except (urllib.error.URLError, OSError):
        return False
