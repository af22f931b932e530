"""Enrolling: both sides or none, of a student that there is; the roster with names; and grades outlive it."""

import asyncio
import csv
import io
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from luca_shared.aws.errors import CancellationReason, TransactionCanceled, Unavailable
from luca_shared.records.student import Student
from luca_shared.tenancy import keys
from luca_shared.tenancy.ids import StudentId

if TYPE_CHECKING:
    from tests.unit.interactive.conftest import School

ADMIN, TEACHER, STUDENT = "norte/h1/school-admin", "norte/p1/teacher", "norte/s3/student"
ROSTER = "/v1/classes/c1/roster"
PATH = ROSTER + "/s3"
CELL = "/v1/classes/c1/assessments/a1/grades/s3"
SIDES = [
    ("luca", "TENANT#norte#CLASS#c1", "STUDENT#s3"),
    ("luca", "TENANT#norte#STUDENT#s3", "ENROLLMENT#2026-Q4#c1"),
]


def sides(school: "School") -> list[int | None]:
    """The version of the enrollment at the class's side and at the student's."""
    return [school.dynamodb.items.get(side, {}).get("version") for side in SIDES]


async def test_who_is_enrolled_is_graded_at_once_and_finds_the_class(school: "School") -> None:
    assert (await school.put_grade(TEACHER, CELL, {"status": "missing"})).status == 404
    response = await school.put(ADMIN, PATH)
    assert (response.status, response.headers["ETag"]) == (201, '"1"')
    assert await response.json() == {"class_id": "c1", "student_id": "s3", "term": "2026-Q4", "version": 1}
    assert sides(school) == [1, 1]
    assert (await school.put_grade(TEACHER, CELL, {"status": "missing"})).status == 201
    assert (await school.get(STUDENT, "/v1/me"))["class_ids"] == ["c1", "c2"]


async def test_the_roster_has_names_and_comes_in_parts(school: "School") -> None:
    await school.put(ADMIN, PATH)
    first = await school.get(TEACHER, ROSTER + "?limit=2")
    rest = await school.get("norte/k1/compliance", f"{ROSTER}?limit=2&cursor={first['next_cursor']}")
    assert first["items"] + rest["items"] == [
        {"student_id": "s1", "name": "Zoe", "version": 1},
        {"student_id": "s2", "name": "ana", "version": 1},
        {"student_id": "s3", "name": "Luis", "version": 1},
    ]
    assert rest["next_cursor"] is None


async def test_names_are_read_together(school: "School") -> None:
    await school.get(ADMIN, ROSTER)
    school.dynamodb.calls.clear()
    await school.get(ADMIN, ROSTER)
    assert school.dynamodb.calls == ["Query", "BatchGetItem"]


async def test_an_erased_name_is_null(school: "School") -> None:
    await school.encryption.erase_student(school.table().context, StudentId("s1"))
    assert [item["name"] for item in (await school.get(ADMIN, ROSTER))["items"]] == [None, "ana"]


@pytest.mark.parametrize(
    "path", ["/v1/classes/none/roster/s3", "/v1/classes/c1/roster/none", "/v1/classes/c1/roster/xs1"]
)
async def test_a_class_or_student_that_there_is_not_is_answered_alike(school: "School", path: str) -> None:
    response = await school.put(ADMIN, path)
    assert response.status == 404
    assert (await response.json())["detail"] == "it does not exist, or is not yours to see"
    assert sides(school) == [None, None]


async def test_a_student_who_is_being_erased_is_not_enrolled(school: "School") -> None:
    key = keys.profile(school.table().context, StudentId("s3"))
    answers = await asyncio.gather(school.put(ADMIN, PATH), school.table().delete(key))
    assert answers[0].status == 404
    assert sides(school) == [None, None]


async def test_of_two_administrators_at_once_both_have_enrolled_the_student(school: "School") -> None:
    answers = await asyncio.gather(*(school.put(ADMIN, PATH) for _ in range(3)))
    assert {answer.status for answer in answers} == {201}
    assert sides(school) == [1, 1]


async def test_one_enrolls_while_the_other_unenrolls_and_both_sides_agree(school: "School") -> None:
    await school.put(ADMIN, PATH)
    answers = await asyncio.gather(school.put(ADMIN, PATH, version=1), school.delete(ADMIN, PATH, version=1))
    one, other = sides(school)
    assert one == other
    assert sorted(answer.status for answer in answers) in ([200, 412], [204, 412])


@pytest.mark.parametrize("version", [None, 1])
async def test_a_repeat_after_a_lost_answer_is_answered_like_the_first(school: "School", version: int | None) -> None:
    if version is not None:
        await school.put(ADMIN, PATH)
    school.dynamodb.lost = Unavailable("TransactWriteItems", "ConnectionLost")
    assert (await school.put(ADMIN, PATH, version=version)).status == 503
    assert (await school.put_grade(TEACHER, CELL, {"status": "missing"})).status == 201  # it isn't forgotten here
    repeat = await school.put(ADMIN, PATH, version=version)
    assert (repeat.status, repeat.headers["ETag"]) == ((201, '"1"') if version is None else (200, '"2"'))


