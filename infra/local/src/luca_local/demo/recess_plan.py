"""What the phones send when recess begins: thousands of events, some twice, and among them what can't be stored.

Everything is one event a message. It is planned before it is sent, so that it is known what has to come of each.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from luca_local.demo.evidence.answered import Answered
from luca_local.demo.evidence.events import EventId, Payload, SentEvent, SentRubbish
from luca_local.seed.plan import SchoolPlan
from luca_shared.records.timestamps import timestamp
from luca_shared.tenancy.context import Role

_TWICE: Final = 0.1
_TOO_LARGE: Final = 5_000  # bytes of data; 4,096 are allowed
_NAMELESS: Final = 5
_NO_JSON: Final = '{"events": [{"kind": "behavior", '


@dataclass(frozen=True, slots=True)
class Message:
    """One event on its way, from somebody who is who he or she says.

    Attributes:
        event: What the event says; empty when the body is no JSON.
        reason: Why it can't be stored; None when it can.
    """

    school_id: str
    person_id: str
    role: Role
    event: Mapping[str, Any] = field(hash=False)
    reason: str | None = None

    @property
    def text(self) -> str:
        """The event as it is sent; a dead letter shows the very same text."""
        return json.dumps(self.event, ensure_ascii=False) if self.event else _NO_JSON

    @property
    def body(self) -> str:
        """The whole message."""
        return f'{{"events": [{self.text}]}}' if self.event else self.text

    def sent(self, answered: Answered, *, message_id: str = "") -> SentEvent | SentRubbish:
        """Return the evidence of its having been sent; the queue's id names an event that has no id of its own."""
        if self.reason is not None:
            return SentRubbish(school_id=self.school_id, text=self.text, reason=self.reason, answered=answered)
        event = self.event
        event_id = event.get("event_id") or f"{message_id}-0"
        return SentEvent(
            identity=EventId(self.school_id, event["student_id"], event["occurred_at"][:10], event_id),
            payload=Payload(event["kind"], event["type"], event["occurred_at"], canonical(event["data"])),
            text=self.text,
            person_id=self.person_id,
            answered=answered,
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """All that is sent.

    Attributes:
        crowd: One school's, all at once.
        nameless: Events without an id.
        trickle: Each school's, through the edge meanwhile.
    """

    crowd: Sequence[Message]
    nameless: Sequence[Message]
    trickle: Sequence[Sequence[Message]]

    def __len__(self) -> int:
        return len(self.crowd) + len(self.nameless) + sum(map(len, self.trickle))


def plan(schools: Sequence[SchoolPlan], chance: Random, now: datetime, *, crowd: int, trickle: int) -> Plan:
    """Return a recess of the first school: `crowd` events, some rubbish among them, and `trickle` of each school."""
    crowded, *others = schools
    messages = [
        *of_students(crowded, crowd, chance, now),
        *contradiction(crowded, chance, now),
        *rubbish(crowded, others, chance, now),
    ]
    chance.shuffle(messages)
    return Plan(
        crowd=messages,
        nameless=nameless(crowded, _NAMELESS, chance, now),
        trickle=[merits(school, trickle, chance, now) for school in schools],
    )


def canonical(data: Mapping[str, Any]) -> str:
    """Return data as RFC 8785 has it: members sorted and nothing between the tokens (texts and whole numbers only)."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def of_students(plan: SchoolPlan, count: int, chance: Random, now: datetime) -> list[Message]:
    """Return so many messages of a school's students, each about itself; a tenth of them are there twice."""
    once = [_by_student(plan, chance, now) for _ in range(round(count / (1 + _TWICE)))]
    messages = once + chance.sample(once, count - len(once))
    chance.shuffle(messages)
    return messages


def nameless(plan: SchoolPlan, count: int, chance: Random, now: datetime) -> list[Message]:
    """Return events without an id, of which the queue's id of the message makes one."""
    messages = [_by_student(plan, chance, now) for _ in range(count)]
    return [_without(message, "event_id") for message in messages]


def contradiction(plan: SchoolPlan, chance: Random, now: datetime) -> list[Message]:
    """Return two messages that say different things of what is the same event."""
    one = _by_student(plan, chance, now)
    return [one, _with(one, data={"points": 99})]


def merits(plan: SchoolPlan, count: int, chance: Random, now: datetime) -> list[Message]:
    """Return what teachers report about students."""
    teachers = [account for account in plan.accounts if account.role is Role.TEACHER]
    return [
        Message(
            plan.school.school_id,
            (teacher := chance.choice(teachers)).person_id,
            teacher.role,
            _event(chance, now, chance.choice(plan.students).student_id, "merit", {"points": chance.randint(1, 5)}),
        )
        for _ in range(count)
    ]


def rubbish(plan: SchoolPlan, others: Sequence[SchoolPlan], chance: Random, now: datetime) -> Iterator[Message]:
    """Return one message for each reason for which an event is put aside, and another for some."""
    good = _by_student(plan, chance, now)
    another = next(each.student_id for each in plan.students if each.student_id != good.person_id)

    def bad(reason: str, **changes: Any) -> Message:
        event_id = f"bad-{chance.getrandbits(64):016x}"
        return _with(good, reason=reason, event_id=event_id, **changes)

    yield Message(good.school_id, good.person_id, good.role, {}, "malformed")
    yield _without(bad("malformed"), "student_id")
    yield bad("malformed", points=1)
    yield bad("malformed", occurred_at="yesterday")
    yield bad("unknown-kind", kind="weather")
    yield bad("not-allowed", type="merit")
    yield bad("not-allowed", student_id=another)
    yield bad("wrong-school", school_id=others[0].school.school_id)
    yield bad("wrong-school", data={"school_id": others[0].school.school_id})
    yield bad("too-old", occurred_at=timestamp(now - timedelta(days=8)))
    yield bad("in-future", occurred_at=timestamp(now + timedelta(hours=1)))
    yield bad("too-large", data={"text": "x" * _TOO_LARGE})


def _by_student(plan: SchoolPlan, chance: Random, now: datetime) -> Message:
    student_id = chance.choice(plan.students).student_id
    kind, data = chance.choice(
        (
            ("app_open", {"screen": "inicio"}),
            ("session", {"seconds": chance.randint(1, 900)}),
            ("participation", {"points": chance.randint(1, 3), "note": "levantó la mano ✋"}),
        )
    )
    return Message(plan.school.school_id, student_id, Role.STUDENT, _event(chance, now, student_id, kind, data))


def _event(chance: Random, now: datetime, student_id: str, kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "event_id": f"{chance.getrandbits(128):032x}",
        "kind": "behavior",
        "student_id": student_id,
        "type": kind,
        "occurred_at": timestamp(now - timedelta(milliseconds=chance.randint(0, 20_000))),
        "data": data,
    }


def _with(message: Message, *, reason: str | None = None, **changes: Any) -> Message:
    return Message(message.school_id, message.person_id, message.role, {**message.event, **changes}, reason)


def _without(message: Message, name: str) -> Message:
    event = {key: value for key, value in message.event.items() if key != name}
    return Message(message.school_id, message.person_id, message.role, event, message.reason)
