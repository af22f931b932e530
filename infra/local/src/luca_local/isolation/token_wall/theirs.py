"""What a token says that somebody of one school has made to be taken for one of another's."""

from collections.abc import Iterator
from typing import Any, Final

from luca_local.isolation.token_wall.minting import claims
from luca_local.isolation.token_wall.rig import THEIRS

SCHOOL: Final = "custom:school_id"
PERSON: Final = "custom:person_id"
DAY: Final = 86_400

Made = Iterator[tuple[str, str]]
"""Tokens, with what is wrong with each."""


def theirs(**changes: Any) -> dict[str, Any]:
    """Return claims of somebody of the other school."""
    return claims(**{SCHOOL: THEIRS, **changes})
