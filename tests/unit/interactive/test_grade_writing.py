"""Recording a grade: what is written, what is refused, and what a repeat is answered."""

from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from luca_interactive.sealed_texts import SealedTexts, comment_of
from luca_shared.aws.errors import CancellationReason, TransactionCanceled, Unavailable
from luca_shared.records.grade import Grade, GradeVersion
from luca_shared.records.term import TermState
from luca_shared.tenancy import keys
from luca_shared.tenancy.encryption import CorruptCiphertext, FieldEncryption, KeyDestroyed
from luca_shared.tenancy.ids import AssessmentId, ClassId, StudentId, Term

if TYPE_CHECKING:
    from tests.unit.interactive.conftest import School

TEACHER, OTHER_TEACHER, ADMIN = "norte/p1/teacher", "norte/p2/teacher", "norte/h1/school-admin"
CELL = "/v1/classes/c1/assessments/a1/grades/s1"
GRADE = {"status": "scored", "score": 8.5, "comment": "Bien", "reason": "first mark"}
OPEN = Term("2026-Q4")


async def stored(school: "School") -> Grade:
    context = school.table().context
    item = await school.table().get(keys.grade(context, StudentId("s1"), OPEN, ClassId("c1"), AssessmentId("a1")))
    assert item is not None
    return Grade.from_item(item)


async def versions(school: "School") -> list[GradeVersion]:
    context = school.table().context
    range_ = keys.versions_of_grade(context, StudentId("s1"), OPEN, ClassId("c1"), AssessmentId("a1"))
    return [GradeVersion.from_item(item) for item in (await school.table().query(range_)).items]


async def test_a_first_grade_is_answered_as_the_contract_says(school: "School") -> None:
    response = await school.put_grade(TEACHER, CELL, GRADE)

    assert response.status == 201
    assert response.headers["ETag"] == '"1"'
    assert response.headers["Cache-Control"] == "private, no-store"
    body = await response.json()
    assert body.pop("recorded_at").endswith("Z")
    assert body == {
        "class_id": "c1",
        "assessment_id": "a1",
        "student_id": "s1",
        "term": "2026-Q4",
        "status": "scored",
        "score": 8.5,
        "max_score": 10,
        "percent": 85,
        "letter": "B",
        "version": 1,
        "rules_version": 2,
        "comment": "Bien",
        "recorded_by": "p1",
        "sync": {"status": "pending"},
    }


async def test_what_was_recorded_is_what_is_read(school: "School") -> None:
    written = await (await school.put_grade(TEACHER, CELL, GRADE)).json()
    assert await school.get(TEACHER, CELL) == written


async def test_a_change_takes_the_place_of_the_version_named_and_the_history_keeps_both(school: "School") -> None:
    await school.put_grade(TEACHER, CELL, GRADE)
    response = await school.put_grade(TEACHER, CELL, {"status": "late", "score": 9}, version=1)

    assert (response.status, response.headers["ETag"]) == (200, '"2"')
    assert (await response.json())["percent"] == 81
    history = await school.get(TEACHER, CELL + "/history")
    assert [(item["version"], item["status"], item["reason"]) for item in history["items"]] == [
        (1, "scored", "first mark"),
        (2, "late", None),
    ]


async def test_the_happy_path_is_one_call_to_the_table(school: "School") -> None:
    await school.put_grade(TEACHER, CELL, GRADE)
    school.dynamodb.calls.clear()
    await school.put_grade(TEACHER, CELL, GRADE | {"score": 9}, version=1)
    assert school.dynamodb.calls == ["TransactWriteItems"]


async def test_texts_are_stored_encrypted(school: "School") -> None:
    await school.put_grade(TEACHER, CELL, GRADE)
    assert "Bien" not in repr(school.dynamodb.items)
    assert "first mark" not in repr(school.dynamodb.items)
    grade = await stored(school)
    assert grade.comment is not None
    place = "comment on 2026-Q4/c1/a1/1"
    assert await school.encryption.decrypt(school.table().context, StudentId("s1"), place, grade.comment) == "Bien"


async def test_a_comment_opens_only_on_the_version_that_it_was_made_for(school: "School") -> None:
    await school.put_grade(TEACHER, CELL, GRADE)
    moved = replace(await stored(school), version=2)
    with pytest.raises(CorruptCiphertext):
        await SealedTexts(school.encryption).open(school.table().context, comment_of(moved))


async def test_a_grade_is_marked_pending_and_filed_under_its_class(school: "School") -> None:
    await school.put_grade(TEACHER, CELL, GRADE)
    item = await school.table().get((await stored(school)).key(school.table().context))
    assert item is not None
    assert item["by_class_pk"] == "TENANT#norte#CLASS#c1"
    assert item["pending_sk"].startswith("2026-Q4#")


