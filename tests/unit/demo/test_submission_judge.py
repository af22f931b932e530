"""The judge of the submission: a raw log that matches the table passes, and each thing that can go wrong is found."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luca_local.demo.evidence.submission import GradeToSend, Journal, Request, Row, SyncEvidence
from luca_local.demo.judges.findings import Fault
from luca_local.demo.judges.submission import busiest_second, judge

PERIOD = "2026-Q4"


def record(student: int, version: int = 1, score: float = 8.5) -> dict[str, Any]:
    return {
        "record_id": f"norte.{PERIOD}.c1.a1.s{student}",
        "version": version,
        "student_id": f"s{student}",
        "status": "scored",
        "score": score,
        "max_score": 10,
        "letter": "B",
        "recorded_at": f"2026-11-24T10:00:0{version}.000Z",
    }


def request(number: int, submission_id: str, *records: dict[str, Any], school_id: str = "norte") -> Request:
    body = {"submission_id": submission_id, "period": PERIOD, "school_id": school_id, "records": records}
    return Request(number, number * 0.6, "POST", "/v1/submissions", json.dumps(body).encode())


def row(number: int, submission_id: str, student: int, version: int = 1) -> Row:
    return Row(number, f"norte.{PERIOD}.c1.a1.s{student}", version, f"hash {student} {version}", submission_id)


def grade(student: int, version: int = 1, *, refused: bool = False) -> GradeToSend:
    return GradeToSend(
        record_id=f"norte.{PERIOD}.c1.a1.s{student}",
        school_id="norte",
        version=version,
        record=record(student, version),
        refused=refused,
        sync_status="refused" if refused else "synced",
    )


# The answer to the first submission got lost, so it came twice; then one grade was corrected. The third is unwanted.
JOURNAL = Journal(
    requests=(
        request(1, "b1", record(1), record(2), record(3)),
        request(2, "b1", record(1), record(2), record(3)),
        Request(3, 1.9, "GET", "/v1/submissions/b1", b""),
        request(4, "b2", record(1, 2)),
    ),
    rows=(row(1, "b1", 1), row(1, "b1", 2), row(4, "b2", 1, 2)),
    met={1: "kept-but-dropped", 2: "none", 3: "none", 4: "none"},
    violations=(),
)
GOOD = SyncEvidence(
    period=PERIOD,
    journal=JOURNAL,
    grades=(grade(1, 2), grade(2), grade(3, refused=True)),
    corrections=1,
    kills=3,
    kills_wanted=3,
    faults_wanted=frozenset({"kept-but-dropped"}),
    rate_limit=2,
    completed=True,
)


def with_journal(evidence: SyncEvidence, **changes: Any) -> SyncEvidence:
    return replace(evidence, journal=replace(evidence.journal, **changes))


def with_grade(evidence: SyncEvidence, place: int, **changes: Any) -> SyncEvidence:
    grades = list(evidence.grades)
    grades[place] = replace(grades[place], **changes)
    return replace(evidence, grades=tuple(grades))


def faults(evidence: SyncEvidence) -> set[Fault]:
    return {finding.fault for finding in judge(evidence).findings}


def test_every_grade_at_its_latest_version_once_passes() -> None:
    verdict = judge(GOOD)
    assert verdict.findings == ()
    assert (verdict.grades, verdict.batches, verdict.ledger, verdict.refused) == (3, 2, 2, 1)
    assert (verdict.missing, verdict.doubled, verdict.stale, verdict.violations) == (0, 0, 0, 0)
    assert verdict.max_rate_per_s == 2


PLANTED: dict[str, tuple[Callable[[SyncEvidence], SyncEvidence], Fault]] = {
    "a grade never arrived": (
        lambda good: with_journal(good, rows=(JOURNAL.rows[0], JOURNAL.rows[2])),
        Fault.MISSING,
    ),
    "a correction never arrived": (lambda good: with_journal(good, rows=JOURNAL.rows[:2]), Fault.STALE),
    "a lower version was accepted after a higher one": (
        lambda good: with_journal(good, rows=(JOURNAL.rows[2], JOURNAL.rows[1], JOURNAL.rows[0])),
        Fault.STALE,
    ),
    "a version was accepted twice": (
        lambda good: with_journal(good, rows=(*JOURNAL.rows, row(4, "b3", 2))),
        Fault.DOUBLED,
    ),
    "a version was sent with two contents": (
        lambda good: with_journal(good, requests=(*JOURNAL.requests, request(5, "b3", record(2, score=1)))),
        Fault.CHANGED,
    ),
    "a submission was sent with two bodies": (
        lambda good: with_journal(good, requests=(*JOURNAL.requests, request(5, "b1", record(1)))),
        Fault.VIOLATION,
    ),
    "a request was no submission": (
        lambda good: with_journal(good, requests=(*JOURNAL.requests, Request(5, 9, "POST", "/v1/submissions", b"{"))),
        Fault.VIOLATION,
    ),
    "what was sent is not what the table says": (
        lambda good: with_grade(good, 1, record=record(2, score=3)),
        Fault.CHANGED,
    ),
    "a newer version is held than there is": (lambda good: with_grade(good, 0, version=1), Fault.FOREIGN),
    "a grade is held that doesn't exist": (
        lambda good: with_journal(good, rows=(*JOURNAL.rows, row(4, "b2", 9))),
        Fault.FOREIGN,
    ),
    "a record was sent as another school's": (
        lambda good: with_journal(good, requests=(*JOURNAL.requests, request(5, "b9", record(2), school_id="norte-2"))),
        Fault.FOREIGN,
    ),
    "a row has no request": (
        lambda good: with_journal(good, requests=JOURNAL.requests[3:]),
        Fault.FOREIGN,
    ),
    "an unwanted grade was accepted": (
        lambda good: with_journal(good, rows=(*JOURNAL.rows, row(1, "b1", 3))),
        Fault.FOREIGN,
    ),
    "an unwanted grade doesn't say so": (lambda good: with_grade(good, 2, sync_status="pending"), Fault.CHANGED),
    "a grade that is held is not marked": (lambda good: with_grade(good, 1, sync_status="pending"), Fault.CHANGED),
    "the government saw its contract broken": (
        lambda good: with_journal(good, violations=("same id, same bytes",)),
        Fault.VIOLATION,
    ),
    "the government saw too many requests": (lambda good: with_journal(good, violations=("rate",)), Fault.RATE),
    "there were too many requests in a second": (
        lambda good: with_journal(good, requests=(*JOURNAL.requests, Request(5, 2.0, "GET", "/v1/records", b""))),
        Fault.RATE,
    ),
    "the sync did not end": (lambda good: replace(good, completed=False), Fault.UNFINISHED),
    "it was not killed often enough": (lambda good: replace(good, kills=2), Fault.UNFINISHED),
    "nobody has corrected anything": (lambda good: replace(good, corrections=0), Fault.UNFINISHED),
    "a fault of the government was never met": (
        lambda good: replace(good, faults_wanted=frozenset({"slow-drip"})),
        Fault.UNFINISHED,
    ),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_each_fault_is_found(planted: str) -> None:
    plant, fault = PLANTED[planted]
    assert fault in faults(plant(GOOD))


def test_violations_of_the_rate_count_as_violations() -> None:
    assert judge(with_journal(GOOD, violations=("rate",))).violations == 1


@given(st.lists(st.floats(0, 4), max_size=30))
def test_the_busiest_second_is_the_one_that_counting_by_hand_finds(arrivals: list[float]) -> None:
    assert busiest_second(arrivals) == max((within(arrivals, start) for start in arrivals), default=0)


def within(arrivals: Sequence[float], start: float) -> int:
    return sum(0 <= at - start < 1 for at in arrivals)
