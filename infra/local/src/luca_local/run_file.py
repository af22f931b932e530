"""The run file: written whole or not at all, owned by one living platform, gone when that ends."""

import contextlib
import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from luca_local.platform_errors import RunFileTaken
from luca_local.run_record import RunRecord


class RunFile:
    """A run file that belongs to this process while it is entered.

    The first platform that lives owns `run.json`; one beside it takes `run-{pid}.json`. A lock says who lives: the
    kernel lets go of it however the owner ends, so that the file of a platform that was killed is simply taken over.

    Args:
        path: where it is to be.
        exactly: take no other name when the path belongs to somebody.
    """

    def __init__(self, path: Path, *, exactly: bool = False) -> None:
        self.path = path
        self._exactly = exactly
        self._lock: int | None = None

    def write(self, record: RunRecord) -> None:
        """Write it; whoever reads meanwhile finds the old one, or none."""
        partial = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        partial.write_bytes(record.to_json())
        partial.replace(self.path)

    def __enter__(self) -> Self:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = _lock(_lock_path(self.path))
        if self._lock is None and not self._exactly:
            self.path = self.path.with_name(f"{self.path.stem}-{os.getpid()}{self.path.suffix}")
            self._lock = _lock(_lock_path(self.path))
        if self._lock is None:
            raise RunFileTaken(self.path)
        self.path.unlink(missing_ok=True)  # one that was left behind would point clients at nothing
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.path.unlink(missing_ok=True)
        if self._lock is not None:
            _lock_path(self.path).unlink(missing_ok=True)  # before it is let go of: see `_lock`
            os.close(self._lock)
            self._lock = None


def _lock_path(path: Path) -> Path:
    return path.with_name(f".{path.name}.lock")


def _lock(path: Path) -> int | None:
    """Return the lock's descriptor, None when it is somebody else's."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        # Its last owner may have removed it between our two steps: then another file has the name by now.
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(descriptor), path.stat()):
                return descriptor
        os.close(descriptor)
