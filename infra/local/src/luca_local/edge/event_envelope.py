"""What API Gateway's request model can see of a body of events; the events themselves are the worker's to judge.

A bad event must not sink the others of its message, so nothing here looks into one, except for the one thing that
no body may say: which school it is from. That is in the token.
"""

from collections.abc import Iterator
from typing import Any

import orjson

from luca_shared.runtime import problems
from luca_shared.runtime.json_text import check_json
from luca_shared.runtime.problems import ErrorDetail, pointer

MAX_EVENTS = 100
# SQS takes 1 MiB a message and counts the attributes, which are well below a kilobyte.
MAX_BYTES = 1024 * 1024 - 1024

# The only characters of a JSON text that SQS refuses (SendMessage, "MessageBody": it takes what XML 1.0 takes).
_NOT_FOR_SQS = ("\ufffe", "\uffff")


def check(body: bytes) -> tuple[str, int]:
    """Return the body as the text of a message, and how many events it holds.

    Raises:
        Problem: 400 when it is no JSON, 413 when it is too large, 422 when it is no envelope of events.
    """
    if len(body) > MAX_BYTES:
        raise problems.too_large(MAX_BYTES)
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        check_json(body)  # says where it stops being JSON
        raise problems.malformed_json("a number or a character in it can't be represented") from None
    text = body.decode()
    if any(character in text for character in _NOT_FOR_SQS):
        raise problems.malformed_json("the characters U+FFFE and U+FFFF can't be carried")
    errors = list(_errors(document))
    if errors:
        raise problems.validation(errors)
    return text, len(document["events"])


def _errors(document: Any) -> Iterator[ErrorDetail]:
    if not isinstance(document, dict):
        yield ErrorDetail("", 'must be an object: {"events": [...]}')
        return
    yield from _school(document)
    for name in sorted(document.keys() - {"events", "school_id"}):
        yield ErrorDetail(pointer(name), "is unknown; the body holds `events` and nothing else")
    events = document.get("events")
    if not isinstance(events, list):
        yield ErrorDetail("/events", f"must be a list of 1 to {MAX_EVENTS} events")
        return
    if not 1 <= len(events) <= MAX_EVENTS:
        yield ErrorDetail("/events", f"must hold 1 to {MAX_EVENTS} events, not {len(events)}")
        return
    for index, event in enumerate(events):
        if isinstance(event, dict):
            yield from _school(event, "events", index)
            yield from _school(event.get("data"), "events", index, "data")


def _school(document: Any, *path: str | int) -> Iterator[ErrorDetail]:
    if isinstance(document, dict) and "school_id" in document:
        yield ErrorDetail(pointer(*path, "school_id"), "must not be sent: the token says which school it is")
