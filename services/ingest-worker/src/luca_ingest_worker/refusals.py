"""Why an event is not stored, and what goes to the dead letters in its place."""

from dataclasses import dataclass, field
from enum import StrEnum


class Reason(StrEnum):
    """Why an event can never be stored as it is; the dead letter's attribute `reason`."""

    MALFORMED = "malformed"
    UNKNOWN_KIND = "unknown-kind"
    NOT_ALLOWED = "not-allowed"
    WRONG_SCHOOL = "wrong-school"
    TOO_OLD = "too-old"
    IN_FUTURE = "in-future"
    TOO_LARGE = "too-large"
    CONFLICTING_PAYLOAD = "conflicting-payload"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class Refusal:
    """An event that is refused, or a whole message in which no events can be told apart.

    Attributes:
        body: The text of the one event, exactly as it was sent; of the whole message when `event_id` is None.
        event_id: The event's identity, by which a redriven dead letter is known again.
    """

    reason: Reason
    body: str = field(repr=False)
    event_id: str | None = field(repr=False)


class Refused(Exception):
    """What is being judged is refused."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason
