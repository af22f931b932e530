"""What a student did, as an app reported it."""

from typing import Annotated

import msgspec

from luca_shared.records.record import Record
from luca_shared.records.timestamps import Timestamp
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import EventId, PersonId, StudentId
from luca_shared.tenancy.key_types import Key

LIFETIME_DAYS = 30


class Event(Record, frozen=True, kw_only=True, tag="event"):
    """An event of a student.

    `data` is kept as the text of canonical JSON (RFC 8785): JSON's numbers are not DynamoDB's.
    """

    event_id: EventId
    student_id: StudentId
    kind: str
    type: str
    occurred_at: Timestamp
    data: str
    reported_by: PersonId | None = None
    payload_sha256: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
    expires_at: int  # seconds since the epoch, DynamoDB's time to live

    def key(self, context: TenantContext) -> Key:
        """Return where it is stored: its identity is school, student, day and id."""
        return keys.event(context, self.student_id, self.occurred_at[:10], self.event_id)
