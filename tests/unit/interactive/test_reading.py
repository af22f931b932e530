"""Reading: classes, a student's grades, a grade's history, the gradebook, and who I am."""

from typing import TYPE_CHECKING, Any

import pytest

from luca_shared.records.term import TermState
from luca_shared.tenancy.ids import StudentId

if TYPE_CHECKING:
    from tests.unit.interactive.conftest import School

TEACHER, OTHER_TEACHER, ADMIN = "norte/p1/teacher", "norte/p2/teacher", "norte/h1/school-admin"
STUDENT, GUARDIAN = "norte/s1/student", "norte/g1/guardian"


def cell(assessment: str, student: str, class_id: str = "c1") -> str:
    return f"/v1/classes/{class_id}/assessments/{assessment}/grades/{student}"


async def grade(school: "School", assessment: str, student: str, score: float, class_id: str = "c1") -> None:
    change = {"status": "scored", "score": score, "comment": f"{assessment} {student}"}
    response = await school.put_grade(ADMIN, cell(assessment, student, class_id), change)
    assert response.status == 201, await response.text()


async def all_parts(school: "School", who: str, path: str, limit: int) -> list[list[Any]]:
    parts, cursor = [], ""
    while True:
        joined = "&" if "?" in path else "?"
        answer = await school.get(who, f"{path}{joined}limit={limit}{cursor}")
        parts.append(answer["items"])
        if answer["next_cursor"] is None:
            return parts
        cursor = f"&cursor={answer['next_cursor']}"


@pytest.mark.parametrize(
    ("who", "query", "expected"),
    [
        (TEACHER, "", ["c1"]),
        (OTHER_TEACHER, "", ["c2"]),
        (ADMIN, "", ["c1", "c2"]),
        ("norte/k1/compliance", "?term=2026-Q4", ["c1", "c2"]),
        (TEACHER, "?term=2026-Q3", ["c0"]),
        (OTHER_TEACHER, "?term=2026-Q3", []),
        (ADMIN, "?term=1999-Q1", []),
        ("norte-2/h1/school-admin", "", ["xc1", "xc2"]),
    ],
)
async def test_classes_are_those_of_the_open_terms_that_the_caller_sees(
    school: "School", who: str, query: str, expected: list[str]
) -> None:
    assert [item["class_id"] for item in (await school.get(who, "/v1/classes" + query))["items"]] == expected


async def test_a_list_without_a_term_is_of_all_open_terms_and_pages_through_them(school: "School") -> None:
    await school.set_term("2026-Q3", TermState.OPEN)
    school.clock.now += 10
    parts = await all_parts(school, ADMIN, "/v1/classes", 1)
    assert [[item["class_id"] for item in part] for part in parts] == [["c0"], ["c1"], ["c2"]]
    assert [[item["class_id"] for item in part] for part in await all_parts(school, TEACHER, "/v1/classes", 1)] == [
        ["c0"],
        ["c1"],
    ]


async def test_one_class(school: "School") -> None:
    response = await school.ask(TEACHER, "GET", "/v1/classes/c1")
    assert response.headers["ETag"] == '"1"'
    assert await response.json() == {
        "class_id": "c1",
        "term": "2026-Q4",
        "subject": "math",
        "name": "c1",
        "teacher_ids": ["p1"],
        "version": 1,
    }


@pytest.mark.parametrize("who", [STUDENT, GUARDIAN, ADMIN, "norte/k1/compliance", TEACHER])
async def test_a_students_grades_for_those_whom_they_concern(school: "School", who: str) -> None:
    await grade(school, "a1", "s1", 8)
    await grade(school, "a2", "s1", 9)
    await grade(school, "a1", "s2", 5)
    items = (await school.get(who, "/v1/students/s1/grades"))["items"]
    assert [(item["assessment_id"], item["score"], item["comment"]) for item in items] == [
        ("a1", 8, "a1 s1"),
        ("a2", 9, "a2 s1"),
    ]
    assert items[0] == await school.get(who, cell("a1", "s1"))


