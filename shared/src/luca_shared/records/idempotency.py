"""The first answer to a request that carried an `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header)."""

from enum import StrEnum

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

    `expires_at` is checked on every read: DynamoDB deletes expired items days late.
    """

    digest: str  # of person, route and key
    request_sha256: str
    state: IdempotencyState
    status: int | None = None
    body: bytes | None = None  # ciphertext: an answer holds personal data
    expires_at: int

    def key(self, context: TenantContext) -> Key:
        """Return where it is stored."""
        return keys.idempotency(context, self.digest)
