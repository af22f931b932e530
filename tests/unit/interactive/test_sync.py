"""What the government has not got, page by page from eight shards, and how the school's submissions stand."""

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luca_interactive.cursors import cursor_at
from luca_interactive.routes import sync_runs
from luca_shared.records.grade import Grade, GradeStatus, SyncStatus
from luca_shared.records.submission import Batch, BatchState, Member, Refusal
from luca_shared.records.term import TermState
from luca_shared.tenancy import keys
from luca_shared.tenancy.ids import AssessmentId, ClassId, StudentId, Term

if TYPE_CHECKING:
    from tests.unit.interactive.conftest import School

ADMIN, COMPLIANCE = "norte/h1/school-admin", "norte/k1/compliance"
PENDING, RUNS = "/v1/sync/pending", "/v1/sync/runs"


async def put_grade(
    school: "School", student: str, at: str, *, term: str = "2026-Q4", school_id: str = "norte", synced: bool = False
) -> None:
    grade = Grade.from_item(
        {
            "entity": "grade",
            "class_id": "c1",
            "assessment_id": "a1",
            "student_id": student,
            "term": term,
            "version": 1,
            "status": GradeStatus.MISSING,
            "max_score": 10,
            "rules_version": 1,
            "recorded_by": "p1",
            "recorded_at": at,
            "sync_status": SyncStatus.SYNCED if synced else SyncStatus.PENDING,
        }
    )
    table = school.table(school_id)
    await table.put(grade.key(table.context), grade.to_indexed_item(table.context))


def at(day: int, ms: int = 0) -> str:
    return f"2026-11-{day:02}T12:00:00.{ms:03}Z"


async def all_parts(school: "School", path: str, limit: int) -> list[list[Any]]:
    parts: list[list[Any]] = []
    cursor = ""
    while True:
        joined = "&" if "?" in path else "?"
        answer = await school.get(COMPLIANCE, f"{path}{joined}limit={limit}{cursor}")
        parts.append(answer["items"])
        if answer["next_cursor"] is None:
            return parts
        cursor = f"&cursor={answer['next_cursor']}"


async def students(school: "School", query: str = "") -> list[str]:
    return [item["student_id"] for item in (await school.get(COMPLIANCE, PENDING + query))["items"]]


async def test_a_grade_is_pending_from_its_writing_on_and_no_longer_when_the_government_has_it(
    school: "School",
) -> None:
    path = "/v1/classes/c1/assessments/a1/grades/s1"
    await school.put_grade(ADMIN, path, {"status": "scored", "score": 8})
    assert await school.get(ADMIN, PENDING) == {
        "items": [
            {
                "term": "2026-Q4",
                "class_id": "c1",
                "assessment_id": "a1",
                "student_id": "s1",
                "changed_at": "2026-11-24T00:16:40.000Z",
            }
        ],
        "next_cursor": None,
    }
    await put_grade(school, "s1", at(24), synced=True)
    assert await school.get(ADMIN, PENDING) == {"items": [], "next_cursor": None}


async def test_they_come_by_the_time_of_their_last_change_whatever_their_shard(school: "School") -> None:
    for number in range(20):
        await put_grade(school, f"s{number}", at(1 + (number * 7) % 20))
    assert len({keys.pending_shard(StudentId(f"s{number}")) for number in range(20)}) > 4
    changed = [item["changed_at"] for item in (await school.get(COMPLIANCE, PENDING))["items"]]
    assert changed == sorted(changed)
    assert len(changed) == 20


async def test_days_are_utc_days_both_included(school: "School") -> None:
    for student, time in (
        ("s1", "2026-11-09T23:59:59.999Z"),
        ("s2", "2026-11-10T00:00:00.000Z"),
        ("s3", "2026-11-12T23:59:59.999Z"),
        ("s4", "2026-11-13T00:00:00.000Z"),
    ):
        await put_grade(school, student, time)
    for term in ("", "&term=2026-Q4"):
        assert await students(school, "?from=2026-11-10&to=2026-11-12" + term) == ["s2", "s3"]
        assert await students(school, "?from=2026-11-10" + term) == ["s2", "s3", "s4"]
        assert await students(school, "?to=2026-11-12" + term) == ["s1", "s2", "s3"]
        assert await students(school, "?from=2026-11-11&to=2026-11-11" + term) == []


