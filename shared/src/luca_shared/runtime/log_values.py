"""What a log line may hold: a value whose type says that it is nobody's name, grade or token.

A plain `str` can be anything that a person typed or a dependency said, so it is withheld. Who knows that a text is
public says so with `Public`; an id goes in as a `Pseudonym`.
"""

import math
from datetime import datetime, timedelta
from enum import Enum
from typing import Any


class Public(str):
    """A text that may be published: a constant, an error code, a route's template, an address of ours.

    Never what a person typed, an id of the table, or an exception's text.
    """

    __slots__ = ()


class Pseudonym(str):
    """An id's keyed hash; made by `luca_shared.runtime.pseudonyms` alone."""

    __slots__ = ()


def loggable(value: Any) -> Any:
    """The value as a log line may show it, in JSON's types; what isn't known to be safe becomes its type's name."""
    match value:
        case Public() | Pseudonym():
            safe: Any = str(value)
        case Enum():
            safe = value.value if isinstance(value.value, str | int) else value.name
        case None | bool() | int():
            safe = value
        case float():
            safe = value if math.isfinite(value) else str(value)
        case datetime():
            safe = value.isoformat()
        case timedelta():
            safe = value.total_seconds()
        case list() | tuple() | set() | frozenset():
            safe = [loggable(inner) for inner in value]
        case dict():
            safe = {str(loggable(name)): loggable(inner) for name, inner in value.items()}
        case _:
            safe = f"<{type(value).__name__} withheld>"
    return safe
