"""The table as one school, on the deployed tables: what is its own works, and IAM stops what is not."""

import uuid
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest

from luca_shared.aws.errors import AccessDenied, ConditionFailed, TransactionCanceled
from luca_shared.aws.expressions import absent, assign, equals
from luca_shared.aws.statements import Duplicate, Failed, Written
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import AssessmentId, ClassId, EventId, StudentId, Term
from luca_shared.tenancy.key_types import Key
from luca_shared.tenancy.ownership import ForeignKey, Ownership
from luca_shared.tenancy.table import Delete, Put, Tables, TenantTable, Update

C, T = ClassId("c1"), Term("2026-Q4")


def somebody() -> StudentId:
    """A student whom no other test knows."""
    return StudentId(f"s-{uuid.uuid4().hex}")


def grade(context: TenantContext, student: StudentId, assessment: str = "a1") -> Key:
    return keys.grade(context, student, T, C, AssessmentId(assessment))


async def test_a_school_reads_what_it_wrote(tables: Tables, schools: Any) -> None:
    table, key = tables.of(schools.norte), grade(schools.norte, somebody())
    await table.put(key, {"score": Decimal("8.5"), "version": 1}, condition=absent())
    assert await table.get(key, consistent=True) == {
        "pk": key.pk,
        "sk": key.sk,
        "score": Decimal("8.5"),
        "version": 1,
    }
    changed = await table.update(key, assign({"version": 2}, condition=equals("version", 1)))
    assert changed["version"] == 2
    with pytest.raises(ConditionFailed) as failure:
        await table.put(key, {"version": 9}, condition=equals("version", 1))
    assert failure.value.item is not None
    assert failure.value.item["version"] == 2
    await table.delete(key, condition=equals("version", 2))
    assert await table.get(key, consistent=True) is None


async def test_a_range_is_read_page_by_page_in_both_directions(tables: Tables, schools: Any) -> None:
    table, student = tables.of(schools.norte), somebody()
    written = [grade(schools.norte, student, f"a{number}") for number in range(7)]
    for key in written:
        await table.put(key, {"score": 1})
    await table.put(keys.profile(schools.norte, student), {"version": 1})
    await table.put(keys.grade_version(schools.norte, student, T, C, AssessmentId("a1"), 1), {"score": 1})
    for ascending in (True, False):
        found, after = [], None
        while True:
            page = await table.query(
                keys.grades_of_student(schools.norte, student), limit=3, after=after, ascending=ascending
            )
            found += [item["sk"] for item in page.items]
            if (after := page.after) is None:
                break
        assert found == sorted((key.sk for key in written), reverse=not ascending)


async def test_a_gradebook_is_read_page_by_page_through_its_index(tables: Tables, schools: Any) -> None:
    table, class_id = tables.of(schools.norte), ClassId(f"c-{uuid.uuid4().hex}")
    students = sorted(somebody() for _ in range(5))
    for student in students:
        key = keys.grade(schools.norte, student, T, class_id, AssessmentId("a1"))
        await table.put(key, keys.by_class(schools.norte, class_id, T, AssessmentId("a1"), student))
    found, after = [], None
    while True:
        page = await table.query(keys.grades_of_class(schools.norte, class_id, T), limit=2, after=after)
        found += [item["pk"].rpartition("#")[2] for item in page.items]
        if (after := page.after) is None:
            break
    assert found == students


async def test_many_are_read_at_once_from_several_tables(tables: Tables, schools: Any) -> None:
    table, student = tables.of(schools.norte), somebody()
    there = [grade(schools.norte, student, f"a{number}") for number in range(120)]
    assert all(isinstance(result, Written) for result in await table.insert_many([(key, {"n": 1}) for key in there]))
    elsewhere = keys.batch(schools.norte, T, uuid.uuid4().hex)
    await table.put(elsewhere, {"n": 2})
    found = await table.get_many([*there, elsewhere, grade(schools.norte, student, "missing")], consistent=True)
    assert found.keys() == {*there, elsewhere}
    assert found[elsewhere]["n"] == 2


async def test_an_insert_of_what_exists_is_a_duplicate_and_changes_nothing(tables: Tables, schools: Any) -> None:
    table, student = tables.of(schools.norte), somebody()
    old, new = (keys.event(schools.norte, student, "2026-11-24", EventId(name)) for name in ("old", "new"))
    assert await table.insert_many([(old, {"n": 1})]) == [Written()]
    assert await table.insert_many([(old, {"n": 2}), (new, {"n": 2})]) == [Duplicate(), Written()]
    found = await table.get_many([old, new], consistent=True)
    assert (found[old]["n"], found[new]["n"]) == (1, 2)


