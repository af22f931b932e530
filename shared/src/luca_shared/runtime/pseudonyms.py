"""Ids in logs: keyed hashes, so that a line says that two things concern the same student and not which one."""

import hmac
from functools import lru_cache

from luca_shared.runtime.log_values import Pseudonym

_DIGITS = 16


class Pseudonyms:
    """Hashes ids with HMAC-SHA-256 under a key for each school, derived from one secret.

    The same id gives another pseudonym in another school, so that the logs of two schools can't be joined by it. Who
    has the secret can find a given student's lines; who has only the logs can't try out ids.
    """

    def __init__(self, secret: bytes) -> None:
        if len(secret) < 16:
            raise ValueError("the secret of pseudonyms needs at least 16 bytes")
        self._secret = secret
        self._school_key = lru_cache(maxsize=4096)(self._derive)

    def school(self, school_id: str) -> Pseudonym:
        """A school's pseudonym: 16 hex digits."""
        return self._hash(self._secret, "school\0" + school_id)

    def of(self, school_id: str, identifier: str) -> Pseudonym:
        """The pseudonym of a person, a student, a class... of one school: 16 hex digits."""
        return self._hash(self._school_key(school_id), identifier)

    def _derive(self, school_id: str) -> bytes:
        return hmac.digest(self._secret, b"key\0" + school_id.encode(), "sha256")

    def _hash(self, key: bytes, text: str) -> Pseudonym:
        return Pseudonym(hmac.digest(key, text.encode(), "sha256").hex()[:_DIGITS])
