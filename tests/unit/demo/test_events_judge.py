"""The judge of events: what was sent and is stored once passes, and each thing that can go wrong makes it fail."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from luca_local.demo.evidence.answered import Answered
from luca_local.demo.evidence.events import (
    DeadLetter,
    EventId,
    Payload,
    RecessEvidence,
    SentEvent,
    SentRubbish,
    StoredEvent,
)
from luca_local.demo.judges.events import judge
from luca_local.demo.judges.findings import Fault

DAY = "2026-11-24"


def identity(number: int, school_id: str = "norte", day: str = DAY) -> EventId:
    return EventId(school_id, "s1", day, f"e{number}")


def payload(points: int) -> Payload:
    return Payload("behavior", "participation", f"{DAY}T10:30:00.000Z", f'{{"points":{points}}}')


def sent(number: int, points: int = 1, *, answered: Answered = Answered.YES) -> SentEvent:
    return SentEvent(
        identity=identity(number), payload=payload(points), text=f"{number}:{points}", person_id="s1", answered=answered
    )


def stored(number: int, points: int = 1, key: EventId | None = None) -> StoredEvent:
    return StoredEvent(key or identity(number), "s1", f"e{number}", payload(points), "s1")


def letter(reason: str, text: str, school_id: str = "norte") -> DeadLetter:
    return DeadLetter(school_id, reason, None, text)


RUBBISH = SentRubbish(school_id="norte", text="{", reason="malformed", answered=Answered.YES)
# The second is sent twice; the third contradicts itself.
GOOD = RecessEvidence(
    events=(sent(1), sent(2), sent(2), sent(3, 1), sent(3, 99)),
    rubbish=(RUBBISH,),
    stored=(stored(1), stored(2), stored(3, 99)),
    dead_letters=(letter("malformed", "{"), letter("conflicting-payload", "3:1")),
    left=0,
    redelivered=2,
    redelivered_wanted=2,
)


def faults(evidence: RecessEvidence) -> set[Fault]:
    return {finding.fault for finding in judge(evidence).findings}


def test_distinct_valid_events_stored_once_pass() -> None:
    verdict = judge(GOOD)
    assert verdict.findings == ()
    assert (verdict.sent, verdict.distinct, verdict.stored, verdict.dead_lettered) == (6, 3, 3, 2)
    assert (verdict.lost, verdict.doubled) == (0, 0)


def test_of_a_contradiction_either_may_be_stored() -> None:
    other = replace(
        GOOD,
        stored=(stored(1), stored(2), stored(3, 1)),
        dead_letters=(letter("malformed", "{"), letter("conflicting-payload", "3:99")),
    )
    assert judge(other).findings == ()


@pytest.mark.parametrize("there", [True, False])
def test_what_was_not_acknowledged_may_be_stored_or_not(there: bool) -> None:
    evidence = replace(
        GOOD,
        events=(*GOOD.events, sent(4, answered=Answered.MAYBE)),
        stored=(*GOOD.stored, stored(4)) if there else GOOD.stored,
    )
    assert judge(evidence).findings == ()


def test_a_dead_letter_may_be_there_twice_for_its_message_can_come_twice() -> None:
    evidence = replace(GOOD, dead_letters=(*GOOD.dead_letters, *GOOD.dead_letters))
    assert judge(evidence).findings == ()
    assert judge(evidence).dead_lettered == 2


PLANTED: dict[str, tuple[Callable[[RecessEvidence], RecessEvidence], Fault]] = {
    "an event is lost": (lambda good: replace(good, stored=good.stored[1:]), Fault.LOST),
    "an event is under another day as well": (
        lambda good: replace(good, stored=(*good.stored, stored(1, key=identity(1, day="2026-11-25")))),
        Fault.DOUBLED,
    ),
    "an event is there that nobody has sent": (
        lambda good: replace(good, stored=(*good.stored, stored(9))),
        Fault.FOREIGN,
    ),
    "an event is in another school": (
        lambda good: replace(good, stored=(*good.stored, stored(1, key=identity(1, school_id="norte-2")))),
        Fault.FOREIGN,
    ),
    "an event that was not accepted is stored": (
        lambda good: replace(
            good, events=(*good.events, sent(4, answered=Answered.NO)), stored=(*good.stored, stored(4))
        ),
        Fault.FOREIGN,
    ),
    "an event says something else": (
        lambda good: replace(good, stored=(stored(1, 7), *good.stored[1:])),
        Fault.CHANGED,
    ),
    "an event is somebody else's": (
        lambda good: replace(good, stored=(replace(good.stored[0], person_id="s2"), *good.stored[1:])),
        Fault.CHANGED,
    ),
    "an event's attributes name another one": (
        lambda good: replace(good, stored=(replace(good.stored[0], event_id="e7"), *good.stored[1:])),
        Fault.CHANGED,
    ),
    "rubbish was not put aside": (lambda good: replace(good, dead_letters=good.dead_letters[1:]), Fault.LOST),
    "rubbish was put aside for another reason": (
        lambda good: replace(good, dead_letters=(letter("too-old", "{"), good.dead_letters[1])),
        Fault.FOREIGN,
    ),
    "rubbish was put aside as another school's": (
        lambda good: replace(good, dead_letters=(letter("malformed", "{", "sur"), good.dead_letters[1])),
        Fault.FOREIGN,
    ),
    "a contradiction was dropped silently": (
        lambda good: replace(good, dead_letters=good.dead_letters[:1]),
        Fault.LOST,
    ),
    "a good event was put aside": (
        lambda good: replace(good, dead_letters=(*good.dead_letters, letter("malformed", "1:1"))),
        Fault.FOREIGN,
    ),
    "messages are left on the queue": (lambda good: replace(good, left=3), Fault.UNFINISHED),
    "nothing was delivered again": (lambda good: replace(good, redelivered=0), Fault.UNFINISHED),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_each_fault_is_found(planted: str) -> None:
    plant, fault = PLANTED[planted]
    assert fault in faults(plant(GOOD))
