"""The AWS emulator as a child process: on a free port, in its own directory, and gone when it is stopped."""

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

from luca_shared.aws.credentials import Credentials

REGION = "us-east-1"
ACCOUNT_ID = "000000000000"

_READY_WITHIN = 30.0  # seconds; it takes 1 on an idle machine
_STOPPED_WITHIN = 3.0  # seconds after SIGTERM, which asks for one at most
_LOG_TAIL = 2000  # characters of the log that an error shows


class EmulatorError(RuntimeError):
    """The emulator did not start; the text has the end of its log."""


class Emulator:
    """One emulator process, for `with`, `async with`, or `start` and `stop`.

    It lives no longer than this process: the child ends when the pipe on its standard input closes.

    Args:
        without: names of shims to leave out (a module of `luca_local.emulator` each).
        settings: further variables of its environment.
        log: where its log goes; None for a file in its own directory, which goes with it.
        port: where it listens; 0 for a free one.
    """

    region = REGION
    account_id = ACCOUNT_ID
    admin = Credentials("test", "test")
    """The account's root, for deployment, seeding and tests."""

    def __init__(
        self,
        *,
        without: Collection[str] = (),
        settings: Mapping[str, str] = MappingProxyType({}),
        log: Path | None = None,
        port: int = 0,
    ) -> None:
        self._settings = {**settings, "LUCA_EMULATOR_WITHOUT": ",".join(without)}
        self._log = log
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None
        self._directory: Path | None = None

    @property
    def endpoint_url(self) -> str:
        """Where it answers, once started."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def pid(self) -> int:
        """Its process id.

        Raises:
            EmulatorError: it is not running.
        """
        if self._process is None:
            raise EmulatorError("the emulator is not running")
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """What it ended with; None while it runs, and before it was started."""
        return None if self._process is None else self._process.poll()

    def start(self) -> Self:
        """Start it and wait until it answers.

        Raises:
            EmulatorError: its environment is missing, or it ended or hung before it answered.
        """
        python = emulator_python()
        self._directory = Path(tempfile.mkdtemp(prefix="luca-emulator-"))
        log = self._log or self._directory / "emulator.log"
        try:
            # The child inherits a socket that already listens: no other process can take the port in between.
            with socket.create_server(("127.0.0.1", self._port)) as listener, log.open("ab") as output:
                self._port = listener.getsockname()[1]
                self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                    [
                        *(python, "-m", "luca_local.emulator"),
                        *("--lifeline", str(self._directory), "--socket", str(listener.fileno())),
                    ],
                    env=self._environment(self._directory),
                    cwd=self._directory,
                    stdin=subprocess.PIPE,
                    stdout=output,
                    stderr=output,
                    pass_fds=[listener.fileno()],
                    start_new_session=True,  # a group of its own, so that Ctrl-C reaches the parent alone
                )
            self._await_answer(self._process, log)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop it, whatever state it is in, and remove its directory. May be called twice."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            try:
                process.wait(_STOPPED_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # whatever it started itself
            process.wait()
            if process.stdin:
                process.stdin.close()
        directory, self._directory = self._directory, None
        if directory is not None:
            shutil.rmtree(directory, ignore_errors=True)

    def _environment(self, directory: Path) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(directory),
            "TMPDIR": str(directory),
            "PYTHONPATH": str(Path(__file__).parents[1]),
            "PYTHONUNBUFFERED": "1",
            "GATEWAY_PORT": str(self._port),
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_HOST": "127.0.0.1",
            "MINISTACK_REGION": REGION,
            "MINISTACK_ACCOUNT_ID": ACCOUNT_ID,
            "STATE_DIR": str(directory / "state"),
            "S3_DATA_DIR": str(directory / "s3"),
            "DOCKER_HOST": f"unix://{directory}/none",  # it would look for containers to run
            "MALLOC_ARENA_MAX": "2",  # its many threads are idle: no arena of memory for each
            "LOG_LEVEL": os.environ.get("LUCA_EMULATOR_LOG_LEVEL", "WARNING"),
            **self._settings,
        }

    def _await_answer(self, process: subprocess.Popen[bytes], log: Path) -> None:
        deadline = time.monotonic() + _READY_WITHIN
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise EmulatorError(f"the emulator ended with code {process.returncode}: {_tail(log)}")
            try:
                with urllib.request.urlopen(f"{self.endpoint_url}/_ministack/health", timeout=1):  # noqa: S310 - http, ours
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.02)
        raise EmulatorError(f"the emulator did not answer within {_READY_WITHIN:g} s: {_tail(log)}")

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        return await asyncio.to_thread(self.start)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self.stop)


def emulator_python() -> str:
    """The interpreter of the emulator's environment.

    Raises:
        EmulatorError: there is none.
    """
    repository = Path(__file__).parents[4]
    python = Path(os.environ.get("LUCA_EMULATOR_PYTHON") or repository / ".venv-emulator" / "bin" / "python")
    if not python.exists():
        raise EmulatorError(f"{python} is missing: run `make setup`, or set LUCA_EMULATOR_PYTHON")
    return str(python)


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-_LOG_TAIL:].strip() or "its log is empty"
