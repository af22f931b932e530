"""Terms, rules and the state of the sync on a real DynamoDB API: transactions, races, lost answers, sharded paging."""

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import ClientResponse

from luca_interactive.routes.rules import EXAMPLE
from luca_local.aws_clients import aws_clients
from luca_shared.aws import encode_item
from luca_shared.records.submission import Batch, BatchState, Member
from luca_shared.records.timestamps import Timestamp
from luca_shared.runtime import json_answers
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import AssessmentId, ClassId, SchoolId, StudentId, Term

if TYPE_CHECKING:
    from tests.integration.interactive.conftest import Service

ADMIN, COMPLIANCE, TEACHER = "admin.norte", "compliance.norte", "teacher.norte"
RULES: dict[str, Any] = msgspec.json.decode(json_answers.encode(EXAMPLE))
WHY = {"reason": "the term is over"}


async def states(service: "Service", username: str = ADMIN) -> dict[str, str]:
    return {item["term"]: item["state"] for item in (await service.get(username, "/v1/terms"))["items"]}


async def decide(service: "Service", path: str, version: int, body: object = WHY) -> ClientResponse:
    return await service.ask(ADMIN, "POST", path, body, If_Match=f'"{version}"')


async def put_rules(service: "Service", subject: str, body: object, version: int | None = None) -> ClientResponse:
    named = {"If_None_Match": "*"} if version is None else {"If_Match": f'"{version}"'}
    return await service.ask(ADMIN, "PUT", f"/v1/rules/{subject}", body, **named)


async def test_a_term_is_set_up_frozen_by_one_of_many_and_reopened(service: "Service") -> None:
    path = "/v1/terms/2027-Q1"
    assert (await service.ask(ADMIN, "PUT", path, {"title": "Q1"}, If_None_Match="*")).status == 201
    assert (await states(service, "student.norte"))["2027-Q1"] == "open"

    reasons = [{"reason": f"reason {number}"} for number in range(6)]
    answers = await asyncio.gather(*(decide(service, path + "/freeze", 1, reason) for reason in reasons))
    assert Counter(answer.status for answer in answers) == {200: 1, 412: 5}
    (winner,) = [await answer.json() for answer in answers if answer.status == 200]
    assert (winner["state"], winner["version"]) == ("freezing", 2)
    for answer in answers:
        if answer.status == 412:
            assert (await answer.json())["current"] == winner
    assert (await states(service, "student.norte"))["2027-Q1"] == "freezing"

    service.wire.losing["TransactWriteItems"] = 100
    assert (await decide(service, path + "/reopen", 2)).status == 503
    service.wire.losing.clear()
    repeat = await decide(service, path + "/reopen", 2)
    assert (repeat.status, repeat.headers["ETag"]) == (200, '"3"')
    assert (await states(service))["2027-Q1"] == "open"
    assert "2027-Q1" not in await states(service, "admin.norte-2")


async def test_rules_have_every_version_and_one_in_force(service: "Service") -> None:
    service.wire.losing["TransactWriteItems"] = 1
    assert (await put_rules(service, "music", RULES)).status == 201
    changes = [RULES | {"passing": passing} for passing in range(6)]
    answers = await asyncio.gather(*(put_rules(service, "music", change, 1) for change in changes))
    assert Counter(answer.status for answer in answers) == {200: 1, 412: 5}
    in_force = await service.get(TEACHER, "/v1/rules/music")
    assert in_force["version"] == 2
    assert [await answer.json() for answer in answers if answer.status == 200] == [in_force]
    wrong = await put_rules(service, "music", RULES | {"passing": 101}, 2)
    assert [error["pointer"] for error in (await wrong.json())["errors"]] == ["/passing"]
    assert (await service.ask("admin.norte-2", "GET", "/v1/rules/music")).status == 404


async def test_a_preview_agrees_with_the_gradebook_and_writes_nothing(service: "Service") -> None:
    class_id = service.platform.seeded.example.class_id
    book = await service.get(TEACHER, f"/v1/classes/{class_id}/gradebook")
    subject = book["class"]["subject"]
    service.wire.seen.clear()
    answer = await service.ask(ADMIN, "POST", f"/v1/rules/{subject}/preview", RULES | {"class_id": class_id})
    assert answer.status == 200, await answer.text()
    (class_,) = (await answer.json())["classes"]
    assert {each["student_id"]: each["now"]["average"] for each in class_["students"]} == {
        row["student_id"]: row["average"] for row in book["students"]
    }
    assert set(service.wire.seen) <= {"GetItem", "Query"}
    dropped = RULES | {"categories": {"exam": {"weight": 100}}}
    refused = await put_rules(service, subject, dropped, 1)
    assert (refused.status, class_id in (await refused.json())["detail"]) == (409, True)


async def test_what_is_pending_pages_through_all_shards_without_gap_or_double(service: "Service") -> None:
    whole = (await service.get(COMPLIANCE, "/v1/sync/pending?limit=200"))["items"]
    assert len({keys.pending_shard(StudentId(item["student_id"])) for item in whole}) > 1
    ordered = [(item["term"], item["changed_at"], item["student_id"], item["class_id"]) for item in whole]
    assert ordered == sorted(ordered)
    parts: list[Any] = []
    cursor = ""
    while True:
        answer = await service.get(COMPLIANCE, f"/v1/sync/pending?limit=7{cursor}")
        parts += answer["items"]
        if answer["next_cursor"] is None or len(parts) > len(whole):
            break
        cursor = f"&cursor={answer['next_cursor']}"
    assert parts[: len(whole)] == whole
    days = sorted({item["changed_at"][:10] for item in whole if item["term"] == "2026-Q3"})
    path = f"/v1/sync/pending?limit=200&term=2026-Q3&from={days[0]}&to={days[0]}"
    of_the_day = (await service.get(ADMIN, path))["items"]
    assert of_the_day == [item for item in whole if item["term"] == "2026-Q3" and item["changed_at"][:10] == days[0]]


async def test_a_school_sees_its_own_submission_and_no_others(service: "Service") -> None:
    context = TenantContext.of_directory(SchoolId("norte"), "test")
    member = Member(class_id=ClassId("c"), assessment_id=AssessmentId("a"), student_id=StudentId("s"), version=1)
    batch = Batch(
        batch_id="b1",
        period=Term("2026-Q3"),
        state=BatchState.SYNCED,
        epoch=1,
        members=(member,),
        payload_key="norte/b1",
        payload_sha256="0" * 64,
        settled_at=Timestamp("2026-10-01T02:00:00.000Z"),
    )
    key = batch.key(context)
    emulator, deployment = service.platform.emulator, service.platform.deployment
    async with aws_clients(emulator.endpoint_url, emulator.admin, emulator.region) as aws:
        item = encode_item({"pk": key.pk, "sk": key.sk, **batch.to_indexed_item()})
        await aws.dynamodb.put_item(TableName=deployment.gov_sync_table_name, Item=item)
    assert (await service.get(COMPLIANCE, "/v1/sync/runs"))["items"] == [
        {
            "term": "2026-Q3",
            "batches": {"Synced": 1},
            "records": {"waiting": 0, "accepted": 1, "refused": 0, "undelivered": 0},
            "last_activity": "2026-10-01T02:00:00.000Z",
        }
    ]
    assert (await service.get("admin.norte-2", "/v1/sync/runs"))["items"] == []
