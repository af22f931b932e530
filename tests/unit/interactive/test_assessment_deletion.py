"""Deleting an assessment: only without grades, and a grade that comes in that very moment is never left without it."""

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from luca_shared.aws.errors import CancellationReason, TransactionCanceled, Unavailable

if TYPE_CHECKING:
    from tests.unit.interactive.conftest import School

TEACHER, ADMIN, STUDENT = "norte/p1/teacher", "norte/h1/school-admin", "norte/s1/student"
BOOK, LIST = "/v1/classes/c1/gradebook", "/v1/classes/c1/assessments"
PATH = LIST + "/a1"
CELL = PATH + "/grades/s1"
GRADE = {"status": "scored", "score": 8, "comment": "Bien"}
CHANGE = {"category": "exam", "title": "Prueba 1", "max_score": 10}


async def listed(school: "School") -> list[str]:
    return [item["assessment_id"] for item in (await school.get(TEACHER, LIST))["items"]]


async def columns(school: "School") -> list[str]:
    return [item["assessment_id"] for item in (await school.get(TEACHER, BOOK))["assessments"]]


async def test_a_deleted_assessment_is_gone_at_once_everywhere(school: "School") -> None:
    assert await columns(school) == ["a1", "a2", "a3"]
    response = await school.delete(TEACHER, PATH, version=1)
    assert (response.status, await response.read()) == (204, b"")
    assert await listed(school) == await columns(school) == ["a2", "a3"]
    assert (await school.put_grade(TEACHER, CELL, GRADE)).status == 404
    assert (await school.ask(TEACHER, "GET", CELL)).status == 404
    assert (await school.ask(STUDENT, "GET", CELL + "/history")).status == 404


async def test_another_version_is_not_deleted(school: "School") -> None:
    response = await school.delete(TEACHER, PATH, version=2)
    assert (response.status, (await response.json())["current"]["version"]) == (412, 1)
    assert "a1" in await listed(school)


async def test_an_assessment_with_grades_is_not_deleted(school: "School") -> None:
    await school.put_grade(TEACHER, CELL, GRADE)
    response = await school.delete(TEACHER, PATH, version=1)
    assert (response.status, (await response.json())["type"]) == (409, "urn:luca:problem:conflict")
    assert "a1" in await listed(school)


async def test_a_grade_that_the_index_does_not_show_yet_counts(school: "School") -> None:
    await school.put_grade(TEACHER, CELL, GRADE)
    item = school.dynamodb.items["luca", "TENANT#norte#STUDENT#s1", "GRADE#2026-Q4#c1#a1"]
    del item["by_class_pk"]
    assert (await school.delete(TEACHER, PATH, version=1)).status == 409


async def test_a_grade_of_who_is_no_longer_enrolled_counts(school: "School") -> None:
    await school.put_grade(TEACHER, CELL, GRADE)
    del school.dynamodb.items["luca", "TENANT#norte#CLASS#c1", "STUDENT#s1"]
    assert (await school.delete(TEACHER, PATH, version=1)).status == 409


async def test_grades_of_other_assessments_do_not_count(school: "School") -> None:
    await school.put(TEACHER, LIST + "/a", CHANGE)
    await school.put_grade(TEACHER, CELL, GRADE)
    assert (await school.delete(TEACHER, LIST + "/a", version=1)).status == 204


async def test_a_term_that_is_not_set_up_is_a_conflict_not_a_failure(school: "School") -> None:
    del school.dynamodb.items["luca", "TENANT#norte#TERM#2026-Q4", "INFO"]
    assert (await school.delete(TEACHER, PATH, version=1)).status == 409


async def test_two_deletions_at_once_are_one(school: "School") -> None:
    answers = await asyncio.gather(*(school.delete(TEACHER, PATH, version=1) for _ in range(3)))
    assert sorted(answer.status for answer in answers) == [204, 404, 404]
    assert (await school.delete(TEACHER, PATH, version=1)).status == 204  # as the first time
    assert (await school.delete(TEACHER, PATH, version=2)).status == 404
    assert (await school.delete(TEACHER, LIST + "/none", version=1)).status == 404


async def test_a_repeat_after_a_lost_answer_is_answered_like_the_first(school: "School") -> None:
    await school.get(TEACHER, BOOK)
    school.dynamodb.lost = Unavailable("TransactWriteItems", "ConnectionLost")
    assert (await school.delete(TEACHER, PATH, version=1)).status == 503
    assert "a1" not in await columns(school)  # it isn't remembered either
    assert (await school.delete(TEACHER, PATH, version=1)).status == 204


async def test_a_failure_before_the_deletion_leaves_everything(school: "School") -> None:
    school.dynamodb.failing = [Unavailable("TransactWriteItems", "ConnectionLost")]
    assert (await school.delete(TEACHER, PATH, version=1)).status == 503
    assert "a1" in await columns(school)


