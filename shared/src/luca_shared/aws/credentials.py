"""The credentials that one AWS call is signed with."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Credentials:
    """An access key and what belongs to it; the secrets stay out of every repr.

    Attributes:
        expires_at: When AWS stops accepting them (aware, UTC); None for keys that don't expire.
    """

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None
