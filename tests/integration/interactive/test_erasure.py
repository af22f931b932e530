"""Erasing a student in the real tables, under the school's own role: one transaction reaches over the table of keys."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from luca_interactive.parts import PARTS
from luca_shared.aws.client import AwsClient
from luca_shared.aws.dynamodb import DynamoDB
from luca_shared.aws.kms import Kms
from luca_shared.records.class_ import Enrollment
from luca_shared.records.event import Event
from luca_shared.records.timestamps import timestamp
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.encryption import FieldEncryption, Sealed
from luca_shared.tenancy.ids import ClassId, EventId, SchoolId, StudentId, Term
from luca_shared.tenancy.key_types import Range, Table
from luca_shared.tenancy.table import Put, TenantTable

if TYPE_CHECKING:
    from tests.integration.interactive.conftest import Service

ADMIN, TEACHER, GUARDIAN = "admin.norte", "teacher.norte", "guardian.norte"
NORTE = TenantContext.of_directory(SchoolId("norte"), "c-1")
EVENTS = 120  # more than a step removes
GRADE = {"status": "scored", "score": 8.5, "comment": "Bien", "reason": "first mark"}


def table_of(service: "Service") -> TenantTable:
    """The tables as the school, with credentials that IAM checks."""
    return service.client.app[PARTS].tables.of(NORTE)


@pytest.fixture
async def student_id(service: "Service") -> AsyncIterator[str]:
    """A student of the teacher's class with guardians, a commented grade, and events; gone for the other tests."""
    student_id, table = StudentId(f"s-{secrets.token_hex(8)}"), table_of(service)
    me = await service.get(GUARDIAN, "/v1/me")
    body = {"name": "Ana Pérez", "guardian_ids": [me["person_id"], "g-other"]}
    created = await service.ask(ADMIN, "PUT", f"/v1/students/{student_id}", body, If_None_Match="*")
    assert created.status == 201, await created.text()

    example = service.platform.seeded.example
    enrollment = Enrollment(class_id=ClassId(example.class_id), student_id=student_id, term=Term("2026-Q4"), version=1)
    places = [enrollment.key(NORTE), enrollment.student_key(NORTE)]
    await table.transact([Put(place, enrollment.to_item()) for place in places], token=secrets.token_hex(16))
    answer = await service.put_grade(await cell(service, student_id), GRADE, version=None)
    assert answer.status == 201, await answer.text()
    events = [event(student_id, number) for number in range(EVENTS)]
    await table.insert_many([(each.key(NORTE), each.to_item()) for each in events])
    yield student_id
    assert (await erase(service, student_id)).status == 200


async def cell(service: "Service", student_id: str) -> str:
    class_id = service.platform.seeded.example.class_id
    book = await service.get(TEACHER, f"/v1/classes/{class_id}/gradebook")
    return f"/v1/classes/{class_id}/assessments/{book['assessments'][0]['assessment_id']}/grades/{student_id}"


def event(student_id: StudentId, number: int) -> Event:
    return Event(
        event_id=EventId(f"e-{number}"),
        student_id=student_id,
        kind="behavior",
        type="merit",
        occurred_at=timestamp(datetime.now(UTC) - timedelta(days=number % 7)),
        data="{}",
        payload_sha256="0" * 64,
        expires_at=2**33,
    )


async def erase(service: "Service", student_id: str, version: int = 1, username: str = ADMIN) -> Any:
    return await service.ask(username, "DELETE", f"/v1/students/{student_id}", If_Match=f'"{version}"')


async def stored(service: "Service", student_id: str) -> list[str]:
    range_ = Range(NORTE, Table.LUCA, partition=("STUDENT", student_id))
    return [item["sk"] async for item in table_of(service).items(range_, consistent=True)]


async def ciphertexts(service: "Service", student_id: str) -> list[Sealed]:
    table, student = table_of(service), StudentId(student_id)
    profile = await table.get(keys.profile(NORTE, student), consistent=True)
    (version,) = (await table.query(keys.versions_of_student(NORTE, student), consistent=True)).items
    place = f"{version['term']}/{version['class_id']}/{version['assessment_id']}/1"
    assert profile is not None
    return [
        Sealed(student, "name", profile["name"]),
        Sealed(student, f"comment on {place}", version["comment"]),
        Sealed(student, f"reason for {place}", version["reason"]),
    ]


async def read_by_another_process(service: "Service", texts: list[Sealed]) -> list[str | None]:
    emulator, deployment = service.platform.emulator, service.platform.deployment
    async with AwsClient(region=emulator.region, endpoint_url=emulator.endpoint_url) as client:
        encryption = FieldEncryption(service.client.app[PARTS].tables, Kms(client), key_id=deployment.kms_key_arn)
        return await encryption.decrypt_many(NORTE, texts)


