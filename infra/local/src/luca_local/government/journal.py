"""An append-only log of raw requests and rows, which a judge reads instead of believing a view of it."""

import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec


class Journal:
    """Lines of JSON, each written whole before the request that it tells of is answered.

    `kind` is `request` (arrived, with its raw body), `row` (a record version was accepted), `answer` (what the request
    met) or `violation` (the sender broke the contract).
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.violations: list[dict[str, Any]] = []
        self._file = path.open("ab", buffering=0)

    def write(self, kind: str, **fields: Any) -> None:
        """Append a line; `at` is the wall clock in seconds since the epoch."""
        line = {"kind": kind, "at": time.time(), **fields}
        if kind == "violation":
            self.violations.append(line)
        self._file.write(msgspec.json.encode(line) + b"\n")

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