async def test_a_name_is_free_again(school: "School") -> None:
    await school.delete(TEACHER, PATH, version=1)
    response = await school.put(TEACHER, PATH, {**CHANGE, "max_score": 50})
    assert (response.status, response.headers["ETag"]) == (201, '"1"')
    assert await columns(school) == ["a1", "a2", "a3"]
    assert not [key for key in school.dynamodb.items if key[2].startswith("DELETED#")]
    assert (await school.put_grade(TEACHER, CELL, {"status": "scored", "score": 49})).status == 201


async def late_grade(school: "School", elsewhere: "School") -> Any:
    """A grade recorded by a task that still remembers the assessment, after another one has deleted it."""
    await elsewhere.get(TEACHER, "/v1/classes/c1")
    assert (await school.delete(ADMIN, PATH, version=1)).status == 204
    response = await elsewhere.put_grade(TEACHER, CELL, GRADE)
    assert response.status == 201, await response.text()
    return await response.json()


async def test_a_grade_on_its_way_is_seen_by_all_whom_it_concerns(school: "School", elsewhere: "School") -> None:
    grade = await late_grade(school, elsewhere)
    for who in (TEACHER, ADMIN, STUDENT, "norte/g1/guardian", "norte/k1/compliance"):
        assert await school.get(who, CELL) == grade
        assert len((await school.get(who, CELL + "/history"))["items"]) == 1
        assert (await school.get(who, "/v1/students/s1/grades"))["items"] == [grade]


async def test_a_grade_on_its_way_brings_its_assessment_back(school: "School", elsewhere: "School") -> None:
    grade = await late_grade(school, elsewhere)
    book = await school.get(TEACHER, BOOK)
    assert [(each["assessment_id"], each["version"]) for each in book["assessments"]] == [
        ("a1", 2),
        ("a2", 1),
        ("a3", 1),
    ]
    (row,) = [row for row in book["students"] if row["student_id"] == "s1"]
    assert (row["average"], row["grades"]) == (80, [grade])

    assert await listed(school) == ["a1", "a2", "a3"]
    assert await school.get(TEACHER, BOOK) == book
    changed = await school.put_grade(TEACHER, CELL, {"status": "scored", "score": 9}, version=1)
    assert changed.status == 200
    assert not [key for key in school.dynamodb.items if key[2].startswith("DELETED#")]
    assert (await school.delete(ADMIN, PATH, version=1)).status == 412  # the first deletion, sent again late
    assert (await school.delete(ADMIN, PATH, version=2)).status == 409


async def test_a_grade_on_its_way_is_one_of_the_new_assessment_of_that_name(
    school: "School", elsewhere: "School"
) -> None:
    grade = await late_grade(school, elsewhere)
    assert (await school.put(TEACHER, PATH, CHANGE)).status == 201
    book = await school.get(TEACHER, BOOK)
    assert [row["grades"] for row in book["students"] if row["student_id"] == "s1"] == [[grade]]


async def test_two_gradebooks_at_once_bring_it_back_once(school: "School", elsewhere: "School") -> None:
    await late_grade(school, elsewhere)
    for each in (school, elsewhere):
        each.clock.now += 31
    one, other = await asyncio.gather(school.get(TEACHER, BOOK), elsewhere.get(TEACHER, BOOK))
    assert one == other
    assert [item["version"] for item in (await school.get(TEACHER, LIST))["items"]] == [2, 1, 1]


async def test_a_gradebook_that_cannot_bring_it_back_says_so(school: "School", elsewhere: "School") -> None:
    await late_grade(school, elsewhere)
    school.dynamodb.failing = [Unavailable("TransactWriteItems", "ConnectionLost")]
    assert (await school.ask(TEACHER, "GET", BOOK)).status == 503
    reasons = (CancellationReason("ItemCollectionSizeLimitExceeded"), CancellationReason("None"))
    school.dynamodb.failing = [TransactionCanceled("TransactWriteItems", "Canceled", reasons=reasons)]
    assert (await school.ask(TEACHER, "GET", BOOK)).status == 500
    assert "a1" in await columns(school)


@pytest.mark.parametrize("order", [0, 1])
async def test_whoever_is_first_no_grade_is_left_without_its_assessment(
    school: "School", elsewhere: "School", order: int
) -> None:
    for assessment in ("a1", "a2", "a3"):
        path = f"{LIST}/{assessment}"
        await elsewhere.get(TEACHER, "/v1/classes/c1")
        both = [
            school.delete(ADMIN, path, version=1),
            elsewhere.put_grade(TEACHER, f"{path}/grades/s1", {"status": "scored", "score": 7}),
        ]
        answers = await asyncio.gather(*(both if order else reversed(both)))
        recorded = any(answer.status == 201 for answer in answers)
        assert recorded
        book = await school.get(TEACHER, BOOK)
        (row,) = [row for row in book["students"] if row["student_id"] == "s1"]
        assert assessment in [grade["assessment_id"] for grade in row["grades"]]
        assert assessment in [each["assessment_id"] for each in book["assessments"]]