async def test_without_a_term_they_are_of_every_term_frozen_ones_too(school: "School") -> None:
    await put_grade(school, "s1", at(1), term="2026-Q4")
    await put_grade(school, "s2", at(2), term="2026-Q3")
    await put_grade(school, "s3", at(1), term="2025-Q4")
    assert await students(school) == ["s3", "s2", "s1"]
    assert await students(school, "?term=2026-Q3") == ["s2"]
    assert await students(school, "?term=2026-Q") == []
    assert [[item["student_id"] for item in part] for part in await all_parts(school, PENDING, 1)] == [
        ["s3"],
        ["s2"],
        ["s1"],
    ]


async def test_another_schools_are_not_ours(school: "School") -> None:
    await put_grade(school, "s1", at(1), school_id="norte-2")
    assert await students(school) == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    grades=st.lists(st.tuples(st.integers(0, 40), st.integers(1, 3), st.sampled_from(["2026-Q3", "2026-Q4"]))),
    limit=st.integers(1, 7),
    query=st.sampled_from(["", "?term=2026-Q4", "?from=2026-11-02", "?term=2026-Q3&from=2026-11-01&to=2026-11-02"]),
)
async def test_paging_passes_nothing_over_and_repeats_nothing(
    school: "School", grades: list[tuple[int, int, str]], limit: int, query: str
) -> None:
    for key in [key for key in school.dynamodb.items if "#STUDENT#t" in key[1]]:
        del school.dynamodb.items[key]
    for number, day, term in grades:  # many at the very same time
        await put_grade(school, f"t{number}", at(day), term=term)
    whole = (await school.get(COMPLIANCE, PENDING + query + ("&" if query else "?") + "limit=200"))["items"]
    parts = await all_parts(school, PENDING + query, limit)
    assert [item for part in parts for item in part] == whole
    assert all(len(part) == limit for part in parts[:-1])
    assert len({(item["term"], item["student_id"]) for item in whole}) == len(whole)
    if not query:
        assert len(whole) == len({(number, term) for number, _, term in grades})


async def test_what_is_sent_or_changes_while_somebody_pages_hides_nothing_else(school: "School") -> None:
    for number in range(12):
        await put_grade(school, f"s{number}", at(1, number))
    seen, cursor = [], ""
    for step in range(20):
        answer = await school.get(COMPLIANCE, f"{PENDING}?limit=2{cursor}")
        seen += [item["student_id"] for item in answer["items"]]
        if answer["next_cursor"] is None:
            break
        cursor = f"&cursor={answer['next_cursor']}"
        if step == 0:
            await put_grade(school, "s1", at(1), synced=True)  # the last one seen: the cursor's own
            await put_grade(school, "s5", at(1), synced=True)
            await put_grade(school, "s7", at(20))  # changes, and so comes last
    assert seen == ["s0", "s1", "s2", "s3", "s4", "s6", "s8", "s9", "s10", "s11", "s7"]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("from=2026-13-01", "/from"),
        ("from=yesterday", "/from"),
        ("from=2026-11-02&to=2026-11-01", "/to"),
        ("from_=2026-11-02", "/from_"),
        ("term=a%23b", "/term"),
        ("limit=201", "/limit"),
        ("cursor=!", "/cursor"),
        ("cursor=" + cursor_at("2026-Q4#x"), "/cursor"),
        ("cursor=" + cursor_at("2026-Q4#" + at(1) + "##c1#a1"), "/cursor"),
        ("term=2026-Q3&cursor=" + cursor_at(f"2026-Q4#{at(1)}#s1#c1#a1"), "/cursor"),
        ("term=2026-Q4&from=2026-11-02&cursor=" + cursor_at(f"2026-Q4#{at(1)}#s1#c1#a1"), "/cursor"),
    ],
)
async def test_a_wrong_question_is_pointed_at(school: "School", query: str, pointer: str) -> None:
    await put_grade(school, "s1", at(1))
    response = await school.ask(COMPLIANCE, "GET", f"{PENDING}?{query}")
    assert response.status == 422, await response.text()
    assert [error["pointer"] for error in (await response.json())["errors"]] == [pointer]


