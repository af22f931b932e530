"""The import of rosters: all or nothing, each student once, and to its end whoever is killed in between."""

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pytest

from luca_interactive.roster_import import import_rosters
from luca_shared.aws.errors import CancellationReason, TransactionCanceled, Unavailable
from luca_shared.records.student import Student
from luca_shared.runtime.problems import Problem
from luca_shared.tenancy.ids import StudentId

if TYPE_CHECKING:
    from tests.unit.interactive.conftest import School

ADMIN = "norte/h1/school-admin"
IMPORT = "/v1/rosters/import"


def file(*pairs: str) -> str:
    return "\r\n".join(["class_id,student_id", *pairs, ""])


async def send(school: "School", text: str, query: str = "", who: str = ADMIN) -> Any:
    return await school.ask(who, "POST", IMPORT + query, content=("text/csv", text.encode()))


async def counts(school: "School", text: str, query: str = "") -> dict[str, Any]:
    response = await send(school, text, query)
    assert response.status == 200, await response.text()
    found: dict[str, Any] = await response.json()
    assert found["enrolled"] + found["already_enrolled"] == found["total"]
    return found


def enrollments(school: "School") -> list[tuple[str, str]]:
    """The students of each class at both sides, which are the same."""
    stored = [key for key, item in school.dynamodb.items.items() if item.get("entity") == "enrollment"]
    of_norte = [(pk.split("#"), sk.split("#")) for _, pk, sk in stored if pk.startswith("TENANT#norte#")]
    by_class = {(pk[3], sk[1]) for pk, sk in of_norte if pk[2] == "CLASS"}
    by_student = {(sk[2], pk[3]) for pk, sk in of_norte if pk[2] == "STUDENT"}
    assert by_class == by_student
    return sorted(by_class)


async def admit(school: "School", student_ids: Iterable[str]) -> None:
    """Give the school more students; their names don't matter here."""
    table = school.table()
    for student_id in student_ids:
        record = Student(student_id=StudentId(student_id), version=1, name=b"")
        await table.put(record.key(table.context), record.to_item())


async def run(school: "School", text: str) -> Any:
    """The import without HTTP, for files that are larger than the tests' limit of a body."""
    parts = school.parts
    return await import_rosters(school.table().context, parts.tables, parts.configuration, text, dry_run=False)


async def test_what_is_missing_is_enrolled_on_both_sides_and_seen_at_once(school: "School") -> None:
    assert (await school.get(ADMIN, "/v1/classes/c1/gradebook"))["students"]
    answer = await counts(school, file("c1,s1", "c1,s3", "c2,s1", "c1,s3"))
    assert answer == {"dry_run": False, "total": 3, "enrolled": 2, "already_enrolled": 1}
    assert enrollments(school) == [("c0", "s1"), ("c1", "s1"), ("c1", "s2"), ("c1", "s3"), ("c2", "s1"), ("c2", "s3")]
    assert len((await school.get(ADMIN, "/v1/classes/c1/gradebook"))["students"]) == 3
    assert await counts(school, file("c1,s3", "c2,s1")) == {
        "dry_run": False,
        "total": 2,
        "enrolled": 0,
        "already_enrolled": 2,
    }


@pytest.mark.parametrize("query", ["?dry_run=true", "?dry_run=1"])
async def test_a_dry_run_says_what_would_happen_and_writes_nothing(school: "School", query: str) -> None:
    before = dict(school.dynamodb.items)
    answer = await counts(school, file("c1,s1", "c1,s3"), query)
    assert answer == {"dry_run": True, "total": 2, "enrolled": 1, "already_enrolled": 1}
    assert school.dynamodb.items == before
    assert "TransactWriteItems" not in school.dynamodb.calls


@pytest.mark.parametrize("query", ["", "?dry_run=true"])
async def test_every_line_that_is_wrong_is_named_and_nothing_is_written(school: "School", query: str) -> None:
    before = dict(school.dynamodb.items)
    response = await send(school, file("c1,s3", "c9,s1", "c1,s 1", "c9,s9", "c1", "xc1,xs1"), query)
    assert response.status == 422
    problem = await response.json()
    assert [error["pointer"] for error in problem["errors"]] == [
        "/lines/3/class_id",
        "/lines/4/student_id",
        "/lines/5/class_id",
        "/lines/5/student_id",
        "/lines/6/student_id",
        "/lines/7/class_id",
        "/lines/7/student_id",
    ]
    assert problem["errors"][0]["detail"] == "there is no such class"
    assert school.dynamodb.items == before


async def test_more_wrong_lines_than_other_lists_name_are_all_named(school: "School") -> None:
    with pytest.raises(Problem) as raised:
        await run(school, file(*["none,s1"] * 250))
    assert len(raised.value.errors) == 250


@pytest.mark.parametrize(("media_type", "status"), [("application/json", 415), ("text/csv", 413)])
async def test_what_is_no_csv_or_too_large_is_refused(school: "School", media_type: str, status: int) -> None:
    response = await school.ask(ADMIN, "POST", IMPORT, content=(media_type, b"x" * 5000))
    assert response.status == status