async def test_a_teacher_sees_a_students_grades_in_the_own_classes_only(school: "School") -> None:
    await school.enroll("c2", "s1")
    await grade(school, "a1", "s1", 8)
    await grade(school, "a1", "s1", 3, class_id="c2")

    async def classes_seen(who: str) -> list[str]:
        return [item["class_id"] for item in (await school.get(who, "/v1/students/s1/grades"))["items"]]

    assert await classes_seen(TEACHER) == ["c1"]
    assert await classes_seen(OTHER_TEACHER) == ["c2"]
    assert await classes_seen(STUDENT) == ["c1", "c2"]


async def test_grades_page_in_their_order_without_gap_or_double(school: "School") -> None:
    for assessment in ("a1", "a2", "a3"):
        await grade(school, assessment, "s1", 5)
    for limit in (1, 2, 3, 4):
        parts = await all_parts(school, STUDENT, "/v1/students/s1/grades?term=2026-Q4", limit)
        assert [item["assessment_id"] for part in parts for item in part] == ["a1", "a2", "a3"]
        assert all(len(part) == limit for part in parts[:-1])
        assert parts[-1]


async def test_a_part_of_a_list_is_one_query(school: "School") -> None:
    for assessment in ("a1", "a2", "a3"):
        await grade(school, assessment, "s1", 5)
    path = "/v1/students/s1/grades?term=2026-Q4&limit=2"
    cursor = (await school.get(STUDENT, path))["next_cursor"]
    school.dynamodb.calls.clear()
    await school.get(STUDENT, path)
    await school.get(STUDENT, f"{path}&cursor={cursor}")
    assert school.dynamodb.calls.count("Query") == 2


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "cursor=", "cursor=nonsense", "unknown=1"])
async def test_a_bad_query_is_refused(school: "School", query: str) -> None:
    response = await school.ask(STUDENT, "GET", f"/v1/students/s1/grades?{query}")
    assert response.status == 422
    assert (await response.json())["errors"][0]["pointer"] == "/" + query.split("=", maxsplit=1)[0]


async def test_a_cursor_of_another_list_is_refused(school: "School") -> None:
    cursor = (await school.get(ADMIN, "/v1/classes?limit=1"))["next_cursor"]
    assert cursor
    assert (await school.ask(ADMIN, "GET", f"/v1/students/s1/grades?cursor={cursor}")).status == 422
    assert (await school.ask(ADMIN, "GET", f"/v1/classes?cursor={cursor}&term=2026-Q3")).status == 422


async def test_a_cursor_of_another_school_opens_nothing(school: "School") -> None:
    await grade(school, "a1", "s1", 8)
    await grade(school, "a2", "s1", 8)
    cursor = (await school.get(STUDENT, "/v1/students/s1/grades?limit=1"))["next_cursor"]
    response = await school.ask("norte-2/xs1/student", "GET", f"/v1/students/xs1/grades?cursor={cursor}")
    assert (await response.json())["items"] == []


async def test_history_pages_oldest_first(school: "School") -> None:
    await school.put_grade(TEACHER, cell("a1", "s1"), {"status": "missing", "reason": "absent"})
    for version in range(1, 5):
        change = {"status": "scored", "score": version, "comment": str(version), "reason": "corrected"}
        await school.put_grade(TEACHER, cell("a1", "s1"), change, version=version)
    parts = await all_parts(school, GUARDIAN, cell("a1", "s1") + "/history", 2)
    items = [item for part in parts for item in part]
    assert [item["version"] for item in items] == [1, 2, 3, 4, 5]
    assert [item["comment"] for item in items] == [None, "1", "2", "3", "4"]
    assert [item["reason"] for item in items] == ["absent"] + ["corrected"] * 4
    assert {item["recorded_by"] for item in items} == {"p1"}


@pytest.mark.parametrize("who", [TEACHER, STUDENT, GUARDIAN])
@pytest.mark.parametrize("suffix", ["", "/history"])
async def test_a_grade_that_nobody_has_recorded_is_not_there(school: "School", who: str, suffix: str) -> None:
    assert (await school.ask(who, "GET", cell("a1", "s1") + suffix)).status == 404


async def test_a_grade_outlives_the_enrollment(school: "School") -> None:
    await grade(school, "a1", "s1", 8)
    for key in [key for key, item in school.dynamodb.items.items() if item.get("entity") == "enrollment"]:
        del school.dynamodb.items[key]
    school.clock.now += 31
    assert (await school.get(TEACHER, cell("a1", "s1")))["score"] == 8
    assert (await school.put_grade(TEACHER, cell("a1", "s1"), {"status": "missing"}, version=1)).status == 404


