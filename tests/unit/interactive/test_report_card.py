"""Report cards: what grades come to, in which classes, for whom, and in how many calls."""

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from luca_shared.records.rules import Rules
from luca_shared.tenancy import keys
from luca_shared.tenancy.ids import ClassId, StudentId, Subject, Term

if TYPE_CHECKING:
    from tests.unit.interactive.conftest import School

TEACHER, OTHER_TEACHER, ADMIN = "norte/p1/teacher", "norte/p2/teacher", "norte/h1/school-admin"
STUDENT, GUARDIAN = "norte/s1/student", "norte/g1/guardian"
CARD = "/v1/students/s1/report-card"


async def grade(school: "School", class_id: str, assessment: str, status: str = "scored", score: Any = None) -> None:
    path = f"/v1/classes/{class_id}/assessments/{assessment}/grades/s1"
    response = await school.put_grade(ADMIN, path, {"status": status, "score": score})
    assert response.status == 201, await response.text()


async def unenroll(school: "School", class_id: str) -> None:
    table = school.table()
    context, student_id = table.context, StudentId("s1")
    await table.delete(keys.enrollment(context, ClassId(class_id), student_id))
    await table.delete(keys.student_enrollment(context, student_id, Term("2026-Q4"), ClassId(class_id)))


async def rows(school: "School", who: str, path: str = CARD) -> list[Any]:
    answer = await school.get(who, path)
    assert answer["student_id"] == "s1"
    found: list[Any] = answer["classes"]
    return found


@pytest.mark.parametrize("who", [TEACHER, ADMIN, STUDENT, GUARDIAN, "norte/k1/compliance"])
async def test_a_class_says_what_its_grades_come_to(school: "School", who: str) -> None:
    await grade(school, "c1", "a1", score=7)
    await grade(school, "c1", "a2", score=10)
    await grade(school, "c1", "a3", "missing")
    assert await rows(school, who) == [
        {
            "class_id": "c1",
            "term": "2026-Q4",
            "subject": "math",
            "name": "c1",
            "enrolled": True,
            "average": 82,  # the exam's 70 at 60%, and of the homework the 10, for the lowest is dropped
            "letter": "B",
            "passed": True,
            "rules_version": 2,
            "graded": 2,
            "missing": 1,
        }
    ]


@pytest.mark.parametrize(("score", "passed"), [(5.9, False), (6, True)])
async def test_whether_it_is_passed_is_told_by_the_average_that_is_shown(
    school: "School", score: float, passed: bool
) -> None:
    await grade(school, "c1", "a1", score=score)
    assert [(row["average"], row["passed"]) for row in await rows(school, STUDENT)] == [(score * 10, passed)]


async def test_what_counts_for_nothing_is_neither_passed_nor_failed(school: "School") -> None:
    await grade(school, "c1", "a1", "excused")
    (row,) = await rows(school, STUDENT)
    assert [row[name] for name in ("average", "letter", "passed", "graded", "missing")] == [None, None, None, 0, 0]


async def test_a_change_of_the_rules_changes_the_average(school: "School") -> None:
    await grade(school, "c1", "a1", score=7)
    table = school.table()
    item = await table.get(keys.rules(table.context, Subject("math")))
    assert item is not None
    stricter = replace(Rules.from_item(item), version=3, passing=Decimal(75))
    await table.put(stricter.current_key(table.context), stricter.to_item())
    assert [(row["passed"], row["rules_version"]) for row in await rows(school, STUDENT)] == [(False, 3)]


async def test_a_subject_without_rules_has_no_average_and_hides_no_other(school: "School") -> None:
    await grade(school, "c1", "a1", score=7)
    table = school.table()
    await table.delete(keys.rules(table.context, Subject("math")))
    (row,) = await rows(school, STUDENT)
    assert (row["graded"], row["average"], row["passed"], row["rules_version"]) == (1, None, None, None)


async def test_a_class_that_was_left_stays_as_long_as_there_are_grades(school: "School") -> None:
    await school.enroll("c2", "s1")
    await grade(school, "c2", "a1", score=9)
    await grade(school, "c1", "a1", score=7)
    await unenroll(school, "c2")
    assert [(row["class_id"], row["enrolled"], row["average"]) for row in await rows(school, GUARDIAN)] == [
        ("c1", True, 70),
        ("c2", False, 90),
    ]


async def test_a_teacher_sees_the_own_classes_only(school: "School") -> None:
    assert (await school.ask(OTHER_TEACHER, "GET", CARD)).status == 404
    await school.enroll("c2", "s1")
    assert [row["class_id"] for row in await rows(school, TEACHER)] == ["c1"]
    assert [row["class_id"] for row in await rows(school, OTHER_TEACHER)] == ["c2"]
    assert [row["class_id"] for row in await rows(school, STUDENT)] == ["c1", "c2"]


async def test_a_teacher_who_has_the_student_in_another_term_sees_that_there_is_nothing_of_this_one(
    school: "School",
) -> None:
    await unenroll(school, "c1")
    assert await rows(school, TEACHER) == []
    assert [row["class_id"] for row in await rows(school, TEACHER, CARD + "?term=2026-Q3")] == ["c0"]


async def test_a_teacher_whose_class_the_student_has_left_sees_nothing(school: "School") -> None:
    await school.enroll("c2", "s1")
    await grade(school, "c2", "a1", score=9)
    await unenroll(school, "c2")
    assert (await school.ask(OTHER_TEACHER, "GET", CARD)).status == 404


async def test_a_term_is_the_one_asked_for_or_those_that_are_open(school: "School") -> None:
    assert [row["term"] for row in await rows(school, STUDENT)] == ["2026-Q4"]
    assert [row["class_id"] for row in await rows(school, STUDENT, CARD + "?term=2026-Q3")] == ["c0"]
    assert await rows(school, STUDENT, CARD + "?term=2030-Q1") == []
    assert (await school.ask(STUDENT, "GET", CARD + "?term=%23")).status == 422


@pytest.mark.parametrize(("who", "gets"), [(TEACHER, 1), (ADMIN, 1), (STUDENT, 1), (GUARDIAN, 2)])
async def test_it_is_five_calls_whatever_the_number_of_classes(school: "School", who: str, gets: int) -> None:
    await school.enroll("c2", "s1")
    for class_id in ("c1", "c2"):
        await grade(school, class_id, "a1", score=9)
        await grade(school, class_id, "a2", score=9)
    school.dynamodb.calls.clear()
    await rows(school, who, CARD + "?term=2026-Q4")
    assert Counter(school.dynamodb.calls) == {"GetItem": gets, "Query": 2, "BatchGetItem": 2}
