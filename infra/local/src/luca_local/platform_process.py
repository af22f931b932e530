"""A whole platform as a child process, for those who try it from the outside."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import aiohttp

from luca_local import login
from luca_local.run_record import RunRecord

_READY_WITHIN = 60.0  # seconds; five or six on an idle machine
_STOPPED_WITHIN = 30.0
_POLL_S = 0.05


class PlatformNotReadyError(RuntimeError):
    """The platform ended, or was not ready in time; the text has what it said."""


class PlatformProcess:
    """`python -m luca_local run` in a directory of its own, for `with`, or `start`, `stop` and `clean_up`.

    Args:
        settings: variables of its environment beside those of this process.
        options: of the command line, when it is started by `with`.
    """

    def __init__(self, settings: Mapping[str, str] | None = None, options: Sequence[str] = ()) -> None:
        self._settings = settings or {}
        self._options = options
        self._directory = tempfile.TemporaryDirectory(prefix="luca-platform-")
        self.temporary = Path(self._directory.name) / "tmp"
        self.temporary.mkdir()
        self._said = Path(self._directory.name) / "output.txt"
        self._process: subprocess.Popen[bytes] | None = None
        self._record: RunRecord | None = None
        self._tokens: dict[str, str] = {}

    @property
    def record(self) -> RunRecord:
        """Where everything is."""
        if self._record is None:
            raise PlatformNotReadyError("it was not started")
        return self._record

    @property
    def run_file(self) -> Path:
        """Where it writes its record."""
        return Path(self._directory.name) / "build" / "run.json"

    @property
    def logs(self) -> Path:
        """The directory of its processes' logs."""
        return Path(self.record.logs)

    @property
    def output(self) -> str:
        """What it has said until now."""
        return self._said.read_text(errors="replace")

    def launch(self, *options: str) -> Self:
        """Start it, without waiting."""
        with self._said.open("ab") as said:
            self._process = subprocess.Popen(  # noqa: S603  # our own interpreter and module
                [sys.executable, "-m", "luca_local.lifeline", "luca_local", "run", *options],
                cwd=self._directory.name,
                env={**os.environ, "TMPDIR": str(self.temporary), **self._settings},
                stdin=subprocess.PIPE,  # the lifeline: it ends when this process does, however that ends
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        return self

    def start(self, *options: str) -> Self:
        """Start it and wait until it is ready.

        Raises:
            PlatformNotReadyError: it is not.
        """
        self.launch(*options).await_ready()
        return self

    def await_ready(self) -> RunRecord:
        """Wait until it is ready; return where everything is.

        Raises:
            PlatformNotReadyError: it is not; it is stopped, then.
        """
        deadline = time.monotonic() + _READY_WITHIN
        while not self.run_file.exists():
            if self.exit_code is not None or time.monotonic() > deadline:
                self.stop()
                raise PlatformNotReadyError(self.output)
            time.sleep(_POLL_S)
        self._record = login.read_run(self.run_file)
        return self._record

    @property
    def exit_code(self) -> int | None:
        """What it ended with; None while it runs."""
        return None if self._process is None else self._process.poll()

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, to it alone."""
        if self._process is not None:
            self._process.send_signal(number)

    def wait(self, seconds: float = _STOPPED_WITHIN) -> int:
        """Wait until it ends, and return its exit code.

        Raises:
            subprocess.TimeoutExpired: it does not.
        """
        if self._process is None:
            raise PlatformNotReadyError("it was not started")
        return self._process.wait(seconds)

    def stop(self) -> None:
        """Stop it, if it runs. May be called twice."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(_STOPPED_WITHIN)
            except subprocess.TimeoutExpired:
                self._process.kill()  # its children's lifelines end them
                self._process.wait()
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()

    def clean_up(self) -> None:
        """Remove its directory, logs and all."""
        self._directory.cleanup()

    def token(self, username: str) -> str:
        """Return an ID token of a demo account."""
        if username not in self._tokens:
            self._tokens[username] = login.id_token(self.record, username)
        return self._tokens[username]

    def client(self, username: str | None = None) -> aiohttp.ClientSession:
        """Return a session that speaks to the edge, as a demo account or as nobody; who asks for it closes it."""
        headers = {"Authorization": f"Bearer {self.token(username)}"} if username else {}
        return aiohttp.ClientSession(self.record.edge, headers=headers)

    def __enter__(self) -> Self:
        try:
            return self.start(*self._options)
        except BaseException:
            self.stop()
            self.clean_up()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
        self.clean_up()
