"""The first answer to a request that carried an `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header)."""

from enum import StrEnum

import msgspec

from luca_shared.records.record import Record
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.key_types import Key

LIFETIME_SECONDS = 24 * 3600


class IdempotencyState(StrEnum):
    """Whether the first request has been answered."""

    IN_WORK = "in-work"
    ANSWERED = "answered"


class IdempotencyRecord(Record, frozen=True, kw_only=True, tag="idempotency"):
    """A request and, once there is one, its answer.

    `expires_at` (seconds since the epoch) is checked on every read: DynamoDB deletes expired items days late. While the
    request is in work it is the end of the time that the request has, so that one that was killed blocks nobody.
    """

    digest: str  # of person, route and key
    request_sha256: str
    state: IdempotencyState
    attempt: str  # tells those apart who have worked at the request
    status: int | None = None
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    body: bytes | None = None  # ciphertext: an answer holds personal data
    expires_at: int

    def key(self, context: TenantContext) -> Key:
        """Return where it is stored."""
        return keys.idempotency(context, self.digest)
