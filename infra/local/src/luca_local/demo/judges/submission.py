"""Judges the submission by the government's raw log: each grade at its newest version, once, as it is in the table.

Rows are counted as they were written, not what is left of them after the government's own deduplication. What was sent
and refused counts too: bytes that contradict earlier ones are wrong even where the government would not have them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import msgspec

from luca_local.demo.evidence.submission import GradeToSend, Request, Row, SyncEvidence
from luca_local.demo.judges.findings import Fault, Finding


class _Record(msgspec.Struct, frozen=True):
    record_id: str
    version: int


class _Submission(msgspec.Struct, frozen=True):
    submission_id: str
    period: str
    school_id: str
    records: list[msgspec.Raw]


@dataclass(frozen=True, slots=True)
class SubmissionVerdict:
    """What was found; the government's requests are of this period's alone."""

    findings: tuple[Finding, ...]
    grades: int
    batches: int  # submissions of which something was kept
    ledger: int  # records that the government holds
    missing: int
    doubled: int
    stale: int
    violations: int
    refused: int  # grades that the government would not have, and that say so
    max_rate_per_s: int


def judge(evidence: SyncEvidence) -> SubmissionVerdict:
    """Return what is wrong with what the government was sent."""
    journal = evidence.journal
    sent = _Sent.of(journal.requests)
    held = _held(journal.rows)
    rate = busiest_second([request.at for request in journal.requests])
    findings = [
        *_as_in_the_table(evidence.grades, held, sent),
        *_doubled(journal.rows),
        *_falling(journal.rows),
        *sent.findings,
        *(Finding(Fault.VIOLATION, "the contract", rule) for rule in journal.violations if rule != "rate"),
        *_end(evidence),
    ]
    if rate > evidence.rate_limit or "rate" in journal.violations:
        findings.append(Finding(Fault.RATE, "the busiest second", f"{rate} requests; {evidence.rate_limit} allowed"))
    return SubmissionVerdict(
        findings=tuple(findings),
        grades=len(evidence.grades),
        batches=len({row.submission_id for row in journal.rows}),
        ledger=len(held),
        missing=sum(finding.fault is Fault.MISSING for finding in findings),
        doubled=sum(finding.fault is Fault.DOUBLED for finding in findings),
        stale=sum(finding.fault is Fault.STALE for finding in findings),
        violations=sum(finding.fault in {Fault.VIOLATION, Fault.RATE} for finding in findings),
        refused=sum(grade.refused for grade in evidence.grades),
        max_rate_per_s=rate,
    )


def busiest_second(arrivals: Sequence[float]) -> int:
    """Return the most arrivals in any second; two exactly one second apart don't share one.

    >>> busiest_second([0.0, 0.4, 1.0, 1.2])
    3
    """
    ordered = sorted(arrivals)
    most = first = 0
    for last, at in enumerate(ordered):
        while at - ordered[first] >= 1:
            first += 1
        most = max(most, last - first + 1)
    return most


@dataclass(frozen=True, slots=True)
class _Sent:
    """Every record that was in any request's body, by record and version, and what is wrong with the bodies alone."""

    records: Mapping[tuple[str, int], bytes]
    findings: Sequence[Finding]

    @classmethod
    def of(cls, requests: Sequence[Request]) -> "_Sent":
        records: dict[tuple[str, int], bytes] = {}
        bodies: dict[str, bytes] = {}
        findings: list[Finding] = []
        for request in requests:
            if request.method != "POST":
                continue
            try:
                submission = msgspec.json.decode(request.body, type=_Submission)
            except msgspec.DecodeError as error:
                findings.append(Finding(Fault.VIOLATION, f"request {request.number}", f"it is no submission: {error}"))
                continue
            if bodies.setdefault(submission.submission_id, request.body) != request.body:
                findings.append(Finding(Fault.VIOLATION, submission.submission_id, "it was sent with two bodies"))
            for raw in submission.records:
                record = msgspec.json.decode(raw, type=_Record)
                if not record.record_id.startswith(f"{submission.school_id}.{submission.period}."):
                    findings.append(
                        Finding(Fault.FOREIGN, record.record_id, f"it was sent as {submission.school_id}'s")
                    )
                if records.setdefault((record.record_id, record.version), bytes(raw)) != bytes(raw):
                    detail = f"version {record.version} was sent with two contents"
                    findings.append(Finding(Fault.CHANGED, record.record_id, detail))
        return cls(records, findings)


