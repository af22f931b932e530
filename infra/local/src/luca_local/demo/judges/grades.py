"""Judges grades: every acknowledged write is in its grade's history, once, and nothing else is.

A grade's history has to be the versions 1, 2, 3, ... without a hole, the last of them the grade itself. A write that
named version 2 and was acknowledged is version 3, as it was sent; one without an answer may be there or not; whatever
else is there nobody has asked for. So two people can't both have replaced the same version: one of them would be lost.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from luca_local.demo.evidence.answered import Answered
from luca_local.demo.evidence.grades import Cell, Entry, LessonEvidence, StoredGrade, StoredVersion
from luca_local.demo.judges.findings import Fault, Finding


@dataclass(frozen=True, slots=True)
class GradesVerdict:
    """What was found."""

    findings: tuple[Finding, ...]
    grades: int
    versions: int
    acknowledged: int  # writes
    unknown: int
    lost_updates: int


def judge(evidence: LessonEvidence) -> GradesVerdict:
    """Return what is wrong with the grades that teachers have written."""
    asked: defaultdict[Cell, list[Entry]] = defaultdict(list)
    for entry in evidence.entries:
        asked[entry.cell].append(entry)
    stored = {grade.cell: grade for grade in evidence.grades}
    findings = list(_unfinished(evidence))
    for cell in sorted(asked.keys() | stored.keys()):
        findings += _chain(cell, asked[cell], stored.get(cell) or StoredGrade(cell, None, ()))
    findings += _comments(evidence)
    answers = [entry.answered for entry in evidence.entries]
    return GradesVerdict(
        findings=tuple(findings),
        grades=len(stored),
        versions=sum(len(grade.history) for grade in stored.values()),
        acknowledged=answers.count(Answered.YES),
        unknown=answers.count(Answered.MAYBE),
        lost_updates=sum(finding.fault is Fault.LOST for finding in findings),
    )


def _unfinished(evidence: LessonEvidence) -> Iterator[Finding]:
    recorded = len({entry.cell for entry in evidence.entries if entry.answered is Answered.YES})
    if recorded < evidence.planned:
        yield Finding(Fault.UNFINISHED, "the lesson", f"{recorded} of {evidence.planned} grades were recorded")


def _chain(cell: Cell, asked: Sequence[Entry], grade: StoredGrade) -> Iterator[Finding]:
    where = str(cell)
    numbers = [version.version for version in grade.history]
    if numbers != list(range(1, len(numbers) + 1)):
        yield Finding(Fault.GAP, where, f"its versions are {numbers}")
    last = grade.history[-1] if grade.history else None
    if grade.current != last:
        yield Finding(Fault.GAP, where, f"the grade is {grade.current}, and the last of its history {last}")
    by_number = {version.version: version for version in grade.history}
    yield from _lost(where, asked, by_number)
    yield from _unasked(where, asked, by_number)


def _lost(where: str, asked: Sequence[Entry], history: dict[int, StoredVersion]) -> Iterator[Finding]:
    for entry in asked:
        if entry.answered is not Answered.YES:
            continue
        if entry.version != entry.replaces + 1:
            detail = f"a write that named version {entry.replaces} was acknowledged as version {entry.version}"
            yield Finding(Fault.LOST, where, detail)
            continue
        found = history.get(entry.version)
        if found is None:
            yield Finding(Fault.LOST, where, f"version {entry.version} was acknowledged, and isn't there")
        elif not _is(found, entry):
            detail = f"version {entry.version} was acknowledged as {entry.mark} by {entry.person_id}, and is {found}"
            yield Finding(Fault.LOST, where, detail)


def _unasked(where: str, asked: Sequence[Entry], history: dict[int, StoredVersion]) -> Iterator[Finding]:
    might_be = [entry for entry in asked if entry.answered is not Answered.NO]
    for number, version in history.items():
        if any(entry.replaces + 1 == number and _is(version, entry) for entry in might_be):
            continue
        if any(_is(version, entry) for entry in might_be):
            yield Finding(Fault.DOUBLED, where, f"version {number} is a write that is another version already")
        else:
            yield Finding(Fault.FOREIGN, where, f"version {number} is nothing that anybody has asked for: {version}")


def _comments(evidence: LessonEvidence) -> Iterator[Finding]:
    for entry in evidence.entries:
        place = entry.cell, entry.version or 0
        if entry.answered is Answered.YES and place in evidence.comments:
            shown = evidence.comments[place]
            if shown != entry.comment:
                detail = f"the comment of version {entry.version} was {entry.comment!r}, and is {shown!r}"
                yield Finding(Fault.CHANGED, str(entry.cell), detail)


def _is(version: StoredVersion, entry: Entry) -> bool:
    return version.mark == entry.mark and version.person_id == entry.person_id
