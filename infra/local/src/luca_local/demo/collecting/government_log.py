"""The government's raw log, read from its file."""

import base64
from pathlib import Path
from typing import Any

import msgspec

from luca_local.demo.evidence.submission import Journal, Request, Row


class JournalTail:
    """What the log says of how far things are, read on from where it was read to.

    Attributes:
        records: The records that the log has a row of.
        met: The misbehaviours that requests have met.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self.records: set[str] = set()
        self.met: set[str] = set()

    def read(self) -> int:
        """Read on; return how many records there are by now."""
        with self._path.open("rb") as log:
            log.seek(self._offset)
            whole, newline, _ = log.read().rpartition(b"\n")
        self._offset += len(whole) + len(newline)
        for text in whole.splitlines():
            if text.startswith(b'{"kind":"row"'):
                self.records.add(msgspec.json.decode(text)["record_id"])
            elif text.startswith(b'{"kind":"answer"'):
                self.met.add(_met(msgspec.json.decode(text)))
        return len(self.records)


def read_journal(path: Path) -> Journal:
    """Return what the log holds by now; a line that is just being written is left for the next time."""
    requests: list[Request] = []
    rows: list[Row] = []
    met: dict[int, str] = {}
    violations: list[str] = []
    whole, _, _ = path.read_bytes().rpartition(b"\n")
    for text in whole.splitlines():
        line: dict[str, Any] = msgspec.json.decode(text)
        match line["kind"]:
            case "request":
                body = base64.b64decode(line["body"])
                requests.append(Request(line["number"], line["monotonic"], line["method"], line["target"], body))
            case "row":
                rows.append(
                    Row(line["number"], line["record_id"], line["version"], line["sha256"], line["submission_id"])
                )
            case "answer":
                met[line["number"]] = _met(line)
            case "violation":
                violations.append(line["rule"])
    return Journal(tuple(requests), tuple(rows), met, tuple(violations))


def _met(answer: dict[str, Any]) -> str:
    """In a black-out, a request that was to be answered well gets no answer."""
    return "black-out" if answer["status"] is None and answer["met"] == "none" else str(answer["met"])