def _held(rows: Sequence[Row]) -> dict[str, int]:
    """The highest version that was accepted of each record."""
    held: dict[str, int] = {}
    for row in rows:
        held[row.record_id] = max(row.version, held.get(row.record_id, 0))
    return held


def _as_in_the_table(grades: Sequence[GradeToSend], held: Mapping[str, int], sent: _Sent) -> Iterator[Finding]:
    for grade in grades:
        version = held.get(grade.record_id)
        if grade.refused:
            if version is not None:
                yield Finding(Fault.FOREIGN, grade.record_id, "it was accepted, though its student is refused")
            if grade.sync_status != "refused":
                yield Finding(Fault.CHANGED, grade.record_id, f"it is refused, and the table says {grade.sync_status}")
        elif version is None:
            yield Finding(Fault.MISSING, grade.record_id, "the government doesn't hold it")
        elif version < grade.version:
            yield Finding(Fault.STALE, grade.record_id, f"version {version} is held, and the grade is {grade.version}")
        elif version > grade.version:
            yield Finding(
                Fault.FOREIGN, grade.record_id, f"version {version} is held, and the grade is {grade.version}"
            )
        else:
            yield from _same(grade, sent.records.get((grade.record_id, version)))
            if grade.sync_status != "synced":
                yield Finding(Fault.CHANGED, grade.record_id, f"it is held, and the table says {grade.sync_status}")
    for record_id in sorted(held.keys() - {grade.record_id for grade in grades}):
        yield Finding(Fault.FOREIGN, record_id, "the government holds it, and there is no such grade")


def _same(grade: GradeToSend, sent: bytes | None) -> Iterator[Finding]:
    if sent is None:
        yield Finding(Fault.FOREIGN, grade.record_id, "it was accepted in no request that was logged")
        return
    told: dict[str, Any] = msgspec.json.decode(sent)
    for name in sorted(grade.record.keys() | told.keys()):
        if (is_ := told.get(name)) != (should := grade.record.get(name)):
            yield Finding(
                Fault.CHANGED, grade.record_id, f"{name} of version {grade.version} is {should}, sent as {is_}"
            )


def _doubled(rows: Sequence[Row]) -> Iterator[Finding]:
    times = Counter((row.record_id, row.version) for row in rows)
    for (record_id, version), count in sorted(times.items()):
        for _ in range(count - 1):
            yield Finding(Fault.DOUBLED, record_id, f"version {version} was accepted {count} times")


def _falling(rows: Sequence[Row]) -> Iterator[Finding]:
    versions: defaultdict[str, list[int]] = defaultdict(list)
    for row in rows:
        versions[row.record_id].append(row.version)
    for record_id, accepted in versions.items():
        if any(later < earlier for earlier, later in pairwise(accepted)):
            yield Finding(Fault.STALE, record_id, f"its versions arrived as {accepted}")


def _end(evidence: SyncEvidence) -> Iterator[Finding]:
    if not evidence.completed:
        yield Finding(Fault.UNFINISHED, "the sync", "its last task did not end in order")
    if evidence.kills < evidence.kills_wanted:
        yield Finding(Fault.UNFINISHED, "the sync", f"it was killed {evidence.kills} times of {evidence.kills_wanted}")
    if not evidence.corrections:
        yield Finding(Fault.UNFINISHED, "the sync", "nobody has corrected a grade meanwhile")
    for fault in sorted(evidence.faults_wanted - set(evidence.journal.met.values())):
        yield Finding(Fault.UNFINISHED, "the government", f"no request has met its {fault}")
