"""Evidence from the table: what the services' own records write is what is read here by keys and attributes alone."""

from datetime import date
from decimal import Decimal
from typing import Any

from luca_local.demo.collecting.stored_items import grades_to_send, stored_events, stored_grades
from luca_local.demo.evidence.events import EventId, Payload
from luca_local.demo.evidence.grades import Cell, Mark, StoredVersion
from luca_local.seed.demo_schools import demo_schools
from luca_shared.records.event import Event
from luca_shared.records.grade import Grade
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import EventId as StoredEventId
from luca_shared.tenancy.key_types import Key

PLAN = demo_schools(date(2026, 11, 24))[0]
SCHOOL = PLAN.school.school_id
CONTEXT = TenantContext.of_directory(SCHOOL, "test")
GRADE = next(grade for grade in PLAN.grades if grade.score is not None)
CELL = Cell(SCHOOL, GRADE.class_id, GRADE.assessment_id, GRADE.student_id)
RECORD_ID = f"{SCHOOL}.{GRADE.term}.{GRADE.class_id}.{GRADE.assessment_id}.{GRADE.student_id}"


def item(key: Key, attributes: dict[str, Any]) -> dict[str, Any]:
    return {"pk": key.pk, "sk": key.sk, **attributes}


def items_of(grade: Grade) -> list[dict[str, Any]]:
    version = grade.as_version(reason=None)
    current = item(grade.key(CONTEXT), grade.to_indexed_item(CONTEXT))
    return [current, item(version.key(CONTEXT), version.to_item())]


def test_a_grade_is_read_with_its_history() -> None:
    (found,) = stored_grades(items_of(GRADE), {CELL})
    version = StoredVersion(1, GRADE.recorded_by, Mark(GRADE.status, GRADE.score))
    assert (found.cell, found.current, found.history) == (CELL, version, (version,))


def test_only_the_cells_that_are_asked_for_are_read() -> None:
    assert stored_grades(items_of(GRADE), set()) == ()


def test_a_version_whose_key_and_attributes_differ_is_no_version() -> None:
    current, version = items_of(GRADE)
    (found,) = stored_grades([current, version | {"version": 2}], {CELL})
    assert found.history[0].version == -1


def test_a_history_without_a_grade_is_seen() -> None:
    (found,) = stored_grades(items_of(GRADE)[1:], {CELL})
    assert found.current is None


def test_an_event_is_read_with_its_key() -> None:
    event = Event(
        event_id=StoredEventId("e1"),
        student_id=GRADE.student_id,
        kind="behavior",
        type="merit",
        occurred_at=GRADE.recorded_at,
        data='{"points":1}',
        reported_by=GRADE.recorded_by,
        payload_sha256="0" * 64,
        expires_at=1,
    )
    (found,) = stored_events([*items_of(GRADE), item(event.key(CONTEXT), event.to_item())])
    assert found.key == EventId(SCHOOL, GRADE.student_id, GRADE.recorded_at[:10], "e1")
    assert found.payload == Payload("behavior", "merit", GRADE.recorded_at, '{"points":1}')
    assert found.person_id == GRADE.recorded_by


def test_what_the_government_is_to_hold_is_read_from_the_version_and_not_from_the_grade() -> None:
    current, version = items_of(GRADE)
    (found,) = grades_to_send([current | {"score": Decimal(0), "letter": "Z"}, version], GRADE.term, set())
    assert (found.record_id, found.version, found.refused, found.sync_status) == (RECORD_ID, 1, False, "pending")
    assert GRADE.score is not None
    assert (found.record["score"], found.record["letter"]) == (float(GRADE.score), GRADE.letter)


def test_grades_of_unwanted_students_and_of_other_terms_are_told_apart() -> None:
    (found,) = grades_to_send(items_of(GRADE), GRADE.term, {GRADE.student_id})
    assert found.refused
    assert grades_to_send(items_of(GRADE), "2020-Q1", set()) == ()


def test_a_grade_whose_version_is_missing_can_match_nothing_that_was_sent() -> None:
    (found,) = grades_to_send(items_of(GRADE)[:1], GRADE.term, set())
    assert found.record["student_id"] is None
