"""The judge of grades: a history in order passes, and each thing that can be wrong with one makes it fail."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luca_local.demo.evidence.answered import Answered
from luca_local.demo.evidence.grades import Cell, Entry, LessonEvidence, Mark, StoredGrade, StoredVersion
from luca_local.demo.judges.findings import Fault
from luca_local.demo.judges.grades import judge

CELL = Cell("norte", "math-7a", "homework-1", "s1")
OTHER_CELL = Cell("norte", "math-7a", "homework-1", "s2")


def mark(points: int) -> Mark:
    return Mark("scored", Decimal(points))


def entry(replaces: int, points: int, *, answered: Answered = Answered.YES, person_id: str = "p1") -> Entry:
    return Entry(
        cell=CELL,
        person_id=person_id,
        mark=mark(points),
        comment="Bien" if points == 3 else None,
        replaces=replaces,
        answered=answered,
        version=replaces + 1 if answered is Answered.YES else None,
    )


def stored(*versions: StoredVersion) -> StoredGrade:
    return StoredGrade(CELL, versions[-1] if versions else None, versions)


def version(number: int, points: int, person_id: str = "p1") -> StoredVersion:
    return StoredVersion(number, person_id, mark(points))


# One writes, another is refused because it came second, looks and replaces; then the first one corrects.
ENTRIES = (
    entry(0, 1),
    entry(0, 2, answered=Answered.NO, person_id="p2"),
    entry(1, 2, person_id="p2"),
    entry(2, 3),
)
HISTORY = (version(1, 1), version(2, 2, "p2"), version(3, 3))
COMMENTS: dict[tuple[Cell, int], str | None] = {(CELL, 1): None, (CELL, 3): "Bien"}
GOOD = LessonEvidence(1, ENTRIES, (stored(*HISTORY),), COMMENTS)


def faults(evidence: LessonEvidence) -> set[Fault]:
    return {finding.fault for finding in judge(evidence).findings}


def test_a_history_in_which_each_acknowledged_write_is_a_version_passes() -> None:
    verdict = judge(GOOD)
    assert verdict.findings == ()
    assert (verdict.grades, verdict.versions, verdict.acknowledged, verdict.lost_updates) == (1, 3, 3, 0)


@pytest.mark.parametrize("there", [True, False])
def test_a_write_without_an_answer_may_be_there_or_not(there: bool) -> None:
    unknown = entry(3, 9, answered=Answered.MAYBE)
    history = (*HISTORY, version(4, 9)) if there else HISTORY
    verdict = judge(LessonEvidence(1, (*ENTRIES, unknown), (stored(*history),)))
    assert verdict.findings == ()
    assert verdict.unknown == 1


def test_the_same_request_sent_twice_is_one_version_however_often_it_is_acknowledged() -> None:
    assert faults(LessonEvidence(1, (*ENTRIES, ENTRIES[-1]), (stored(*HISTORY),))) == set()


PLANTED: dict[str, tuple[Callable[[LessonEvidence], LessonEvidence], Fault]] = {
    "a version is missing in the middle": (
        lambda good: replace(good, grades=(stored(HISTORY[0], HISTORY[2]),)),
        Fault.GAP,
    ),
    "the last version is missing": (lambda good: replace(good, grades=(stored(*HISTORY[:2]),)), Fault.LOST),
    "the whole grade is missing": (lambda good: replace(good, grades=()), Fault.LOST),
    "a version is there twice": (
        lambda good: replace(good, grades=(stored(*HISTORY[:2], HISTORY[1], HISTORY[2]),)),
        Fault.GAP,
    ),
    "an acknowledged write is two versions": (
        lambda good: replace(good, grades=(stored(*HISTORY, version(4, 3)),)),
        Fault.DOUBLED,
    ),
    "a version says something else": (
        lambda good: replace(good, grades=(stored(HISTORY[0], version(2, 7, "p2"), HISTORY[2]),)),
        Fault.LOST,
    ),
    "a version is somebody else's": (
        lambda good: replace(good, grades=(stored(HISTORY[0], version(2, 2, "p3"), HISTORY[2]),)),
        Fault.LOST,
    ),
    "a version is nobody's": (
        lambda good: replace(good, grades=(stored(*HISTORY, version(4, 8)),)),
        Fault.FOREIGN,
    ),
    "a write that was refused is there all the same": (
        lambda good: replace(good, entries=(entry(0, 1, answered=Answered.NO), *ENTRIES[1:]), planned=0),
        Fault.FOREIGN,
    ),
    "two people have replaced the same version": (
        lambda good: replace(good, entries=(*ENTRIES, entry(2, 5, person_id="p2"))),
        Fault.LOST,
    ),
    "a write was acknowledged as a version that it did not ask for": (
        lambda good: replace(good, entries=(*ENTRIES[:3], replace(ENTRIES[3], version=7))),
        Fault.LOST,
    ),
    "the grade is not the last of its history": (
        lambda good: replace(good, grades=(StoredGrade(CELL, HISTORY[1], HISTORY),)),
        Fault.GAP,
    ),
    "the grade is gone and its history is not": (
        lambda good: replace(good, grades=(StoredGrade(CELL, None, HISTORY),)),
        Fault.GAP,
    ),
    "a comment is another one": (
        lambda good: replace(good, comments={(CELL, 3): "Mal"}),
        Fault.CHANGED,
    ),
    "there is a grade that nobody has written": (
        lambda good: replace(good, grades=(*good.grades, StoredGrade(OTHER_CELL, HISTORY[0], HISTORY[:1]))),
        Fault.FOREIGN,
    ),
    "the lesson was not finished": (lambda good: replace(good, planned=2), Fault.UNFINISHED),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_each_fault_is_found(planted: str) -> None:
    plant, fault = PLANTED[planted]
    assert fault in faults(plant(GOOD))


@given(st.lists(st.tuples(st.sampled_from(["p1", "p2"]), st.integers(0, 9)), min_size=1, max_size=8), st.data())
def test_whatever_acknowledged_write_is_taken_out_of_a_history_is_missed(
    writes: list[tuple[str, int]], data: st.DataObject
) -> None:
    entries = tuple(entry(number, points, person_id=person) for number, (person, points) in enumerate(writes))
    history = [version(number, points, person) for number, (person, points) in enumerate(writes, start=1)]
    assert judge(LessonEvidence(1, entries, (stored(*history),))).findings == ()
    del history[data.draw(st.integers(0, len(history) - 1))]
    # What follows is renumbered, as if the write had never been.
    closed = [replace(each, version=number) for number, each in enumerate(history, start=1)]
    assert judge(LessonEvidence(1, entries, (stored(*closed),) if closed else ())).findings