async def test_a_second_first_grade_is_refused_with_the_current_one(school: "School") -> None:
    first = await (await school.put_grade(TEACHER, CELL, GRADE)).json()
    response = await school.put_grade(TEACHER, CELL, {"status": "missing"})

    assert (response.status, response.headers["ETag"]) == (412, '"1"')
    problem = await response.json()
    assert problem["type"] == "urn:luca:problem:version-conflict"
    assert problem["current"] == first
    assert await school.get(TEACHER, CELL) == first


async def test_a_stale_version_is_refused_and_nothing_is_written(school: "School") -> None:
    await school.put_grade(TEACHER, CELL, GRADE)
    await school.put_grade(TEACHER, CELL, {"status": "missing"}, version=1)
    response = await school.put_grade(TEACHER, CELL, {"status": "excused"}, version=1)

    assert response.status == 412
    assert (await response.json())["current"]["version"] == 2
    assert [version.version for version in await versions(school)] == [1, 2]


async def test_a_change_of_a_grade_that_is_not_there_is_refused(school: "School") -> None:
    response = await school.put_grade(TEACHER, CELL, GRADE, version=1)
    assert response.status == 412
    assert (await response.json())["current"] is None
    assert await versions(school) == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 428),
        ({"If-Match": '"1"', "If-None-Match": "*"}, 422),
        ({"If-Match": "*"}, 422),
        ({"If-Match": '"1", "2"'}, 422),
        ({"If-Match": 'W/"1"'}, 422),
        ({"If-Match": "1"}, 422),
        ({"If-None-Match": '"1"'}, 422),
    ],
)
async def test_a_write_that_names_no_single_version_is_refused(
    school: "School", headers: dict[str, str], status: int
) -> None:
    response = await school.ask(TEACHER, "PUT", CELL, GRADE, headers)
    assert response.status == status
    assert school.dynamodb.calls == []


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"status": "scored", "score": 10.5}, "must be between 0 and 10"),
        ({"status": "scored", "score": -1}, "must be between 0 and 10"),
        ({"status": "scored"}, "is required when the status is scored"),
        ({"status": "late", "score": None}, "is required when the status is late"),
        ({"status": "missing", "score": 0}, "must be null when the status is missing"),
        ({"status": "excused", "score": 5}, "must be null when the status is excused"),
        ({"status": "incomplete", "score": 5}, "must be null when the status is incomplete"),
    ],
)
async def test_a_score_that_does_not_fit_is_pointed_at(school: "School", change: Any, detail: str) -> None:
    response = await school.put_grade(TEACHER, CELL, change)
    assert response.status == 422
    assert (await response.json())["errors"] == [{"pointer": "/score", "detail": detail}]


async def test_every_bad_field_is_named_at_once(school: "School") -> None:
    response = await school.put_grade(TEACHER, CELL, {"status": "great", "score": 8.12345, "grade": 1})
    assert response.status == 422
    assert {error["pointer"] for error in (await response.json())["errors"]} == {"/status", "/score", "/grade"}


@pytest.mark.parametrize("score", [0, 10])
async def test_the_bounds_themselves_are_allowed(school: "School", score: int) -> None:
    assert (await school.put_grade(TEACHER, CELL, {"status": "scored", "score": score})).status == 201


@pytest.mark.parametrize("path", [CELL.replace("s1", "s3"), CELL.replace("a1", "a9"), CELL.replace("c1", "c9")])
async def test_no_grade_is_recorded_outside_the_roster_and_the_assessments(school: "School", path: str) -> None:
    response = await school.put_grade(ADMIN, path, GRADE)
    assert response.status == 404


async def test_a_frozen_term_takes_no_grade(school: "School") -> None:
    response = await school.put_grade(TEACHER, CELL.replace("c1", "c0"), GRADE)
    assert response.status == 409
    assert (await response.json())["type"] == "urn:luca:problem:term-frozen"


async def test_a_freezing_term_takes_no_grade(school: "School") -> None:
    await school.set_term(OPEN, TermState.FREEZING)
    assert (await school.put_grade(TEACHER, CELL, GRADE)).status == 409


async def test_a_freeze_is_noticed_once_the_term_is_as_old_as_allowed(school: "School") -> None:
    await school.put_grade(TEACHER, CELL, GRADE)
    await school.set_term(OPEN, TermState.FROZEN)
    school.clock.now += 4.9
    assert (await school.put_grade(TEACHER, CELL, GRADE | {"score": 9}, version=1)).status == 200
    school.clock.now += 0.2
    assert (await school.put_grade(TEACHER, CELL, GRADE | {"score": 10}, version=2)).status == 409


