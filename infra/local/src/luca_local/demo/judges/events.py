"""Judges events: exactly the distinct valid ones are stored, once and as sent; the rest is put aside with a reason.

What makes an event distinct is its identity, not its message: sent twice or delivered twice, it is one. The same
identity with another payload is a contradiction: one of the two is stored, the other one put aside.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from luca_local.demo.evidence.answered import Answered
from luca_local.demo.evidence.events import EventId, RecessEvidence, SentEvent, StoredEvent
from luca_local.demo.judges.findings import Fault, Finding

CONFLICTING: Final = "conflicting-payload"
_SHOWN: Final = 80  # characters


@dataclass(frozen=True, slots=True)
class EventsVerdict:
    """What was found; `sent` counts everything sent, rubbish and repetitions included."""

    findings: tuple[Finding, ...]
    sent: int
    distinct: int  # that must be stored
    stored: int
    lost: int
    doubled: int
    dead_lettered: int  # different things that were put aside


def judge(evidence: RecessEvidence) -> EventsVerdict:
    """Return what is wrong with the events of a recess."""
    sent: defaultdict[EventId, list[SentEvent]] = defaultdict(list)
    for event in evidence.events:
        if event.answered is not Answered.NO:
            sent[event.identity].append(event)
    certain = {identity for identity, each in sent.items() if any(e.answered is Answered.YES for e in each)}
    findings = [
        *_lost(certain, evidence.stored),
        *_doubled(evidence.stored),
        *(finding for event in evidence.stored for finding in _as_sent(event, sent)),
        *_dead_letters(evidence, sent),
    ]
    if evidence.left:
        findings.append(Finding(Fault.UNFINISHED, "the queue", f"{evidence.left} messages are still on it"))
    if evidence.redelivered < evidence.redelivered_wanted:
        detail = f"{evidence.redelivered} messages were delivered again; {evidence.redelivered_wanted} should have been"
        findings.append(Finding(Fault.UNFINISHED, "the queue", detail))
    return EventsVerdict(
        findings=tuple(findings),
        sent=len(evidence.events) + len(evidence.rubbish),
        distinct=len(certain),
        stored=len(evidence.stored),
        lost=sum(finding.fault is Fault.LOST for finding in findings),
        doubled=sum(finding.fault is Fault.DOUBLED for finding in findings),
        dead_lettered=len({(each.school_id, each.reason, each.text) for each in evidence.dead_letters}),
    )


def _lost(certain: set[EventId], stored: tuple[StoredEvent, ...]) -> Iterator[Finding]:
    for identity in sorted(certain - {event.key for event in stored}):
        yield Finding(Fault.LOST, str(identity), "it was accepted, and isn't stored")


def _doubled(stored: tuple[StoredEvent, ...]) -> Iterator[Finding]:
    """One key can't hold two items; but what is one event to its sender can be stored under two keys."""
    times = Counter((event.key.school_id, event.student_id, event.event_id) for event in stored)
    for (school_id, student_id, event_id), count in sorted(times.items()):
        for _ in range(count - 1):
            yield Finding(Fault.DOUBLED, f"{school_id}/{student_id}/{event_id}", f"it is stored {count} times")


def _as_sent(event: StoredEvent, sent: Mapping[EventId, list[SentEvent]]) -> Iterator[Finding]:
    where = str(event.key)
    if (event.student_id, event.event_id) != (event.key.student_id, event.key.event_id):
        yield Finding(Fault.CHANGED, where, "its attributes say that it is another event")
    if event.key not in sent:
        yield Finding(Fault.FOREIGN, where, "it is stored, and nobody has sent it")
        return
    said = {(each.payload, each.person_id) for each in sent[event.key]}
    if (event.payload, event.person_id) not in said:
        yield Finding(Fault.CHANGED, where, f"it says {event.payload} from {event.person_id}, which was never sent")


def _dead_letters(evidence: RecessEvidence, sent: Mapping[EventId, list[SentEvent]]) -> Iterator[Finding]:
    must = {(each.school_id, each.reason, each.text) for each in evidence.rubbish if each.answered is Answered.YES}
    may = {(each.school_id, each.reason, each.text) for each in evidence.rubbish}
    stored = {event.key: event.payload for event in evidence.stored}
    for identity, events in sent.items():
        for event in events:
            letter = (identity.school_id, CONFLICTING, event.text)
            if event.payload != stored.get(identity, event.payload):
                may.add(letter)
                must |= {letter} if event.answered is Answered.YES else set()
    found = {(letter.school_id, letter.reason, letter.text) for letter in evidence.dead_letters}
    for school_id, reason, text in sorted(must - found):
        yield Finding(Fault.LOST, school_id, f"this was not put aside as {reason}: {text[:_SHOWN]}")
    for school_id, reason, text in sorted(found - may):
        yield Finding(Fault.FOREIGN, school_id, f"this was put aside as {reason}, for nothing: {text[:_SHOWN]}")
