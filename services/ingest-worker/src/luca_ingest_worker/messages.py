"""What a message from the queue says: events that can be stored, and events that are refused, each with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Annotated, Any, Final

import msgspec

from luca_ingest_worker.envelope import events_of
from luca_ingest_worker.permissions import Permissions
from luca_ingest_worker.refusals import Reason, Refusal, Refused
from luca_shared.aws.sqs import Message
from luca_shared.records.canonical_json import NotCanonical, canonical_json, sha256_hex
from luca_shared.records.event import LIFETIME_DAYS, Event
from luca_shared.records.timestamps import timestamp
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import EventId, InvalidId, StudentId, parse_id
from luca_shared.tenancy.key_types import Key

MAX_DATA_BYTES: Final = 4096  # of its canonical text

_LIFETIME = timedelta(days=LIFETIME_DAYS)

# No character that JSON would escape: `_payload` relies on it.
_Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_.-]{1,64}$(?!\n)")]


class _ReportedEvent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kind: _Name
    student_id: StudentId
    type: _Name
    occurred_at: Annotated[datetime, msgspec.Meta(tz=True)]
    event_id: EventId | None = None
    data: dict[str, Any] = {}  # msgspec copies it
    school_id: Any = msgspec.UNSET


class _AnyEvent(msgspec.Struct, frozen=True):
    """As much of an event as tells it from others, should the rest be bad."""

    event_id: EventId | None = None


_decode = msgspec.json.Decoder(_ReportedEvent).decode
_decode_id = msgspec.json.Decoder(_AnyEvent).decode


@dataclass(frozen=True, slots=True)
class Rules:
    """What an event must keep to, beside its form."""

    kinds: frozenset[str]
    permissions: Permissions
    max_age: timedelta
    max_future: timedelta


@dataclass(frozen=True, slots=True)
class AcceptedEvent:
    """An event that can be stored: where, what, and its text as it was sent (should it be refused after all)."""

    context: TenantContext
    key: Key
    record: Event
    text: msgspec.Raw = field(repr=False)

    def refused(self, reason: Reason) -> Refusal:
        """Return what goes to the dead letters in its place."""
        return Refusal(reason, bytes(self.text).decode(), self.record.event_id)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of a message's events."""

    accepted: list[AcceptedEvent]
    refused: list[Refusal]


def judge(message: Message, rules: Rules, now: datetime) -> Judgement:
    """Judge a message's events one by one: a bad one never sinks the others.

    `now` is aware. A message with the attribute `event_id` is a dead letter that was sent back: its body is one event.
    """
    judgement = Judgement([], [])
    try:
        context = _sender(message.attributes)
        redriven_id = _redriven_id(message.attributes)
        texts = events_of(message.body) if redriven_id is None else [msgspec.Raw(message.body)]
    except Refused as refused:
        judgement.refused.append(Refusal(refused.reason, message.body, None))
        return judgement
    for index, text in enumerate(texts):
        fallback_id = redriven_id or EventId(f"{message.message_id}-{index}")
        try:
            judgement.accepted.append(_accept(text, fallback_id, context, rules, now))
        except Refused as refused:
            event_id = _own_id(text) or fallback_id
            judgement.refused.append(Refusal(refused.reason, bytes(text).decode(), event_id))
    return judgement


def _sender(attributes: Mapping[str, str]) -> TenantContext:
    try:
        return TenantContext.of_queue_message(attributes)
    except InvalidId as invalid:
        raise Refused(Reason.WRONG_SCHOOL if invalid.kind == "SchoolId" else Reason.MALFORMED) from None


def _redriven_id(attributes: Mapping[str, str]) -> EventId | None:
    try:
        return parse_id(EventId, attributes["event_id"]) if "event_id" in attributes else None
    except InvalidId:
        raise Refused(Reason.MALFORMED) from None


def _accept(
    text: msgspec.Raw, fallback_id: EventId, context: TenantContext, rules: Rules, now: datetime
) -> AcceptedEvent:
    try:
        event = _decode(text)
        data = canonical_json(event.data)
    except (msgspec.MsgspecError, NotCanonical, RecursionError):
        raise Refused(Reason.MALFORMED) from None
    if event.school_id is not msgspec.UNSET or "school_id" in event.data:
        raise Refused(Reason.WRONG_SCHOOL)
    if event.kind not in rules.kinds:
        raise Refused(Reason.UNKNOWN_KIND)
    if not rules.permissions.allow(context, event.student_id, event.type):
        raise Refused(Reason.NOT_ALLOWED)
    # Compared before it is brought to UTC, which the first and the last day of the calendar can't be.
    if event.occurred_at < now - rules.max_age:
        raise Refused(Reason.TOO_OLD)
    if event.occurred_at > now + rules.max_future:
        raise Refused(Reason.IN_FUTURE)
    if len(data.encode()) > MAX_DATA_BYTES:
        raise Refused(Reason.TOO_LARGE)
    record = _record(event, data, event.event_id or fallback_id, context)
    return AcceptedEvent(context, record.key(context), record, text)


def _record(event: _ReportedEvent, data: str, event_id: EventId, context: TenantContext) -> Event:
    occurred_at = timestamp(event.occurred_at.astimezone(UTC))
    return Event(
        event_id=event_id,
        student_id=event.student_id,
        kind=event.kind,
        type=event.type,
        occurred_at=occurred_at,
        data=data,
        reported_by=context.person_id,
        payload_sha256=sha256_hex(_payload(event, data, occurred_at)),
        expires_at=ceil((event.occurred_at + _LIFETIME).timestamp()),
    )


def _payload(event: _ReportedEvent, data: str, occurred_at: str) -> str:
    """The canonical JSON of what makes two reports of one event the same; the members stand sorted."""
    return (
        f'{{"data":{data},"kind":"{event.kind}","occurred_at":"{occurred_at}",'
        f'"student_id":"{event.student_id}","type":"{event.type}"}}'
    )


def _own_id(text: msgspec.Raw) -> EventId | None:
    try:
        return _decode_id(text).event_id
    except (msgspec.MsgspecError, RecursionError):
        return None
