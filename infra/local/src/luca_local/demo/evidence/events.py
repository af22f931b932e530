"""What was sent at recess, and what has become of it."""

from dataclasses import dataclass

from luca_local.demo.evidence.answered import Answered


@dataclass(frozen=True, slots=True, order=True)
class EventId:
    """What makes an event the same one, however often it is sent; `day` is the UTC day on which it happened."""

    school_id: str
    student_id: str
    day: str
    event_id: str

    def __str__(self) -> str:
        return f"{self.school_id}/{self.student_id}/{self.day}/{self.event_id}"


@dataclass(frozen=True, slots=True)
class Payload:
    """What an event says; `data` as canonical JSON."""

    kind: str
    type: str
    occurred_at: str
    data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SentEvent:
    """An event that can be stored, sent once; `text` is what was sent of it."""

    identity: EventId
    payload: Payload
    text: str
    person_id: str
    answered: Answered


@dataclass(frozen=True, slots=True, kw_only=True)
class SentRubbish:
    """Something that no event can be stored of, sent once, and the reason that it must be put aside with."""

    school_id: str
    text: str
    reason: str
    answered: Answered


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event as the table has it: under which key, and what its attributes say."""

    key: EventId
    student_id: str
    event_id: str
    payload: Payload
    person_id: str


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message of the dead-letter queue."""

    school_id: str
    reason: str
    event_id: str | None
    text: str


@dataclass(frozen=True, slots=True)
class RecessEvidence:
    """What was sent at recess and what has become of it; `left` messages are still on the queue."""

    events: tuple[SentEvent, ...]
    rubbish: tuple[SentRubbish, ...]
    stored: tuple[StoredEvent, ...]
    dead_letters: tuple[DeadLetter, ...]
    left: int
    redelivered: int  # messages that were delivered again
    redelivered_wanted: int
