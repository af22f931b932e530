"""JSON objects from strangers, read so that no two readers can understand them differently.

Python's parser keeps the last of two members of one name, others keep the first: a token that says two schools would
be one school's here and another's there. So a name that occurs twice is refused, at any depth.
"""

import json
from typing import Any, NoReturn


class NotStrictJson(ValueError):
    """A text is not JSON, not an object, or ambiguous."""


def parse_object(text: bytes) -> dict[str, Any]:
    """Parse a JSON object in UTF-8.

    Raises:
        NotStrictJson: it is not one, a name occurs twice in it, or it is nested too deeply.
    """
    try:
        value = _DECODER.decode(text.decode())
    except (ValueError, RecursionError):  # UnicodeDecodeError, JSONDecodeError and too long numbers are ValueErrors
        raise NotStrictJson("not an unambiguous JSON object") from None
    if not isinstance(value, dict):
        raise NotStrictJson("not a JSON object")
    return value


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(members)
    if len(result) != len(members):
        raise ValueError("a name occurs twice")
    return result


def _no_constant(_: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_constant)
