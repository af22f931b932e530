"""The events of a small recess: good ones, the same again, two that contradict each other, and rubbish."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from luca_local.demo.evidence.answered import Answered
from luca_local.demo.evidence.events import EventId, Payload, SentEvent, SentRubbish

SCHOOLS: Final = ("norte", "norte-2")  # one id is the beginning of the other
_PERSON: Final = "p9"
_STUDENTS: Final = 4
_EVENTS: Final = 34
_A_MESSAGE: Final = 3


@dataclass(frozen=True, slots=True)
class EventMessage:
    """One message of the queue: the texts of its events, or one text in which no event can be told apart (`broken`)."""

    school_id: str
    texts: tuple[str, ...]
    refused: Mapping[int, str] = field(default_factory=dict)  # place in the message -> for which reason
    roles: str = "teacher"
    broken: bool = False

    @property
    def body(self) -> str:
        """As the edge puts it on the queue."""
        return self.texts[0] if self.broken else f'{{"events":[{",".join(self.texts)}]}}'

    @property
    def attributes(self) -> dict[str, str]:
        """As the edge sets them."""
        return {
            "school_id": self.school_id,
            "person_id": _PERSON,
            "roles": self.roles,
            "correlation_id": f"chaos-{self.school_id}",
        }

    def sent(self, message_id: str) -> tuple[list[SentEvent], list[SentRubbish]]:
        """Return what a judge has to know of it, once it was accepted by the queue under this id."""
        events: list[SentEvent] = []
        rubbish: list[SentRubbish] = []
        for place, text in enumerate(self.texts):
            if reason := "malformed" if self.broken else self.refused.get(place):
                rubbish.append(SentRubbish(school_id=self.school_id, text=text, reason=reason, answered=Answered.YES))
            else:
                events.append(_sent(self.school_id, text, f"{message_id}-{place}"))
        return events, rubbish


def waves(name: str) -> tuple[list[EventMessage], list[EventMessage]]:
    """Return the messages of a recess whose events have this name in their ids.

    The second wave comes when some of the first is stored: so its repetitions meet what is in the table already, and
    those of the first wave each other in the worker.
    """
    good = [_event(f"{name}-e{number}", student=number) for number in range(_EVENTS)]
    plain = [
        EventMessage(SCHOOLS[number % 2], tuple(good[first : first + _A_MESSAGE]))
        for number, first in enumerate(range(0, _EVENTS, _A_MESSAGE))
    ]
    first_wave = [
        *plain,
        plain[1],
        EventMessage(SCHOOLS[1], (_event(f"{name}-twice", student=2),) * 2),
        EventMessage(SCHOOLS[1], (_event(None, student=3), _event(None, student=3))),  # their places tell them apart
        EventMessage(SCHOOLS[1], (_event(f"{name}-not-his", student=2),), refused={0: "not-allowed"}, roles="student"),
        EventMessage(SCHOOLS[1], (f'{{"events": [{name}',), broken=True),
    ]
    second_wave = [
        plain[0],
        EventMessage(
            SCHOOLS[0], (_event(f"{name}-e0", student=0, type="demerit"), _event(f"{name}-beside", student=1))
        ),
        EventMessage(
            SCHOOLS[0],
            (_event(f"{name}-kind", student=1, kind="weather"), _event(f"{name}-neighbour", student=1)),
            refused={0: "unknown-kind"},
        ),
        EventMessage(SCHOOLS[1], (_event(f"{name}-last", student=3),)),
    ]
    return first_wave, second_wave


def _event(event_id: str | None, *, student: int, kind: str = "behavior", type: str = "merit") -> str:  # noqa: A002
    event: dict[str, Any] = {
        "kind": kind,
        "student_id": f"s{student % _STUDENTS}",
        "type": type,
        "occurred_at": f"{datetime.now(UTC):%Y-%m-%dT%H:00:00.000Z}",
        "data": {"points": 1},
    }
    return json.dumps(event if event_id is None else {"event_id": event_id, **event})


def _sent(school_id: str, text: str, fallback_id: str) -> SentEvent:
    event = json.loads(text)
    occurred_at = event["occurred_at"]
    return SentEvent(
        identity=EventId(school_id, event["student_id"], occurred_at[:10], event.get("event_id", fallback_id)),
        payload=Payload(event["kind"], event["type"], occurred_at, json.dumps(event["data"], separators=(",", ":"))),
        text=text,
        person_id=_PERSON,
        answered=Answered.YES,
    )