async def put_batch(
    school: "School",
    name: str,
    state: BatchState,
    *,
    members: int = 2,
    refused: int = 0,
    term: str = "2026-Q4",
    school_id: str = "norte",
    **times: Any,
) -> None:
    batch = Batch(
        batch_id=name,
        period=Term(term),
        state=state,
        epoch=1,
        members=tuple(
            Member(
                class_id=ClassId("c1"),
                assessment_id=AssessmentId("a1"),
                student_id=StudentId(f"s{number}"),
                version=1,
            )
            for number in range(members)
        ),
        payload_key=f"{school_id}/{name}",
        payload_sha256="0" * 64,
        refused=tuple(Refusal(member=number, code="unknown-student") for number in range(refused)),
        **times,
    )
    table = school.table(school_id)
    await table.put(batch.key(table.context), batch.to_indexed_item())


async def test_a_submission_is_told_by_the_states_of_its_batches(school: "School") -> None:
    await put_batch(school, "b1", BatchState.SYNCED, members=5, refused=2, created_at=at(1), settled_at=at(3))
    await put_batch(school, "b2", BatchState.SPLIT, members=4, settled_at=at(2))
    await put_batch(school, "b3", BatchState.SYNCED, created_at=at(2))
    await put_batch(school, "b4", BatchState.CLIENT_ERROR, members=1)
    await put_batch(school, "b5", BatchState.DLQ, members=3, sent_at=at(4))
    await put_batch(school, "b6", BatchState.RETRY_5S, members=7)
    await put_batch(school, "b7", BatchState.MARK_SYNCED, members=1, refused=1)
    assert await school.get(ADMIN, RUNS) == {
        "items": [
            {
                "term": "2026-Q4",
                "batches": {
                    "Retry5s": 1,
                    "MarkSynced": 1,
                    "Synced": 2,
                    "Split": 1,
                    "ClientError": 1,
                    "DLQ": 1,
                },
                "records": {"waiting": 8, "accepted": 5, "refused": 3, "undelivered": 3},
                "last_activity": at(4),
            }
        ],
        "next_cursor": None,
    }


async def test_every_batch_is_counted_however_many(school: "School") -> None:
    for number in range(60):
        await put_batch(school, f"b{number}", BatchState.SYNCED)
    (run,) = (await school.get(ADMIN, RUNS))["items"]
    assert (run["batches"], run["records"]["accepted"]) == ({"Synced": 60}, 120)


@pytest.mark.parametrize("enough", [1, 1000])
async def test_submissions_come_the_latest_first_and_page(
    school: "School", enough: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync_runs, "ENOUGH_BATCHES", enough)
    await school.set_term("2026-Q2", TermState.FROZEN)
    for term in ("2025-Q4", "2026-Q2", "2026-Q4"):
        for name in ("b1", "b2"):
            await put_batch(school, name, BatchState.SYNCED, term=term)
    for limit in (1, 2, 3):
        parts = await all_parts(school, RUNS, limit)
        assert [item["term"] for part in parts for item in part] == ["2026-Q4", "2026-Q2", "2025-Q4"]
        assert all(0 < len(part) <= (1 if enough == 1 else limit) for part in parts)


async def test_a_submission_that_has_not_begun_is_none_and_another_schools_is_not_ours(school: "School") -> None:
    await put_batch(school, "b1", BatchState.SYNCED, school_id="norte-2")
    assert await school.get(ADMIN, RUNS) == {"items": [], "next_cursor": None}
    assert (await school.ask(ADMIN, "GET", RUNS + "?cursor=" + cursor_at("CLASS#2026-Q4#c1"))).status == 422


async def test_a_run_as_a_whole_is_not_asked_for(school: "School") -> None:
    """The school's credentials couldn't read it."""
    await put_batch(school, "b1", BatchState.SYNCED)
    school.dynamodb.calls.clear()
    await school.get(ADMIN, RUNS)
    assert set(school.dynamodb.calls) == {"Query"}
