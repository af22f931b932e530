"""Students: who reads and stores them, and that the links of guardians are what the profile says."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luca_interactive.api.students import StudentChange
from luca_interactive.student_writing import store_student
from luca_shared.aws.errors import CancellationReason, TransactionCanceled, Unavailable
from luca_shared.records.student import Student
from luca_shared.runtime.preconditions import Create, Precondition, Replace
from luca_shared.runtime.problems import Problem
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import PersonId, SchoolId, StudentId

if TYPE_CHECKING:
    from tests.unit.interactive.conftest import Premises, School

TEACHER, ADMIN, STUDENT = "norte/p1/teacher", "norte/h1/school-admin", "norte/s1/student"
GUARDIAN = "norte/g1/guardian"
S1, NEW = "/v1/students/s1", "/v1/students/s9"
ANA = {"name": "Ana Pérez", "guardian_ids": ["g9", "g8"]}


async def put(school: "School", path: str, body: object, version: int | None = None, who: str = ADMIN) -> Any:
    return await school.ask(who, "PUT", path, body, if_(version))


def if_(version: int | None) -> dict[str, str]:
    return {"If-None-Match": "*"} if version is None else {"If-Match": f'"{version}"'}


def linked(items: dict[tuple[str, str, str], Any], student_id: str) -> set[str]:
    """The guardians whose links lead to a student of norte."""
    prefix = "TENANT#norte#PERSON#"
    return {pk.removeprefix(prefix) for _, pk, sk in items if pk.startswith(prefix) and sk == f"STUDENT#{student_id}"}


@pytest.mark.parametrize("who", [TEACHER, ADMIN, STUDENT, GUARDIAN, "norte/k1/compliance"])
async def test_a_student_is_read_by_those_whom_it_concerns(school: "School", who: str) -> None:
    answer = await school.ask(who, "GET", S1)
    assert await answer.json() == {"student_id": "s1", "name": "Zoe", "guardian_ids": ["g1"], "version": 1}
    assert (answer.headers["ETag"], answer.headers["Cache-Control"]) == ('"1"', "private, no-store")


async def test_a_new_student_is_stored_with_the_guardians(school: "School") -> None:
    answer = await put(school, NEW, ANA)
    assert (answer.status, answer.headers["ETag"]) == (201, '"1"')
    assert await answer.json() == {
        "student_id": "s9",
        "name": "Ana Pérez",
        "guardian_ids": ["g8", "g9"],
        "version": 1,
    }
    assert await school.get("norte/g9/guardian", NEW) == await answer.json()
    assert linked(school.dynamodb.items, "s9") == {"g8", "g9"}


async def test_a_former_guardian_sees_nothing_any_more_and_a_new_one_does(school: "School") -> None:
    await put(school, NEW, ANA)
    answer = await put(school, NEW, {"name": "Ana", "guardian_ids": ["g9", "g7"]}, 1)
    assert (answer.status, (await answer.json())["version"]) == (200, 2)
    assert linked(school.dynamodb.items, "s9") == {"g7", "g9"}
    assert (await school.ask("norte/g8/guardian", "GET", NEW)).status == 404
    assert (await school.get("norte/g7/guardian", NEW))["name"] == "Ana"
    assert linked(school.dynamodb.items, "s1") == {"g1"}


async def test_a_name_is_stored_under_the_students_own_key(school: "School") -> None:
    await put(school, NEW, ANA)
    assert "Ana" not in repr(school.dynamodb.items)
    assert ("luca-keys", "TENANT#norte#KEYS", "STUDENT#s9") in school.dynamodb.items
    item = school.dynamodb.items["luca", "TENANT#norte#STUDENT#s9", "PROFILE"]
    context = school.table().context
    assert await school.encryption.decrypt(context, StudentId("s9"), "name", item["name"]) == "Ana Pérez"


async def test_storing_a_student_with_a_key_is_a_read_and_a_write(school: "School") -> None:
    await put(school, NEW, ANA)
    school.dynamodb.calls.clear()
    await put(school, NEW, {"name": "Ana"}, 1)
    assert school.dynamodb.calls == ["BatchGetItem", "TransactWriteItems"]


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"name": ""}, {"/name"}),
        ({"name": "x" * 201}, {"/name"}),
        ({"name": "Ana", "guardian_ids": [f"g{number}" for number in range(11)]}, {"/guardian_ids"}),
        ({"guardian_ids": ["g#1", "*"], "version": 3}, {"/name", "/guardian_ids/0", "/guardian_ids/1", "/version"}),
    ],
)
async def test_every_bad_field_is_named(school: "School", body: object, pointers: set[str]) -> None:
    answer = await put(school, NEW, body)
    assert answer.status == 422
    assert {error["pointer"] for error in (await answer.json())["errors"]} == pointers
    assert school.dynamodb.calls == []


async def test_a_guardian_named_twice_counts_once(school: "School") -> None:
    answer = await put(school, NEW, {"name": "Ana", "guardian_ids": ["g1", "g1"]})
    assert (await answer.json())["guardian_ids"] == ["g1"]


@pytest.mark.parametrize("version", [None, 2])
async def test_another_version_stands_there_and_is_shown(school: "School", version: int | None) -> None:
    before = dict(school.dynamodb.items)
    answer = await put(school, S1, ANA, version)
    assert (answer.status, answer.headers["ETag"]) == (412, '"1"')
    assert (await answer.json())["current"] == await school.get(ADMIN, S1)
    assert school.dynamodb.items == before


async def test_a_version_of_nobody_is_told_that_there_is_nobody(school: "School") -> None:
    answer = await put(school, NEW, ANA, 1)
    assert (answer.status, (await answer.json())["current"]) == (412, None)


@pytest.mark.parametrize("version", [None, 1])
async def test_a_repeat_after_a_lost_answer_is_answered_like_the_first(school: "School", version: int | None) -> None:
    if version is not None:
        await put(school, NEW, {"name": "Luz"})
    school.dynamodb.lost = Unavailable("TransactWriteItems", "ConnectionLost")
    assert (await put(school, NEW, ANA, version)).status == 503
    stored = dict(school.dynamodb.items)
    for _ in range(2):
        repeat = await put(school, NEW, ANA, version)
        assert repeat.status == (201 if version is None else 200)
        assert await repeat.json() == await school.get(ADMIN, NEW)
    assert school.dynamodb.items == stored
    assert (await put(school, NEW, {**ANA, "name": "Ana"}, version)).status == 412
    assert (await put(school, NEW, {**ANA, "guardian_ids": ["g9"]}, version)).status == 412


async def test_killed_before_the_write_nothing_is_stored(school: "School") -> None:
    before = dict(school.dynamodb.items)
    school.dynamodb.failing = [Unavailable("TransactWriteItems", "ConnectionLost")]
    assert (await put(school, S1, ANA, 1)).status == 503
    assert school.dynamodb.items == before
    assert (await put(school, S1, ANA, 1)).status == 200


async def test_of_many_who_change_a_student_at_once_one_wins_and_its_guardians_are_the_linked_ones(
    school: "School",
) -> None:
    bodies = [{"name": f"Ana {number}", "guardian_ids": [f"g{number}", "g1"]} for number in range(2, 8)]
    answers = await asyncio.gather(*(put(school, S1, body, 1) for body in bodies))
    assert Counter(answer.status for answer in answers) == {200: 1, 412: len(bodies) - 1}
    (winner,) = [await answer.json() for answer in answers if answer.status == 200]
    assert await school.get(ADMIN, S1) == winner
    assert linked(school.dynamodb.items, "s1") == set(winner["guardian_ids"])


async def test_the_same_request_many_times_at_once_is_one_write(school: "School") -> None:
    answers = await asyncio.gather(*(put(school, NEW, ANA) for _ in range(5)))
    assert {answer.status for answer in answers} == {201}
    assert (await school.get(ADMIN, NEW))["version"] == 1


async def test_a_transaction_that_is_canceled_for_another_reason_is_our_failure(school: "School") -> None:
    reasons = (CancellationReason("ItemCollectionSizeLimitExceeded"), CancellationReason("None"))
    school.dynamodb.failing = [
        TransactionCanceled("TransactWriteItems", "TransactionCanceledException", reasons=reasons)
    ]
    assert (await put(school, NEW, {"name": "Ana"})).status == 500


async def test_a_student_of_the_prefix_named_school_is_another(school: "School") -> None:
    assert (await put(school, S1, {"name": "Eva"}, who="norte-2/h1/school-admin")).status == 201
    assert (await school.get(ADMIN, S1))["name"] == "Zoe"
    assert (await school.get("norte-2/h1/school-admin", S1))["name"] == "Eva"


async def test_a_name_is_null_when_the_schools_key_is_destroyed(school: "School") -> None:
    for name in [name for name in school.dynamodb.items if name[0] == "luca-keys"]:
        del school.dynamodb.items[name]
    school.encryption._keys.forget(school.table().context, StudentId("s1"))
    assert (await school.get(ADMIN, S1))["name"] is None


guardians = st.frozensets(st.sampled_from([PersonId(f"g{number}") for number in range(15)]), max_size=10)


@given(requests=st.lists(st.tuples(guardians, st.integers(0, 3)), max_size=8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
async def test_links_are_exactly_what_the_profile_says(
    new_premises: Callable[[], Awaitable["Premises"]], requests: list[tuple[frozenset[PersonId], int]]
) -> None:
    """After any requests, right and wrong: 0 creates, another number names that version."""
    premises = await new_premises()
    table = premises.parts.tables.of(TenantContext.of_directory(SchoolId("norte"), "test"))
    key = keys.profile(table.context, StudentId("s9"))
    for guardian_ids, version in requests:
        precondition: Precondition = Replace(version) if version else Create()
        change = StudentChange(name="Ana", guardian_ids=guardian_ids)
        with contextlib.suppress(Problem):
            await store_student(table, premises.parts.texts, StudentId("s9"), change, precondition)
        item = await table.get(key)
        expected = set() if item is None else set(Student.from_item(item).guardian_ids)
        assert linked(premises.dynamodb.items, "s9") == expected
