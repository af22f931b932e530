"""Behavior profiles from a real table: what the ingest worker makes of messages, read by those whom it concerns."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from luca_ingest_worker.messages import Rules, judge
from luca_ingest_worker.permissions import DEFAULT, Permissions
from luca_interactive.parts import PARTS
from luca_shared.aws.sqs import Message
from luca_shared.aws.statements import Written
from luca_shared.records import timestamps
from luca_shared.records.timestamps import timestamp

if TYPE_CHECKING:
    from tests.integration.interactive.conftest import Service

NOW = datetime.combine(datetime.now(UTC).date(), time(12), UTC)  # so that no test runs into the next day
RULES = Rules(
    kinds=frozenset({"behavior"}),
    permissions=Permissions.parse(DEFAULT),
    max_age=timedelta(days=30),
    max_future=timedelta(minutes=5),
)


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timestamps, "now", lambda: timestamp(NOW))


def student_of(service: "Service", number: int) -> str:
    """The first ten are of both teachers' form, the others of the first teacher's alone."""
    return service.platform.seeded.plans[0].students[number].student_id


def merit(student_id: str, occurred_at: datetime, *, type_: str = "merit", data: object = None) -> dict[str, Any]:
    event = {"kind": "behavior", "student_id": student_id, "type": type_, "occurred_at": timestamp(occurred_at)}
    return {**event, "data": data or {"points": 1}}


async def ingest(service: "Service", message_id: str, events: Sequence[Any]) -> None:
    """Store a teacher's events as the worker does."""
    attributes = {"school_id": "norte", "person_id": "p1", "roles": "teacher", "correlation_id": "c1"}
    message = Message(message_id, "handle", json.dumps({"events": events}), attributes, 1, "norte")
    judgement = judge(message, RULES, NOW)
    assert not judgement.refused
    tables = service.client.app[PARTS].tables  # as the school, with credentials that IAM checks
    accepted = [(each.key, each.record.to_item()) for each in judgement.accepted]
    results = await tables.of(judgement.accepted[0].context).insert_many(accepted)
    assert set(map(type, results)) == {Written}


async def test_events_appear_in_the_profile_of_their_student_for_those_whom_it_concerns(service: "Service") -> None:
    student_id, yesterday, last_week = student_of(service, 0), NOW - timedelta(days=1), NOW - timedelta(days=8)
    events = [merit(student_id, yesterday), merit(student_id, last_week), merit(student_id, NOW, type_="late")]
    await ingest(service, "m1", events)
    path = f"/v1/students/{student_id}/behavior"

    profile = await service.get("student.norte", path)
    for username in ("guardian.norte", "teacher.norte", "teacher-2.norte", "admin.norte", "compliance.norte"):
        assert await service.get(username, path) == profile
    assert (profile["total"], profile["last_seen"]) == (3, timestamp(NOW))
    assert profile["trend"] == {"last_7_days": 1, "previous_7_days": 1, "change": 0}
    assert [(each["type"], each["total"]) for each in profile["types"]] == [("late", 1), ("merit", 2)]
    assert [(day["day"], day["types"]) for day in profile["days"]] == [
        (last_week.date().isoformat(), {"merit": 1}),
        (yesterday.date().isoformat(), {"merit": 1}),
        (NOW.date().isoformat(), {"late": 1}),
    ]
    assert profile["capped_days"] == []


async def test_the_profile_of_another_is_not_there(service: "Service") -> None:
    path = f"/v1/students/{student_of(service, 10)}/behavior"
    await ingest(service, "m2", [merit(student_of(service, 10), NOW)])
    assert (await service.get("teacher.norte", path))["total"] == 1
    for username in ("teacher-2.norte", "student.norte", "admin.norte-2", "student.norte-2"):
        assert (await service.ask(username, "GET", path)).status == 404


async def test_the_oldest_day_counts_and_the_one_before_it_does_not(service: "Service") -> None:
    """An event of the day before may be stored still: its time is up 30 days after it happened, to the second."""
    student_id, first_day = student_of(service, 1), NOW - timedelta(days=29)
    await ingest(service, "m3", [merit(student_id, first_day), merit(student_id, first_day - timedelta(hours=13))])
    profile = await service.get("admin.norte", f"/v1/students/{student_id}/behavior")
    assert profile["first_day"] == first_day.date().isoformat()
    assert [day["day"] for day in profile["days"]] == [profile["first_day"]]


async def test_a_day_with_too_many_events_is_capped_and_skipped(service: "Service") -> None:
    student_id, yesterday = student_of(service, 2), NOW - timedelta(days=1)
    for number in range(25):
        await ingest(service, f"m4-{number}", [merit(student_id, yesterday)] * 100)
    await ingest(service, "m5", [merit(student_id, NOW), merit(student_id, NOW - timedelta(days=2))])
    service.wire.seen.clear()
    profile = await service.get("admin.norte", f"/v1/students/{student_id}/behavior")
    assert [day["total"] for day in profile["days"]] == [1, 2_000, 1]
    assert profile["capped_days"] == [yesterday.date().isoformat()]
    assert service.wire.seen.count("Query") == 3


async def test_a_query_that_ends_at_a_megabyte_is_gone_on_with(service: "Service") -> None:
    student_id, yesterday = student_of(service, 3), NOW - timedelta(days=1)
    events = [merit(student_id, yesterday, data={"note": "x" * 4_000}) for _ in range(100)]
    for number in range(3):
        await ingest(service, f"m6-{number}", events)
    service.wire.seen.clear()
    profile = await service.get("admin.norte", f"/v1/students/{student_id}/behavior")
    assert (profile["total"], profile["capped_days"]) == (300, [])
    assert service.wire.seen.count("Query") == 2
