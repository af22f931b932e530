"""Canonical JSON (RFC 8785): one text for one value, so that a hash of it is a hash of the value."""

import hashlib
from typing import Any

import rfc8785


class NotCanonical(ValueError):
    """The value has no canonical JSON; the text does not repeat it."""

    def __init__(self) -> None:
        super().__init__(
            "JSON can't hold this value exactly: a whole number beyond 2**53, a number without end, half a character, "
            "or lists without end"
        )


def canonical_json(value: Any) -> str:
    """Return the canonical text of what a JSON document holds.

    Members are sorted, numbers are what ECMAScript prints (`1.0` is `1`), and nothing is between the tokens.

    Raises:
        NotCanonical: another reader of the text might get another value than this one.
    """
    try:
        return rfc8785.dumps(value).decode()
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError):  # the second one of a member's name
        raise NotCanonical from None


def sha256_hex(text: str) -> str:
    """Return the SHA-256 of a text's UTF-8, as 64 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()
