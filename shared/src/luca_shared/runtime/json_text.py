"""A JSON document read strictly, with what a fast parser forgets: where a fault is, and how it was written."""

import json
import re
from collections import Counter
from typing import Any, NoReturn

from luca_shared.runtime import problems
from luca_shared.runtime.exact_numbers import NumberText


class Members(dict[str, Any]):
    """An object's members; `repeated` holds the names that it gives more than once."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.repeated: tuple[str, ...] = ()
        if len(self) < len(pairs):
            counts = Counter(name for name, _ in pairs)
            self.repeated = tuple(name for name, count in counts.items() if count > 1)


_MINUS_ZERO = re.compile(rb"-0(?![0-9.])")
_NAME = re.compile(rb'"([^"\\]*)"\s*:')


def looks_odd(body: bytes) -> bool:
    """Whether a document that parsed may hold what the fast parser lets pass: a repeated name, or -0 as an integer.

    It may say yes without need (`-0` inside of a text), never no.
    """
    if b"-0" in body and _MINUS_ZERO.search(body):
        return True
    names = _NAME.findall(body)
    if len(set(names)) == len(names) and b"\\" not in body:  # an escape may spell a name in two ways
        return False
    return _repeats_a_name(body)  # the items of a list do have the same names


def _repeats_a_name(body: bytes) -> bool:
    try:
        json.loads(body, object_pairs_hook=_refuse_repeated, parse_int=NumberText, parse_float=NumberText)
    except (ValueError, RecursionError, _RepeatedName):  # whatever the other parser let pass and this one doesn't
        return True
    return False


class _RepeatedName(Exception):
    """An object gives a name twice."""


def _refuse_repeated(pairs: list[tuple[str, Any]]) -> None:
    if len({name for name, _ in pairs}) < len(pairs):
        raise _RepeatedName


def check_json(body: bytes) -> Any:
    """The document, its numbers as `NumberText` and its objects as `Members`.

    Raises:
        Problem: 400, saying where it stops being JSON.
    """
    if not body.strip():
        raise problems.malformed_json("the body is empty")
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise problems.malformed_json(f"the body is not UTF-8: byte {error.start + 1} is wrong") from None
    try:
        return json.loads(
            text,
            parse_int=NumberText,
            parse_float=NumberText,
            parse_constant=_refuse_constant,
            object_pairs_hook=Members,
        )
    except json.JSONDecodeError as error:
        raise problems.malformed_json(f"line {error.lineno}, column {error.colno}: {_plain(error.msg)}") from None
    except RecursionError:
        raise problems.malformed_json("its arrays and objects are nested too deeply") from None


def _refuse_constant(name: str) -> NoReturn:
    raise problems.malformed_json(f"{name} is not a number in JSON")


def _plain(message: str) -> str:
    """Python's own words for a fault are constants: "Expecting ',' delimiter"."""
    return message[0].lower() + message[1:].removesuffix(" delimiter").removesuffix(" at")
