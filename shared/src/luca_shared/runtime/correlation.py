"""The correlation id that joins everything done for one request, whichever task does it."""

import re
import secrets
import time
from contextvars import ContextVar

HEADER = "X-Correlation-Id"

_ACCEPTABLE = re.compile(r"[A-Za-z0-9_=:.-]{1,128}")
_current: ContextVar[str | None] = ContextVar("correlation_id", default=None)


def current() -> str | None:
    """The id that this task works for, or None outside of any request."""
    return _current.get()


class bind:  # noqa: N801  # reads as a verb; what `contextmanager` makes of a generator takes three times as long
    """Work for this id until the block ends; tasks started inside inherit it. Each block takes one of its own."""

    __slots__ = ("_correlation_id", "_token")

    def __init__(self, correlation_id: str) -> None:
        self._correlation_id = correlation_id

    def __enter__(self) -> None:
        self._token = _current.set(self._correlation_id)

    def __exit__(self, *_: object) -> None:
        _current.reset(self._token)


def new() -> str:
    """A fresh id: 32 hex digits in UUIDv7's order, so that ids made later sort later.

    RFC 9562 section 5.7: 48 bits of milliseconds, then version, variant and 74 random bits.
    """
    milliseconds = time.time_ns() // 1_000_000
    random = secrets.randbits(74)
    return f"{milliseconds << 80 | 0x7 << 76 | (random >> 62) << 64 | 0b10 << 62 | random & (1 << 62) - 1:032x}"


def acceptable(text: str) -> bool:
    """Whether a caller's id may be kept: letters, digits and `_=:.-`, at most 128 of them.

    API Gateway's extended request id and X-Ray's trace header value both fit; whatever could break a log line,
    a header or a metric's exemplar doesn't.
    """
    return _ACCEPTABLE.fullmatch(text) is not None


def adopt(text: str | None) -> str:
    """The caller's id where it is acceptable, else a new one."""
    return text if text is not None and acceptable(text) else new()
