"""A school sets up its classes through the real service, in transactions that a real DynamoDB API and IAM judge."""

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientResponse

if TYPE_CHECKING:
    from tests.integration.interactive.conftest import Service

ADMIN, TEACHER = "admin.norte", "teacher.norte"


@pytest.fixture
async def class_id(service: "Service", request: pytest.FixtureRequest) -> str:
    """A class of the test's own, taught by the demo teacher."""
    example = service.platform.seeded.example.class_id
    like = await service.get(ADMIN, f"/v1/classes/{example}")
    teacher = (await service.get(TEACHER, "/v1/me"))["person_id"]
    change = {"subject": like["subject"], "term": like["term"], "name": "Nueva", "teacher_ids": [teacher]}
    name = str(request.node.name)[-64:]
    created = await service.ask(ADMIN, "PUT", f"/v1/classes/{name}", change, If_None_Match="*")
    assert created.status == 201, await created.text()
    return name


@pytest.fixture
async def student_ids(service: "Service") -> list[str]:
    example = service.platform.seeded.example.class_id
    return [item["student_id"] for item in (await service.get(ADMIN, f"/v1/classes/{example}/roster"))["items"]]


async def put(service: "Service", path: str, body: object = None, version: int | None = None) -> ClientResponse:
    return await service.put_grade(path, body, version=version, username=ADMIN)  # type: ignore[no-any-return]


async def import_file(service: "Service", text: str, query: str = "") -> ClientResponse:
    headers = {"Authorization": f"Bearer {service.platform.tokens[ADMIN]}", "Content-Type": "text/csv"}
    answer = await service.client.post("/v1/rosters/import" + query, data=text.encode(), headers=headers)
    await answer.read()
    return answer


async def test_of_many_administrators_of_one_version_exactly_one_wins(service: "Service", class_id: str) -> None:
    path = f"/v1/classes/{class_id}"
    like = await service.get(ADMIN, path)
    changes = [{name: like[name] for name in ("subject", "term", "teacher_ids")} | {"name": str(n)} for n in range(6)]
    answers = await asyncio.gather(*(put(service, path, change, 1) for change in changes))
    assert Counter(answer.status for answer in answers) == {200: 1, 412: 5}
    (winner,) = [await answer.json() for answer in answers if answer.status == 200]
    assert winner == await service.get(ADMIN, path)
    listed = await service.get(ADMIN, f"/v1/classes?limit=200&term={like['term']}")
    assert winner in listed["items"]


async def test_a_class_is_set_up_and_graded(service: "Service", class_id: str, student_ids: list[str]) -> None:
    path, student_id = f"/v1/classes/{class_id}", student_ids[0]
    assessment = {"category": "exam", "title": "Prueba", "max_score": 20}
    created = await service.put_grade(f"{path}/assessments/x1", assessment, version=None)
    assert created.status == 201, await created.text()
    enrolled = await put(service, f"{path}/roster/{student_id}")
    assert enrolled.status == 201, await enrolled.text()
    roster = (await service.get(TEACHER, f"{path}/roster"))["items"]
    assert [(item["student_id"], bool(item["name"])) for item in roster] == [(student_id, True)]

    cell = f"{path}/assessments/x1/grades/{student_id}"
    assert (await service.put_grade(cell, {"status": "scored", "score": 18}, version=None)).status == 201
    refused = await service.ask(TEACHER, "DELETE", f"{path}/assessments/x1", If_Match='"1"')
    assert refused.status == 409
    unenrolled = await service.ask(ADMIN, "DELETE", f"{path}/roster/{student_id}", If_Match='"1"')
    assert unenrolled.status == 204
    assert (await service.get(TEACHER, cell))["score"] == 18
    still = await service.ask(TEACHER, "DELETE", f"{path}/assessments/x1", If_Match='"1"')
    assert still.status == 409


async def test_an_assessment_is_deleted_and_its_name_is_free_again(service: "Service", class_id: str) -> None:
    path = f"/v1/classes/{class_id}/assessments/x1"
    change = {"category": "exam", "title": "Prueba", "max_score": 20}
    for _ in range(2):
        assert (await service.put_grade(path, change, version=None)).status == 201
        service.wire.losing["TransactWriteItems"] = 1
        assert (await service.ask(TEACHER, "DELETE", path, If_Match='"1"')).status == 204
        assert (await service.get(TEACHER, f"/v1/classes/{class_id}/assessments"))["items"] == []
        assert (await service.ask(TEACHER, "DELETE", path, If_Match='"1"')).status == 204  # as the first time


async def test_a_student_that_there_is_not_is_enrolled_on_no_side(service: "Service", class_id: str) -> None:
    assert (await put(service, f"/v1/classes/{class_id}/roster/nobody")).status == 404
    assert (await service.get(ADMIN, f"/v1/classes/{class_id}/roster"))["items"] == []


async def test_the_same_enrollment_many_times_at_once_is_one(
    service: "Service", class_id: str, student_ids: list[str]
) -> None:
    path = f"/v1/classes/{class_id}/roster/{student_ids[0]}"
    answers = await asyncio.gather(*(put(service, path) for _ in range(5)))
    assert {(answer.status, answer.headers["ETag"]) for answer in answers} == {(201, '"1"')}


async def test_an_import_whose_answers_are_lost_is_completed_by_sending_it_again(
    service: "Service", class_id: str, student_ids: list[str]
) -> None:
    text = "class_id,student_id\r\n" + "".join(f"{class_id},{student}\r\n" for student in student_ids)
    dry: Any = await (await import_file(service, text, "?dry_run=true")).json()
    assert (dry["enrolled"], dry["already_enrolled"]) == (len(student_ids), 0)
    assert (await service.get(ADMIN, f"/v1/classes/{class_id}/roster"))["items"] == []

    service.wire.losing["TransactWriteItems"] = 100
    assert (await import_file(service, text)).status == 503
    service.wire.losing.clear()
    service.wire.seen.clear()
    again = await import_file(service, text)
    assert again.status == 200, await again.text()
    answer = await again.json()
    assert (answer["total"], answer["already_enrolled"]) == (len(student_ids), len(student_ids))
    assert service.wire.seen.count("TransactWriteItems") == 0
    roster = (await service.get(ADMIN, f"/v1/classes/{class_id}/roster"))["items"]
    assert sorted(item["student_id"] for item in roster) == sorted(student_ids)


async def test_two_imports_at_once_enroll_each_student_once(
    service: "Service", class_id: str, student_ids: list[str]
) -> None:
    lines = [f"{class_id},{student}" for student in student_ids]
    texts = ["\r\n".join(["class_id,student_id", *part]) for part in (lines[:7], lines[3:])]
    answers = [await answer.json() for answer in await asyncio.gather(*(import_file(service, text) for text in texts))]
    assert sum(answer["enrolled"] for answer in answers) == len(student_ids)
    assert [answer["total"] for answer in answers] == [7, len(student_ids) - 3]
    for student in student_ids:
        again = await put(service, f"/v1/classes/{class_id}/roster/{student}")
        assert again.headers["ETag"] == '"1"'
