"""Log lines as JSON, one object a line, that can't carry personal data.

The rules, each enforced here and not left to the caller:

- `extra=` and the message's arguments show only values of known-safe types (see `log_values`);
- an exception is its type and its stack. Its text is shown only when it is of our own code, whose texts are constants
  by rule; a foreign exception may repeat what it was given;
- a foreign logger's line shows its template, not what was put into it.
"""

import json
import logging
import sys
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TextIO

from luca_shared.runtime import correlation
from luca_shared.runtime.log_exceptions import describe_exception
from luca_shared.runtime.log_values import Pseudonym, Public, loggable

__all__ = ["LEVELS", "JsonLines", "Pseudonym", "Public", "configure"]

LEVELS = ("debug", "info", "warning", "error")

QUIET = ("aiobotocore", "aiohttp", "asyncio", "botocore")
"""Libraries whose debug lines are their own business."""

_OWN = ("luca_", "__main__")
_STANDARD = frozenset(vars(logging.LogRecord("", 0, "", 0, "", (), None))) | {"message", "asctime", "taskName"}
_FIXED = ("time", "level", "logger", "message", "correlation_id", "service")

_log = logging.getLogger(__name__)


class JsonLines(logging.Formatter):
    """One JSON object a line, for one service."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as a line of JSON."""
        line: dict[str, Any] = {
            "time": _time(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _message(record),
            "correlation_id": correlation.current(),
            "service": self._service,
        }
        for name, value in vars(record).items():
            if name not in _STANDARD and name not in _FIXED:
                line[name] = loggable(value)
        if record.exc_info and record.exc_info[1] is not None:
            line["exception"] = describe_exception(record.exc_info[1])
        return json.dumps(line, separators=(",", ":"))  # ASCII: a stream of any encoding can take it


def configure(service: str, level: str = "info", *, stream: TextIO | None = None) -> None:
    """Send every log line of the process to `stream` (standard error), uncaught exceptions included.

    Calling it again replaces what was set before. `level` is one of `LEVELS`.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines(service))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for library in QUIET:
        logging.getLogger(library).setLevel(max(logging.INFO, root.level))
    logging.getLogger("aiohttp.access").setLevel(logging.CRITICAL)  # raw paths; the metrics count requests
    logging.raiseExceptions = False  # a failing handler would print the record, arguments and all
    sys.excepthook = _log_uncaught
    threading.excepthook = lambda args: _log_uncaught(args.exc_type, args.exc_value, args.exc_traceback)
    sys.unraisablehook = lambda args: _log_uncaught(args.exc_type, args.exc_value, args.exc_traceback)


def _log_uncaught(kind: type[BaseException], error: BaseException | None, traceback: TracebackType | None) -> None:
    if error is not None and not isinstance(error, KeyboardInterrupt):
        _log.critical("an exception was caught by nobody", exc_info=(kind, error, traceback))


def _time(epoch: float) -> str:
    return datetime.fromtimestamp(epoch, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _message(record: logging.LogRecord) -> str:
    template = record.msg if isinstance(record.msg, str) else f"<{type(record.msg).__name__} withheld>"
    if not record.name.startswith(_OWN):
        # With arguments the template is a constant; without, the text may have been put together before.
        return template if record.args else f"<withheld> at {record.module}:{record.lineno}"
    if not record.args:
        return template
    try:
        if isinstance(record.args, Mapping):
            return template % {key: loggable(value) for key, value in record.args.items()}
        return template % tuple(loggable(value) for value in record.args)
    except (TypeError, ValueError):  # a number's placeholder met a withheld text
        return template