async def test_a_transaction_writes_all_or_nothing_and_once(tables: Tables, schools: Any) -> None:
    table, student = tables.of(schools.norte), somebody()
    first, second, third = (grade(schools.norte, student, f"a{number}") for number in range(3))
    await table.put(second, {"version": 1})
    await table.put(third, {"version": 1})
    writes: list[Put | Update | Delete] = [
        Put(first, {"version": 1}, absent()),
        Update(second, assign({"version": 2}, condition=equals("version", 1))),
        Delete(third, equals("version", 1)),
    ]
    token = uuid.uuid4().hex
    await table.transact(writes, token=token)
    await table.transact(writes, token=token)  # a retry is the same transaction, not another
    found = await table.get_many([first, second, third], consistent=True)
    assert {key: item["version"] for key, item in found.items()} == {first: 1, second: 2}
    with pytest.raises(TransactionCanceled) as canceled:
        await table.transact(writes, token=uuid.uuid4().hex)
    assert [reason.code for reason in canceled.value.reasons] == ["ConditionalCheckFailed"] * 3


# --- Wall 4, with wall 2's check taken away: whatever key is asked for, the school's credentials reach its own only.


@pytest.fixture
def unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    for check in ("check_key", "check_range", "check_attributes", "check_update"):
        monkeypatch.setattr(Ownership, check, lambda *_: None)


async def insert(table: TenantTable, whose: TenantContext, student: StudentId) -> None:
    (result,) = await table.insert_many([(grade(whose, student), {"score": 1})])
    if isinstance(result, Failed):
        assert result.code in {"AccessDenied", "AccessDeniedException"}
        assert not result.retryable
        raise AccessDenied("BatchExecuteStatement", result.code)


ATTEMPTS: dict[str, Callable[[TenantTable, TenantContext, StudentId], Awaitable[Any]]] = {
    "get": lambda table, whose, student: table.get(grade(whose, student)),
    "get_many": lambda table, whose, student: table.get_many([grade(table.context, student), grade(whose, student)]),
    "query": lambda table, whose, student: table.query(keys.grades_of_student(whose, student)),
    "query a gradebook": lambda table, whose, _: table.query(keys.grades_of_class(whose, C, T)),
    "query the pending": lambda table, whose, _: table.query(keys.pending_in_shard(whose, 1, T)),
    "put": lambda table, whose, student: table.put(grade(whose, student), {"score": 1}),
    "update": lambda table, whose, student: table.update(grade(whose, student), assign({"score": 1})),
    "delete": lambda table, whose, student: table.delete(grade(whose, student)),
    "transact": lambda table, whose, student: table.transact(
        [Put(grade(table.context, student), {}), Put(grade(whose, student), {})], token=uuid.uuid4().hex
    ),
    "insert_many": insert,
    "read a data key": lambda table, whose, student: table.get(keys.student_key(whose, student)),
    "delete a data key": lambda table, whose, student: table.delete(keys.student_key(whose, student)),
    "read a batch": lambda table, whose, _: table.query(keys.batches(whose, T)),
}


@pytest.mark.parametrize("name", ATTEMPTS)
@pytest.mark.usefixtures("unchecked")
async def test_credentials_reach_their_own_school_only(name: str, tables: Tables, schools: Any) -> None:
    student = somebody()
    for own, other in ((schools.norte, schools.norte_2), (schools.norte_2, schools.norte)):
        with pytest.raises(AccessDenied):
            await ATTEMPTS[name](tables.of(own), other, student)
        assert await tables.of(other).get(grade(other, student), consistent=True) is None  # nothing was written


@pytest.mark.parametrize("name", ATTEMPTS)
async def test_the_same_calls_are_allowed_to_the_school_itself(name: str, tables: Tables, schools: Any) -> None:
    if name != "transact":  # which would write one item twice
        await ATTEMPTS[name](tables.of(schools.norte), schools.norte, somebody())


async def test_only_the_check_keeps_an_item_out_of_another_schools_gradebook(
    tables: Tables, schools: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """IAM sees the table's own key, not the index's: this is what the check of index attributes is for."""
    table, student, class_id = tables.of(schools.norte), somebody(), ClassId(f"c-{uuid.uuid4().hex}")
    foreign = keys.by_class(schools.norte_2, class_id, T, AssessmentId("a1"), student)
    key = keys.grade(schools.norte, student, T, class_id, AssessmentId("a1"))
    with pytest.raises(ForeignKey):
        await table.put(key, foreign)
    monkeypatch.setattr(Ownership, "check_attributes", lambda *_: None)
    await table.put(key, foreign)
    page = await tables.of(schools.norte_2).query(keys.grades_of_class(schools.norte_2, class_id, T))
    assert [item["pk"] for item in page.items] == [key.pk]
