"""Grades through the real service into a real DynamoDB API: races, lost answers, other schools, frozen terms."""

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.integration.interactive.conftest import Service

TEACHER, ADMIN = "teacher.norte", "admin.norte"
GRADE = {"status": "scored", "score": 8.5, "comment": "Bien", "reason": "first mark"}


@pytest.fixture
async def cells(service: "Service") -> list[str]:
    """The addresses of grades that nobody has recorded yet, in a class of the teacher."""
    example = service.platform.seeded.example
    book = await service.get(TEACHER, f"/v1/classes/{example.class_id}/gradebook")
    return [
        f"/v1/classes/{example.class_id}/assessments/{assessment['assessment_id']}/grades/{row['student_id']}"
        for row in book["students"]
        for assessment in book["assessments"]
        if assessment["assessment_id"] not in {grade["assessment_id"] for grade in row["grades"]}
    ]


async def history(service: "Service", cell: str) -> list[Any]:
    items: list[Any] = (await service.get(TEACHER, cell + "/history?limit=200"))["items"]
    return items


async def test_a_teacher_finds_a_class_writes_a_grade_and_everybody_concerned_reads_it(
    service: "Service", cells: list[str]
) -> None:
    me = await service.get(TEACHER, "/v1/me")
    class_ids = {item["class_id"] for item in (await service.get(TEACHER, "/v1/classes"))["items"]}
    assert set(me["class_ids"]) == class_ids
    assert service.platform.seeded.example.class_id in class_ids

    written = await service.put_grade(cells[0], GRADE, version=None)
    assert written.status == 201, await written.text()
    grade = await written.json()
    assert (grade["score"], grade["percent"], grade["comment"]) == (8.5, 85, "Bien")

    student_id = grade["student_id"]
    assert await service.get(TEACHER, cells[0]) == grade
    assert await service.get(ADMIN, cells[0]) == grade
    assert grade in (await service.get("compliance.norte", f"/v1/students/{student_id}/grades?limit=200"))["items"]
    assert [version["reason"] for version in await history(service, cells[0])] == ["first mark"]


async def test_a_student_and_the_guardian_read_the_own_record_and_no_other(
    service: "Service", cells: list[str]
) -> None:
    (student_id,) = (await service.get("student.norte", "/v1/me"))["student_ids"]
    assert student_id in (await service.get("guardian.norte", "/v1/me"))["student_ids"]
    assert (await service.get("student.norte", f"/v1/students/{student_id}/grades"))["items"]
    assert (await service.get("guardian.norte", f"/v1/students/{student_id}/grades"))["items"]
    other = next(cell.rsplit("/", 1)[1] for cell in cells if student_id not in cell)
    for who in ("student.norte", "guardian.norte"):
        assert (await service.ask(who, "GET", f"/v1/students/{other}/grades")).status == 404


async def test_of_many_writers_of_one_version_exactly_one_wins_and_the_chain_has_no_gap(
    service: "Service", cells: list[str]
) -> None:
    writers, rounds, cell = 8, 4, cells[1]
    for version in [None, *range(1, rounds)]:
        changes = [{"status": "scored", "score": score} for score in range(writers)]
        answers = await asyncio.gather(*(service.put_grade(cell, change, version=version) for change in changes))
        assert Counter(answer.status for answer in answers) == {201 if version is None else 200: 1, 412: writers - 1}
        (winner,) = [await answer.json() for answer in answers if answer.status < 300]
        for loser in (answer for answer in answers if answer.status == 412):
            assert (await loser.json())["current"] == winner
        assert await service.get(TEACHER, cell) == winner
    assert [version["version"] for version in await history(service, cell)] == list(range(1, rounds + 1))


async def test_the_same_request_many_times_at_once_is_one_write_and_one_answer(
    service: "Service", cells: list[str]
) -> None:
    answers = await asyncio.gather(*(service.put_grade(cells[2], GRADE, version=None) for _ in range(6)))
    assert {answer.status for answer in answers} == {201}
    assert len({await answer.text() for answer in answers}) == 1
    assert len(await history(service, cells[2])) == 1


