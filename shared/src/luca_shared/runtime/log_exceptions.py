"""An exception as a log line may show it: where it happened and of what type, without what it was about."""

import errno
from collections.abc import Iterator
from types import TracebackType
from typing import Any

_FRAMES = 30
_DEPTH = 5  # of causes, and of groups in groups
_GROUP = 10


def describe_exception(error: BaseException, depth: int = _DEPTH) -> dict[str, Any]:
    """Type, stack (innermost last), cause and, of a group, its members.

    The text is there only for an exception of Luca's own: by rule those hold constants, codes and numbers. The text
    and the notes of any other may repeat what it was given (`KeyError`, a driver's message with the item in it); an
    operating system's error is told by its number.
    """
    kind = type(error)
    described: dict[str, Any] = {"type": f"{kind.__module__}.{kind.__qualname__}"}
    if kind.__module__.startswith("luca_"):
        described["text"] = _text(error)
    if isinstance(error, OSError) and error.errno is not None:
        described["errno"] = errno.errorcode.get(error.errno, error.errno)
    described["stack"] = list(_stack(error.__traceback__))[-_FRAMES:]
    if depth > 0:
        cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if cause is not None:
            described["cause"] = describe_exception(cause, depth - 1)
        if isinstance(error, BaseExceptionGroup):
            described["members"] = [describe_exception(member, depth - 1) for member in error.exceptions[:_GROUP]]
    return described


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001  # a line must not be lost because of a bad __str__
        return "<unprintable>"


def _stack(traceback: TracebackType | None) -> Iterator[str]:
    while traceback is not None:
        frame = traceback.tb_frame
        yield f"{frame.f_globals.get('__name__', '?')}:{traceback.tb_lineno} {frame.f_code.co_qualname}"
        traceback = traceback.tb_next
