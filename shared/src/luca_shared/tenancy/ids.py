"""Ids as types, so that a text which breaks an id's rules can't travel on as one.

No id can hold `#` or `*`: the first separates a key's parts, the second is a wildcard in a policy. A school's id is
lower case and starts with a letter or digit, so that two schools never differ only in case.
"""

from collections.abc import Callable
from typing import Annotated, NewType, TypeVar

import msgspec

# `$` also matches before a final line feed in Python (not in ECMA-262, which JSON Schema speaks), hence the look-ahead.
_SCHOOL = r"^[a-z0-9][a-z0-9-]{0,62}$(?!\n)"
_OPAQUE = r"^[A-Za-z0-9_-]{1,64}$(?!\n)"

SchoolId = NewType("SchoolId", Annotated[str, msgspec.Meta(pattern=_SCHOOL)])
PersonId = NewType("PersonId", Annotated[str, msgspec.Meta(pattern=_OPAQUE)])
StudentId = NewType("StudentId", Annotated[str, msgspec.Meta(pattern=_OPAQUE)])
ClassId = NewType("ClassId", Annotated[str, msgspec.Meta(pattern=_OPAQUE)])
AssessmentId = NewType("AssessmentId", Annotated[str, msgspec.Meta(pattern=_OPAQUE)])
Term = NewType("Term", Annotated[str, msgspec.Meta(pattern=_OPAQUE)])
Subject = NewType("Subject", Annotated[str, msgspec.Meta(pattern=_OPAQUE)])
EventId = NewType("EventId", Annotated[str, msgspec.Meta(pattern=_OPAQUE)])

Id = TypeVar("Id", bound=str)


class InvalidId(ValueError):
    """A text is not an id of the kind that was asked for; the text itself is not repeated (it may be anything)."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"not a valid {kind}")
        self.kind = kind


def parse_id(kind: Callable[[str], Id], text: object) -> Id:
    """Return `text` as an id of `kind`.

    Raises:
        InvalidId: when it breaks the rules of that kind.
    """
    try:
        return msgspec.convert(text, kind)  # type: ignore[no-any-return]  # its stub takes only types
    except msgspec.ValidationError:
        raise InvalidId(getattr(kind, "__name__", "id")) from None