async def test_an_answer_that_is_lost_on_the_way_from_aws_is_asked_for_again(
    service: "Service", cells: list[str]
) -> None:
    service.wire.losing["TransactWriteItems"] = 1
    service.wire.seen.clear()
    answer = await service.put_grade(cells[3], GRADE, version=None)
    assert answer.status == 201, await answer.text()
    assert service.wire.seen.count("TransactWriteItems") == 2
    assert len(await history(service, cells[3])) == 1


async def test_when_every_answer_is_lost_the_repeat_is_answered_like_the_first(
    service: "Service", cells: list[str]
) -> None:
    service.wire.losing["TransactWriteItems"] = 100
    lost = await service.put_grade(cells[4], GRADE, version=None)
    assert lost.status == 503
    assert lost.headers["Retry-After"]
    service.wire.losing.clear()

    repeat = await service.put_grade(cells[4], GRADE, version=None)
    assert (repeat.status, repeat.headers["ETag"]) == (201, '"1"')
    assert await repeat.json() == await service.get(TEACHER, cells[4])
    assert len(await history(service, cells[4])) == 1
    assert (await service.put_grade(cells[4], {**GRADE, "score": 1}, version=None)).status == 412


async def test_the_happy_path_is_one_request_to_aws(service: "Service", cells: list[str]) -> None:
    await service.put_grade(cells[5], GRADE, version=None)
    service.wire.seen.clear()
    assert (await service.put_grade(cells[5], {"status": "late", "score": 7}, version=1)).status == 200
    assert service.wire.seen == ["TransactWriteItems"]


async def test_the_prefix_named_school_is_told_that_there_is_nothing(service: "Service", cells: list[str]) -> None:
    await service.put_grade(cells[6], GRADE, version=None)
    missing = await service.ask("admin.norte-2", "GET", "/v1/classes/none/assessments/none/grades/none")
    assert missing.status == 404
    for path in (cells[6], cells[6] + "/history", f"/v1/students/{cells[6].rsplit('/', 1)[1]}/grades"):
        answer = await service.ask("admin.norte-2", "GET", path)
        assert answer.status == 404
        assert {**await answer.json(), "correlation_id": None} == {**await missing.json(), "correlation_id": None}


async def test_another_teachers_class_and_another_role(service: "Service", cells: list[str]) -> None:
    assert (await service.put_grade(cells[7], GRADE, version=None, username="teacher-2.norte")).status == 404
    refused = await service.put_grade(cells[7], GRADE, version=None, username="student.norte")
    assert refused.status == 403
    assert "teacher" in (await refused.json())["detail"]
    assert (await service.ask(TEACHER, "GET", cells[7])).status == 404


async def test_a_frozen_terms_grades_are_read_and_not_written(service: "Service") -> None:
    frozen = (await service.get(TEACHER, "/v1/classes?term=2026-Q3"))["items"][0]
    book = await service.get(TEACHER, f"/v1/classes/{frozen['class_id']}/gradebook")
    row = next(row for row in book["students"] if row["grades"])
    assert row["name"]
    grade = row["grades"][0]
    cell = f"/v1/classes/{frozen['class_id']}/assessments/{grade['assessment_id']}/grades/{row['student_id']}"
    assert await service.get(TEACHER, cell) == grade
    refused = await service.put_grade(cell, {"status": "missing"}, version=grade["version"])
    assert refused.status == 409
    assert (await refused.json())["type"] == "urn:luca:problem:term-frozen"


async def test_a_students_grades_come_in_parts_without_gap_or_double(service: "Service") -> None:
    (student_id,) = (await service.get("student.norte", "/v1/me"))["student_ids"]
    path = f"/v1/students/{student_id}/grades?term=2026-Q3"
    whole = (await service.get("student.norte", path + "&limit=200"))["items"]
    assert len(whole) > 1
    parts: list[Any] = []
    cursor = ""
    while True:
        answer = await service.get("student.norte", f"{path}&limit=1{cursor}")
        parts += answer["items"]
        if answer["next_cursor"] is None:
            break
        cursor = f"&cursor={answer['next_cursor']}"
    assert parts == whole


async def test_a_token_that_was_tampered_with_is_no_token(service: "Service") -> None:
    head, claims, signature = service.platform.tokens[TEACHER].split(".")
    forged = f"{head}.{claims}.{signature[:-6]}AAAAAA"
    answer = await service.client.get("/v1/me", headers={"Authorization": f"Bearer {forged}"})
    assert answer.status == 401
