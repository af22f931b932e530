"""The endpoint of a behavior profile: who sees whose, and what it looks like on the wire."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from luca_shared.records import timestamps
from luca_shared.records.event import LIFETIME_DAYS, Event
from luca_shared.records.timestamps import Timestamp, moment
from luca_shared.tenancy.ids import EventId, StudentId

if TYPE_CHECKING:
    from tests.unit.interactive.conftest import School

NOW = Timestamp("2026-11-24T14:03:00.000Z")
PATH = "/v1/students/s1/behavior"
STUDENT = "norte/s1/student"


@pytest.fixture(autouse=True)
def present(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timestamps, "now", lambda: NOW)


async def report(
    school: "School",
    event_id: str,
    occurred_at: str,
    *,
    type_: str = "merit",
    school_id: str = "norte",
    student_id: str = "s1",
) -> None:
    table = school.table(school_id)
    event = Event(
        event_id=EventId(event_id),
        student_id=StudentId(student_id),
        kind="behavior",
        type=type_,
        occurred_at=Timestamp(occurred_at),
        data="{}",
        payload_sha256="0" * 64,
        expires_at=int((moment(Timestamp(occurred_at)) + timedelta(days=LIFETIME_DAYS)).timestamp()),
    )
    await table.put(event.key(table.context), event.to_item())


@pytest.mark.parametrize(
    "who", [STUDENT, "norte/g1/guardian", "norte/p1/teacher", "norte/h1/school-admin", "norte/k1/compliance"]
)
async def test_a_profile_for_those_whom_it_concerns(school: "School", who: str) -> None:
    await report(school, "e1", "2026-11-23T10:30:01.250Z")
    await report(school, "e2", "2026-11-12T08:00:00.000Z", type_="late")
    response = await school.ask(who, "GET", PATH)
    assert response.status == 200
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in response.headers
    assert await response.json() == {
        "student_id": "s1",
        "first_day": "2026-10-26",
        "last_day": "2026-11-24",
        "total": 2,
        "last_seen": "2026-11-23T10:30:01.250Z",
        "trend": {"last_7_days": 1, "previous_7_days": 1, "change": 0},
        "types": [
            {
                "type": "late",
                "total": 1,
                "last_seen": "2026-11-12T08:00:00.000Z",
                "trend": {"last_7_days": 0, "previous_7_days": 1, "change": -1},
            },
            {
                "type": "merit",
                "total": 1,
                "last_seen": "2026-11-23T10:30:01.250Z",
                "trend": {"last_7_days": 1, "previous_7_days": 0, "change": 1},
            },
        ],
        "days": [
            {"day": "2026-11-12", "total": 1, "types": {"late": 1}},
            {"day": "2026-11-23", "total": 1, "types": {"merit": 1}},
        ],
        "capped_days": [],
    }


async def test_events_of_others_and_of_other_days_are_not_in_it(school: "School") -> None:
    await report(school, "e1", "2026-10-25T23:59:59.999Z")
    await report(school, "e1", "2026-10-26T00:00:00.000Z")
    await report(school, "e1", "2026-11-24T23:59:59.999Z")
    await report(school, "e1", "2026-11-25T00:00:00.000Z")
    await report(school, "e2", "2026-11-24T10:00:00.000Z", student_id="s2")
    await report(school, "e3", "2026-11-24T10:00:00.000Z", school_id="norte-2")
    found = await school.get(STUDENT, PATH)
    assert [day["day"] for day in found["days"]] == ["2026-10-26", "2026-11-24"]


async def test_a_student_without_events_has_an_empty_profile(school: "School") -> None:
    found = await school.get(STUDENT, PATH)
    assert (found["total"], found["last_seen"], found["trend"], found["days"]) == (0, None, None, [])


async def test_events_of_a_student_who_has_not_been_created_are_not_told(school: "School") -> None:
    await report(school, "e1", "2026-11-24T10:00:00.000Z", student_id="s99")
    for who in ("norte/h1/school-admin", "norte/s99/student"):
        assert (await school.ask(who, "GET", "/v1/students/s99/behavior")).status == 404


async def test_the_record_itself_is_one_query(school: "School") -> None:
    for number in range(100):
        await report(school, f"e{number}", "2026-11-24T10:00:00.000Z")
    school.dynamodb.calls.clear()
    assert (await school.get(STUDENT, PATH))["total"] == 100
    assert school.dynamodb.calls == ["GetItem", "Query"]


async def test_of_a_day_with_too_many_events_2000_count_and_the_answer_says_so(school: "School") -> None:
    for number in range(2_003):
        await report(school, f"e{number:04d}", "2026-11-23T10:00:00.000Z")
    await report(school, "e1", "2026-11-24T10:00:00.000Z")
    found = await school.get(STUDENT, PATH)
    assert [(day["day"], day["total"]) for day in found["days"]] == [("2026-11-23", 2_000), ("2026-11-24", 1)]
    assert found["capped_days"] == ["2026-11-23"]