@pytest.mark.parametrize("version", [None, 1])
async def test_a_repeat_after_a_lost_answer_is_answered_like_the_first(school: "School", version: int | None) -> None:
    if version is not None:
        await school.put_grade(TEACHER, CELL, GRADE)
    change = GRADE | {"score": 9}
    school.dynamodb.lost = Unavailable("TransactWriteItems", "ConnectionLost")
    first = await school.put_grade(TEACHER, CELL, change, version=version)
    assert first.status == 503
    assert "Retry-After" in first.headers

    repeat = await school.put_grade(TEACHER, CELL, change, version=version)
    again = await school.put_grade(TEACHER, CELL, change, version=version)

    assert repeat.status == again.status == (201 if version is None else 200)
    assert repeat.headers["ETag"] == ('"1"' if version is None else '"2"')
    assert await repeat.json() == await again.json() == await school.get(TEACHER, CELL)
    assert len(await versions(school)) == (1 if version is None else 2)


async def test_a_repeat_after_a_failure_before_the_write_writes(school: "School") -> None:
    school.dynamodb.failing = [Unavailable("TransactWriteItems", "ConnectionLost")]
    assert (await school.put_grade(TEACHER, CELL, GRADE)).status == 503
    assert await versions(school) == []
    assert (await school.put_grade(TEACHER, CELL, GRADE)).status == 201


async def test_a_repeat_is_answered_like_the_first_even_when_the_term_has_been_frozen_since(school: "School") -> None:
    school.dynamodb.lost = Unavailable("TransactWriteItems", "ConnectionLost")
    await school.put_grade(TEACHER, CELL, GRADE)
    await school.set_term(OPEN, TermState.FROZEN)
    school.clock.now += 5.1
    assert (await school.put_grade(TEACHER, CELL, GRADE)).status == 201
    assert (await school.put_grade(TEACHER, CELL, GRADE | {"score": 9}, version=1)).status == 409


@pytest.mark.parametrize(
    ("who", "change"),
    [
        (TEACHER, GRADE | {"score": 8}),
        (TEACHER, GRADE | {"comment": "Muy bien"}),
        (TEACHER, GRADE | {"status": "late"}),
        (ADMIN, GRADE),
    ],
)
async def test_what_is_not_the_same_request_of_the_same_person_is_no_repeat(
    school: "School", who: str, change: Any
) -> None:
    await school.put_grade(TEACHER, CELL, GRADE)
    assert (await school.put_grade(who, CELL, change)).status == 412


async def test_the_same_content_in_place_of_another_version_is_no_repeat(school: "School") -> None:
    await school.put_grade(TEACHER, CELL, GRADE)
    await school.put_grade(TEACHER, CELL, {"status": "missing"}, version=1)
    await school.put_grade(TEACHER, CELL, GRADE, version=2)
    assert (await school.put_grade(TEACHER, CELL, GRADE, version=1)).status == 412
    assert (await school.put_grade(TEACHER, CELL, GRADE)).status == 412


async def test_a_subject_without_rules_is_a_conflict_not_a_failure(school: "School") -> None:
    del school.dynamodb.items["luca", "TENANT#norte#RULES#math", "CURRENT"]
    assert (await school.put_grade(TEACHER, CELL, GRADE)).status == 409
    assert (await school.ask(TEACHER, "GET", "/v1/classes/c1/gradebook")).status == 409


async def test_a_term_that_is_not_set_up_is_a_conflict_not_a_failure(school: "School") -> None:
    del school.dynamodb.items["luca", "TENANT#norte#TERM#2026-Q4", "INFO"]
    response = await school.put_grade(TEACHER, CELL, GRADE)
    assert (response.status, (await response.json())["type"]) == (409, "urn:luca:problem:conflict")


async def test_an_erased_student_gets_no_comment(school: "School", monkeypatch: pytest.MonkeyPatch) -> None:
    async def encrypt(*_: object) -> bytes:
        raise KeyDestroyed

    monkeypatch.setattr(FieldEncryption, "encrypt", encrypt)
    assert (await school.put_grade(TEACHER, CELL, GRADE)).status == 404
    assert await versions(school) == []


async def test_a_transaction_that_is_canceled_for_another_reason_is_our_failure(school: "School") -> None:
    reasons = (CancellationReason("ItemCollectionSizeLimitExceeded"), CancellationReason("None"))
    school.dynamodb.failing = [
        TransactionCanceled("TransactWriteItems", "TransactionCanceledException", reasons=reasons)
    ]
    assert (await school.put_grade(TEACHER, CELL, GRADE)).status == 500


async def test_a_history_ahead_of_its_grade_is_our_failure(school: "School") -> None:
    await school.put_grade(TEACHER, CELL, GRADE)
    del school.dynamodb.items["luca", "TENANT#norte#STUDENT#s1", "GRADE#2026-Q4#c1#a1"]
    assert (await school.put_grade(TEACHER, CELL, GRADE)).status == 500