async def test_a_student_is_erased_by_the_schools_own_role_and_nobody_reads_what_is_left(
    service: "Service", student_id: str
) -> None:
    path = f"/v1/students/{student_id}"
    assert (await service.get(GUARDIAN, path))["name"] == "Ana Pérez"
    assert len((await service.get(TEACHER, path + "/report-card"))["classes"]) == 1
    texts = await ciphertexts(service, student_id)
    assert await read_by_another_process(service, texts) == ["Ana Pérez", "Bien", "first mark"]

    answer = await erase(service, student_id)
    assert answer.status == 200, await answer.text()
    receipt = await answer.json()
    assert receipt["removed"] == {"enrollments": 1, "guardian_links": 2, "events": EVENTS, "profile": True}
    assert receipt["kept"] == {"grades": 1, "grade_versions": 1}

    assert await read_by_another_process(service, texts) == [None, None, None]
    tombstone = await table_of(service).get(keys.student_key(NORTE, StudentId(student_id)), consistent=True)
    assert tombstone is not None
    assert "wrapped" not in tombstone
    kinds = [sort_key.partition("#")[0] for sort_key in await stored(service, student_id)]
    assert kinds == ["ERASURE", "GRADE", "GRADEV"]
    assert student_id not in (await service.get(GUARDIAN, "/v1/me"))["student_ids"]

    for username in (ADMIN, TEACHER, GUARDIAN, "compliance.norte"):
        for each in (path, path + "/grades", path + "/report-card", path + "/behavior"):
            assert (await service.ask(username, "GET", each)).status == 404
    again = await service.ask(ADMIN, "PUT", path, {"name": "Eva"}, If_None_Match="*")
    assert again.status == 409, await again.text()
    late = await service.put_grade(await cell(service, student_id), GRADE, version=1)
    assert late.status == 404
    assert await (await erase(service, student_id)).text() == await answer.text()


async def test_when_every_answer_is_lost_it_goes_on_where_it_was(service: "Service", student_id: str) -> None:
    service.wire.losing["TransactWriteItems"] = 100
    assert (await erase(service, student_id)).status == 503
    assert (await service.ask(ADMIN, "GET", f"/v1/students/{student_id}")).status == 404
    assert (await erase(service, student_id)).status == 503
    service.wire.losing.clear()
    answer = await erase(service, student_id)
    assert answer.status == 200, await answer.text()
    assert (await answer.json())["removed"]["events"] == EVENTS
    assert len(await stored(service, student_id)) == 3


async def test_of_many_at_once_all_have_the_same_receipt(service: "Service", student_id: str) -> None:
    answers = await asyncio.gather(*(erase(service, student_id) for _ in range(5)))
    assert {answer.status for answer in answers} == {200}
    assert len({await answer.text() for answer in answers}) == 1
    assert (await answers[0].json())["removed"]["events"] == EVENTS


async def test_the_prefix_named_schools_administrator_erases_nobody(service: "Service", student_id: str) -> None:
    before = await stored(service, student_id)
    assert (await erase(service, student_id, username="admin.norte-2")).status == 404
    assert (await erase(service, student_id, version=2)).status == 412
    assert await stored(service, student_id) == before


async def restore(service: "Service", table: Table, copies: list[dict[str, Any]]) -> None:
    """Put items back as they were: what a restored backup, or a replay of the stream, would do."""
    deployment = service.platform.deployment
    name = {Table.LUCA: deployment.table_name, Table.KEYS: deployment.keys_table_name}[table]
    emulator = service.platform.emulator
    async with AwsClient(region=emulator.region, endpoint_url=emulator.endpoint_url) as client:
        for item in copies:
            await DynamoDB(client).put_item(name, item, credentials=emulator.admin)


async def whole(service: "Service", range_: Range) -> list[dict[str, Any]]:
    return [item async for item in table_of(service).items(range_, consistent=True)]


async def test_of_a_backup_that_is_restored_later_the_marks_can_be_read_and_no_text(
    service: "Service", student_id: str
) -> None:
    student = StudentId(student_id)
    copies = await whole(service, Range(NORTE, Table.LUCA, partition=("STUDENT", student_id)))
    wrapped = await table_of(service).get(keys.student_key(NORTE, student), consistent=True)
    assert wrapped is not None
    answer = await erase(service, student_id)
    assert answer.status == 200

    erased = [item for item in copies if item["sk"] != "ERASURE"]
    path, grade_path = f"/v1/students/{student_id}", await cell(service, student_id)
    try:
        await restore(service, Table.LUCA, erased)
        shown = await service.get(ADMIN, path)
        assert (shown["name"], shown["student_id"]) == (None, student_id)
        (grade,) = (await service.get(ADMIN, path + "/grades"))["items"]
        (version,) = (await service.get(ADMIN, grade_path + "/history"))["items"]
        assert (grade["score"], grade["comment"]) == (8.5, None)
        assert (version["score"], version["comment"], version["reason"]) == (8.5, None, None)

        # The control: with the key, it is all there. No copy of `luca` has it, and those of `luca-keys` last a day.
        await restore(service, Table.KEYS, [dict(wrapped)])
        assert await read_by_another_process(service, await ciphertexts(service, student_id)) == [
            *("Ana Pérez", "Bien", "first mark"),
        ]
    finally:  # erased for good, as it was
        tombstone = {"entity": "destroyed-student-key", "student_id": student_id}
        await table_of(service).put(keys.student_key(NORTE, student), tombstone)
        for item in erased:
            if not item["sk"].startswith("GRADE"):
                await remove(service, {"pk": item["pk"], "sk": item["sk"]})


async def remove(service: "Service", key: dict[str, Any]) -> None:
    emulator = service.platform.emulator
    async with AwsClient(region=emulator.region, endpoint_url=emulator.endpoint_url) as client:
        await DynamoDB(client).delete_item(service.platform.deployment.table_name, key, credentials=emulator.admin)
