"""Many grades at once and repeats by key, through the real service into a real DynamoDB API."""

import asyncio
import secrets
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientResponse
from msgspec.structs import replace

from luca_interactive.parts import PARTS
from luca_shared.records.assessment import Assessment
from luca_shared.records.class_ import Class, Enrollment
from luca_shared.records.idempotency import LIFETIME_SECONDS
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import ClassId, SchoolId, StudentId

if TYPE_CHECKING:
    from tests.integration.interactive.conftest import Service

TEACHER, ADMIN = "teacher.norte", "admin.norte"
GRADE = {"status": "scored", "score": 8.5, "comment": "Bien", "reason": "first mark"}
STUDENTS = [f"bulk-{number:02}" for number in range(25)]
FIRST: Mapping[str, int | None] = dict.fromkeys(STUDENTS)
LOSE_ALL = 10_000


@pytest.fixture
async def column(service: "Service") -> str:
    """The address of the grades of an assessment that nobody has a grade in, of 25 students."""
    table = service.client.app[PARTS].tables.of(TenantContext.of_directory(SchoolId("norte"), "test"))
    context = table.context
    info = await table.get(keys.class_info(context, ClassId(service.platform.seeded.example.class_id)))
    assert info is not None
    class_ = replace(Class.from_item(info), class_id=ClassId(f"bulk-{secrets.token_hex(4)}"))
    whole = table.items(keys.whole_class(context, ClassId(info["class_id"])))
    assessment, *_ = [Assessment.from_item(item) async for item in whole if item["entity"] == "assessment"]
    assessment = replace(assessment, class_id=class_.class_id)
    await table.put(class_.key(context), class_.to_item())
    await table.put(assessment.key(context), assessment.to_item())
    for student in STUDENTS:
        record = Enrollment(class_id=class_.class_id, student_id=StudentId(student), term=class_.term, version=1)
        await table.put(record.key(context), record.to_item())
    return f"/v1/classes/{class_.class_id}/assessments/{assessment.assessment_id}/grades"


async def put(
    service: "Service", column: str, versions: Mapping[str, int | None], score: int, **headers: str
) -> ClientResponse:
    items = [{**GRADE, "score": score, "student_id": of, "if_match": version} for of, version in versions.items()]
    return await service.ask(TEACHER, "PUT", column, {"items": items}, **headers)


async def items_of(answer: ClientResponse) -> list[Any]:
    assert answer.status == 200, await answer.text()
    items: list[Any] = (await answer.json())["items"]
    return items


async def history(service: "Service", cell: str) -> list[int]:
    return [version["version"] for version in (await service.get(TEACHER, cell + "/history"))["items"]]


def is_replayed(answer: ClientResponse) -> bool:
    return answer.headers.get("Idempotent-Replayed") == "true"


async def test_the_reasons_of_a_cancellation_tell_which_grades_stood_in_the_way(
    service: "Service", column: str
) -> None:
    stale = {STUDENTS[2], STUDENTS[7]}
    for student in stale:
        assert (await service.put_grade(f"{column}/{student}", GRADE, version=None)).status == 201
    service.wire.seen.clear()

    items = await items_of(await put(service, column, FIRST, 3))
    assert service.wire.seen.count("TransactWriteItems") == 3 + 1  # three groups, one of them a second time
    assert [item["student_id"] for item in items] == STUDENTS
    for item in items:
        standing = await service.get(TEACHER, f"{column}/{item['student_id']}")
        if item["student_id"] in stale:
            assert (item["status"], item["problem"]["current"]) == (412, standing)
        else:
            assert (item["status"], item["grade"]) == (201, standing)


async def test_grades_whose_answers_are_lost_are_looked_for_and_the_repeat_is_like_the_first(
    service: "Service", column: str
) -> None:
    service.wire.losing["TransactWriteItems"] = LOSE_ALL
    first = await items_of(await put(service, column, FIRST, 4))
    service.wire.losing.clear()
    assert {item["status"] for item in first} == {201}
    assert await items_of(await put(service, column, FIRST, 4)) == first
    assert await history(service, f"{column}/{STUDENTS[0]}") == [1]