async def test_unenrolling_takes_both_sides_and_keeps_the_grades(school: "School") -> None:
    await school.put(ADMIN, PATH)
    grade = await (await school.put_grade(TEACHER, CELL, {"status": "scored", "score": 8})).json()
    response = await school.delete(ADMIN, PATH, version=1)
    assert (response.status, await response.read()) == (204, b"")
    assert sides(school) == [None, None]
    assert await school.get(TEACHER, CELL) == grade
    assert (await school.get(STUDENT, "/v1/students/s3/grades"))["items"] == [grade]
    assert (await school.put_grade(TEACHER, CELL, {"status": "missing"}, version=1)).status == 404

    assert (await school.put(ADMIN, PATH)).status == 201
    assert (await school.put_grade(TEACHER, CELL, {"status": "missing"}, version=1)).status == 200


async def test_only_the_version_that_is_named_is_unenrolled(school: "School") -> None:
    await school.put(ADMIN, PATH)
    response = await school.delete(ADMIN, PATH, version=2)
    assert (response.status, (await response.json())["current"]["version"]) == (412, 1)
    assert (await school.ask(ADMIN, "DELETE", PATH)).status == 428
    assert (await school.delete(ADMIN, PATH, version=1)).status == 204
    assert (await school.delete(ADMIN, PATH, version=1)).status == 404
    assert (await school.delete(ADMIN, "/v1/classes/none/roster/s3", version=1)).status == 404


async def test_a_transaction_that_is_canceled_for_another_reason_is_our_failure(school: "School") -> None:
    reasons = (CancellationReason("ItemCollectionSizeLimitExceeded"), *[CancellationReason("None")] * 2)
    school.dynamodb.failing = [TransactionCanceled("TransactWriteItems", "Canceled", reasons=reasons)]
    assert (await school.put(ADMIN, PATH)).status == 500


async def rows(school: "School", who: str, path: str) -> list[list[str]]:
    response = await school.ask(who, "GET", path)
    assert (response.status, response.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    body = await response.read()
    assert body.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True))


async def rename(school: "School", student_id: str, name: str) -> None:
    table = school.table()
    item = await table.get(keys.profile(table.context, StudentId(student_id)))
    assert item is not None
    sealed = await school.encryption.encrypt(table.context, StudentId(student_id), "name", name)
    renamed = replace(Student.from_item(item), name=sealed)
    await table.put(renamed.key(table.context), renamed.to_item())


async def test_a_roster_is_a_file_that_can_be_imported_again(school: "School") -> None:
    await rename(school, "s1", '=HYPERLINK("http://evil";"Zoe")')
    assert await rows(school, TEACHER, ROSTER + ".csv") == [
        ["class_id", "student_id", "name"],
        ["c1", "s1", '\'=HYPERLINK("http://evil";"Zoe")'],
        ["c1", "s2", "ana"],
    ]
    exported = await school.ask(ADMIN, "GET", ROSTER + ".csv")
    assert exported.headers["Content-Disposition"] == 'attachment; filename="roster-c1.csv"'
    content = ("text/csv", await exported.read())
    imported: Any = await (await school.ask(ADMIN, "POST", "/v1/rosters/import", content=content)).json()
    assert (imported["enrolled"], imported["already_enrolled"]) == (0, 2)


async def test_a_gradebook_is_a_file_of_plain_numbers(school: "School") -> None:
    await rename(school, "s1", "-Zoe")
    await school.encryption.erase_student(school.table().context, StudentId("s2"))
    title = {"category": "exam", "title": "+Prueba", "max_score": 10}
    await school.put(TEACHER, "/v1/classes/c1/assessments/a1", title, version=1)
    for assessment, student, change in (
        ("a1", "s1", {"status": "scored", "score": 8.5}),
        ("a2", "s1", {"status": "late", "score": 10}),
        ("a1", "s2", {"status": "missing"}),
    ):
        cell = f"/v1/classes/c1/assessments/{assessment}/grades/{student}"
        assert (await school.put_grade(TEACHER, cell, change)).status == 201
    assert await rows(school, TEACHER, "/v1/classes/c1/gradebook.csv") == [
        ["student_id", "name", "'+Prueba (a1)", "a2 (a2)", "a3 (a3)", "average", "letter"],
        ["s1", "'-Zoe", "8.5", "10", "", "87", "B"],
        ["s2", "", "missing", "", "", "0", ""],
    ]
    other_term = await rows(school, ADMIN, "/v1/classes/c1/gradebook.csv?term=2026-Q3")
    assert other_term[0] == ["student_id", "name", "average", "letter"]
    response = await school.ask(ADMIN, "GET", "/v1/classes/c1/gradebook.csv")
    assert response.headers["Content-Disposition"] == 'attachment; filename="gradebook-c1-2026-Q4.csv"'