async def test_an_import_is_of_the_own_school(school: "School") -> None:
    response = await send(school, file("c1,s3"), who="norte-2/h1/school-admin")
    assert response.status == 422
    assert len((await response.json())["errors"]) == 2
    assert ("c1", "s3") not in enrollments(school)


async def test_many_are_enrolled_in_few_transactions_that_dynamodb_takes(school: "School") -> None:
    students = [f"t{number:03d}" for number in range(150)]
    await admit(school, students)
    school.dynamodb.calls.clear()
    pairs = [f"{class_id},{student}" for class_id in ("c1", "c2") for student in students]
    answer = await run(school, file(*pairs))
    assert (answer.enrolled, answer.already_enrolled) == (300, 0)
    assert len(enrollments(school)) == 304
    assert school.dynamodb.calls.count("TransactWriteItems") == 8  # 20 students: 40 puts of each side, 20 checks
    assert school.dynamodb.calls.count("Query") == 2


async def test_a_student_of_many_classes_takes_several_transactions(school: "School") -> None:
    change = {"subject": "math", "term": "2026-Q4", "name": "x", "teacher_ids": []}
    for number in range(60):
        assert (await school.put(ADMIN, f"/v1/classes/d{number}", change)).status == 201
    answer = await run(school, file(*(f"d{number},s1" for number in range(60))))
    assert answer.enrolled == 60


@pytest.mark.parametrize("carried_out", range(6))
async def test_an_import_that_is_cut_off_anywhere_is_completed_by_sending_it_again(
    school: "School", monkeypatch: pytest.MonkeyPatch, carried_out: int
) -> None:
    """Killed after so many transactions: the next one is lost on its way there, or on its way back."""
    students = [f"t{number:03d}" for number in range(150)]
    await admit(school, students)
    text = file(*(f"c1,{student}" for student in students))
    transact, begun = school.dynamodb.transact_write, 0

    async def cut_off(*args: Any, **options: Any) -> None:
        nonlocal begun
        begun += 1
        if begun > carried_out:
            if carried_out % 2:
                await transact(*args, **options)
            raise Unavailable("TransactWriteItems", "ConnectionLost")
        await transact(*args, **options)

    monkeypatch.setattr(school.dynamodb, "transact_write", cut_off)
    if carried_out < 5:
        with pytest.raises(Unavailable):
            await run(school, text)
    else:
        await run(school, text)
    before = len(enrollments(school)) - 4
    monkeypatch.undo()
    answer = await run(school, text)
    assert (answer.total, answer.enrolled, answer.already_enrolled) == (150, 150 - before, before)
    assert len(enrollments(school)) == 154


async def test_two_imports_at_once_enroll_each_student_once(school: "School") -> None:
    students = [f"t{number:03d}" for number in range(100)]
    await admit(school, students)
    one = file(*(f"c1,{student}" for student in students[:70]))
    other = file(*(f"c1,{student}" for student in students[30:]))
    first, second = await asyncio.gather(run(school, one), run(school, other))
    assert first.enrolled + second.enrolled == 100
    assert (first.total, second.total) == (70, 70)
    assert len(enrollments(school)) == 104
    versions = {item["version"] for item in school.dynamodb.items.values() if item.get("entity") == "enrollment"}
    assert versions == {1}


async def test_an_enrollment_that_was_stored_meanwhile_keeps_its_version(
    school: "School", monkeypatch: pytest.MonkeyPatch
) -> None:
    await school.put(ADMIN, "/v1/classes/c2/roster/s1")
    await school.put(ADMIN, "/v1/classes/c2/roster/s1", version=1)
    configuration = school.parts.configuration
    now = configuration.classroom_now

    async def without_s1(*args: Any) -> Any:
        found = await now(*args)
        return type(found)(found.info, found.assessments, found.deleted, found.roster - {"s1"})

    monkeypatch.setattr(configuration, "classroom_now", without_s1)
    answer = await run(school, file("c2,s1", "c2,s2"))
    assert (answer.enrolled, answer.already_enrolled) == (1, 1)
    assert school.dynamodb.items["luca", "TENANT#norte#CLASS#c2", "STUDENT#s1"]["version"] == 2


async def test_a_student_who_is_erased_meanwhile_is_not_enrolled(
    school: "School", monkeypatch: pytest.MonkeyPatch
) -> None:
    transact = school.dynamodb.transact_write

    async def after_erasure(*args: Any, **options: Any) -> None:
        school.dynamodb.items.pop(("luca", "TENANT#norte#STUDENT#s3", "PROFILE"), None)
        await transact(*args, **options)

    monkeypatch.setattr(school.dynamodb, "transact_write", after_erasure)
    response = await send(school, file("c1,s3", "c2,s1"))
    assert response.status == 409
    assert ("c1", "s3") not in enrollments(school)
    again = await send(school, file("c1,s3", "c2,s1"))
    assert [error["pointer"] for error in (await again.json())["errors"]] == ["/lines/2/student_id"]


async def test_a_transaction_that_is_canceled_for_another_reason_is_our_failure(school: "School") -> None:
    reasons = (CancellationReason("ItemCollectionSizeLimitExceeded"), *[CancellationReason("None")] * 2)
    school.dynamodb.failing = [TransactionCanceled("TransactWriteItems", "Canceled", reasons=reasons)]
    assert (await send(school, file("c1,s3"))).status == 500