async def test_writers_of_the_same_class_at_once_lose_nothing(service: "Service", column: str) -> None:
    """Their transactions collide, ten grades at a time: each grade is one's, and the others are shown whose."""
    answers = await asyncio.gather(*(put(service, column, FIRST, score) for score in (1, 2, 5)))
    of_student: dict[str, list[Any]] = {student: [] for student in STUDENTS}
    for answer in answers:
        for item in await items_of(answer):
            of_student[item["student_id"]].append(item)
    for student, items in of_student.items():
        standing = await service.get(TEACHER, f"{column}/{student}")
        assert sorted(item["status"] for item in items) == [201, 412, 412]
        assert all(item.get("grade", item.get("problem", {}).get("current")) == standing for item in items)
        assert await history(service, f"{column}/{student}") == [1]


async def test_a_repeat_by_key_is_given_the_first_answer_by_one_call(service: "Service", column: str) -> None:
    cell = f"{column}/{STUDENTS[0]}"
    named = {"Idempotency_Key": f"key-{column[12:25]}", "If_None_Match": "*"}
    answers = await asyncio.gather(*(service.ask(TEACHER, "PUT", cell, GRADE, **named) for _ in range(4)))
    assert {answer.status for answer in answers} <= {201, 409}
    assert [answer.status for answer in answers if not is_replayed(answer)].count(201) == 1

    service.wire.seen.clear()
    repeat = await service.ask(TEACHER, "PUT", cell, GRADE, **named)
    assert (repeat.status, repeat.headers["ETag"], is_replayed(repeat)) == (201, '"1"', True)
    assert service.wire.seen == ["PutItem"]
    assert await repeat.json() == await service.get(TEACHER, cell)

    other = await service.ask(TEACHER, "PUT", cell, {**GRADE, "score": 7}, **named)
    assert (await other.json())["type"] == "urn:luca:problem:idempotency-conflict"
    admin = await service.ask(ADMIN, "PUT", cell, GRADE, **named)
    assert (admin.status, is_replayed(admin)) == (412, False)


async def test_a_bulk_answer_is_kept_whole(service: "Service", column: str) -> None:
    first = await put(service, column, FIRST, 9, Idempotency_Key="a-key")
    repeat = await put(service, column, FIRST, 9, Idempotency_Key="a-key")
    assert {item["status"] for item in await items_of(first)} == {201}
    assert (is_replayed(first), is_replayed(repeat)) == (False, True)
    assert await repeat.text() == await first.text()


@pytest.mark.parametrize("operation", ["PutItem", "TransactWriteItems"])
async def test_one_lost_answer_from_aws_is_nobodys_concern(service: "Service", column: str, operation: str) -> None:
    """The claim is sent again and meets itself; the transaction's token makes of the second sending the first."""
    only = {STUDENTS[0]: None}
    await put(service, column, {STUDENTS[0]: 999}, 1, Idempotency_Key="warm")  # all keys are in memory from here
    service.wire.losing[operation] = 1
    (item,) = await items_of(await put(service, column, only, 2, Idempotency_Key="a-key"))
    assert service.wire.losing[operation] == 0
    assert item["status"] == 201
    assert is_replayed(await put(service, column, only, 2, Idempotency_Key="a-key"))


async def test_what_failed_can_be_sent_again_under_its_key_at_once(service: "Service", column: str) -> None:
    only = {STUDENTS[0]: None}
    service.wire.losing.update({"TransactWriteItems": LOSE_ALL, "BatchGetItem": LOSE_ALL})
    (lost,) = await items_of(await put(service, column, only, 3, Idempotency_Key="a-key"))
    assert lost["status"] == 503
    service.wire.losing.clear()
    answer = await put(service, column, only, 3, Idempotency_Key="a-key")
    (item,) = await items_of(answer)
    assert (item["status"], is_replayed(answer)) == (201, False)
    assert item["grade"] == await service.get(TEACHER, f"{column}/{STUDENTS[0]}")


async def test_a_record_that_is_over_and_not_yet_deleted_blocks_nothing(
    service: "Service", column: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    only, other = {STUDENTS[0]: None}, {STUDENTS[0]: 1}
    await put(service, column, only, 3, Idempotency_Key="a-key")
    first_answers = service.client.app[PARTS].first_answers
    monkeypatch.setattr(first_answers, "_seconds", lambda: int(time.time()) + LIFETIME_SECONDS - 60)
    assert is_replayed(await put(service, column, only, 3, Idempotency_Key="a-key"))
    monkeypatch.setattr(first_answers, "_seconds", lambda: int(time.time()) + LIFETIME_SECONDS)
    (item,) = await items_of(await put(service, column, other, 4, Idempotency_Key="a-key"))
    assert (item["status"], item["grade"]["version"]) == (200, 2)