async def test_the_gradebook_has_a_row_for_each_student_by_name_with_average_and_grades(school: "School") -> None:
    for assessment, student, score in (("a1", "s1", 8), ("a2", "s1", 9), ("a3", "s1", 5), ("a1", "s2", 9.5)):
        await grade(school, assessment, student, score)
    book = await school.get(TEACHER, "/v1/classes/c1/gradebook")

    assert (book["class"]["class_id"], book["term"], book["rules_version"]) == ("c1", "2026-Q4", 2)
    assert [each["assessment_id"] for each in book["assessments"]] == ["a1", "a2", "a3"]
    assert [(row["student_id"], row["name"], row["average"], row["letter"]) for row in book["students"]] == [
        ("s2", "ana", 95, "A"),
        ("s1", "Zoe", 84, "B"),
    ]
    zoe = book["students"][1]["grades"]
    assert [each["assessment_id"] for each in zoe] == ["a1", "a2", "a3"]
    assert zoe[0] == await school.get(TEACHER, cell("a1", "s1"))


async def test_the_gradebook_of_another_term_is_empty_of_this_ones_grades(school: "School") -> None:
    await grade(school, "a1", "s1", 8)
    book = await school.get(TEACHER, "/v1/classes/c1/gradebook?term=2026-Q3")
    assert book["assessments"] == []
    assert [row["average"] for row in book["students"]] == [None, None]


async def test_the_gradebook_takes_two_calls_when_warm(school: "School") -> None:
    await grade(school, "a1", "s1", 8)
    await school.get(TEACHER, "/v1/classes/c1/gradebook")
    school.dynamodb.calls.clear()
    await school.get(TEACHER, "/v1/classes/c1/gradebook")
    assert sorted(school.dynamodb.calls) == ["BatchGetItem", "Query"]


async def test_an_erased_students_texts_are_null_and_the_rest_stays(school: "School") -> None:
    await grade(school, "a1", "s1", 8)
    await school.encryption.erase_student(school.table().context, StudentId("s1"))
    rows = (await school.get(TEACHER, "/v1/classes/c1/gradebook"))["students"]
    assert [(row["student_id"], row["name"]) for row in rows] == [("s2", "ana"), ("s1", None)]
    assert (await school.get(TEACHER, cell("a1", "s1")))["comment"] is None


@pytest.mark.parametrize(
    ("who", "student_ids", "class_ids"),
    [
        (TEACHER, [], ["c1"]),
        (STUDENT, ["s1"], ["c1"]),
        (GUARDIAN, ["s1"], []),
        (ADMIN, [], []),
        ("norte/k1/compliance", [], []),
        ("norte-2/xp1/teacher", [], ["xc1"]),
        ("norte-2/p1/teacher", [], []),
    ],
)
async def test_me(school: "School", who: str, student_ids: list[str], class_ids: list[str]) -> None:
    school_id, person_id, role = who.split("/")
    assert await school.get(who, "/v1/me") == {
        "person_id": person_id,
        "school_id": school_id,
        "roles": [role],
        "student_ids": student_ids,
        "class_ids": class_ids,
    }


async def test_a_new_enrollment_is_noticed_at_once_by_who_needs_it(school: "School") -> None:
    """A student who is not on the remembered roster is looked for again before anybody is told that there is none."""
    await grade(school, "a1", "s1", 8)
    await school.enroll("c1", "s3")
    school.clock.now += 1
    await grade(school, "a1", "s3", 7)


async def test_a_class_is_not_read_at_every_denial(school: "School") -> None:
    await school.ask(TEACHER, "GET", "/v1/classes/c1")
    school.dynamodb.calls.clear()
    for _ in range(5):
        await school.ask(OTHER_TEACHER, "GET", "/v1/classes/c1")
    assert school.dynamodb.calls == []


async def test_a_class_that_changed_here_is_read_anew(school: "School") -> None:
    await school.ask(TEACHER, "GET", "/v1/classes/c1")
    school.dynamodb.calls.clear()
    school.parts.configuration.class_changed(school.table().context, "c1")  # type: ignore[arg-type]
    await school.ask(TEACHER, "GET", "/v1/classes/c1")
    assert school.dynamodb.calls == ["Query"]
