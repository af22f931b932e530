"""The tables as one school: signed as it, and deaf to anything that is another's."""

from collections.abc import AsyncIterator, Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luca_shared.aws import expressions
from luca_shared.aws.errors import AccessDenied, ConditionFailed, CredentialsRejected
from luca_shared.aws.expressions import Between, Page, absent, assign, equals, present
from luca_shared.aws.statements import Written
from luca_shared.aws.transactions import TransactCheck, TransactDelete, TransactPut, TransactUpdate
from luca_shared.records.grade import Grade, GradeStatus, SyncStatus
from luca_shared.records.timestamps import Timestamp
from luca_shared.records.wire import item_type
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import AssessmentId, ClassId, EventId, PersonId, StudentId, Term
from luca_shared.tenancy.key_types import LAST, Key, Range, Table
from luca_shared.tenancy.table import (
    Amendment,
    Check,
    Delete,
    ForeignKey,
    OutsideRange,
    Put,
    RangePage,
    Tables,
    TenantTable,
    Update,
)
from luca_shared.tenancy.writes import Write

ActAs = Callable[..., TenantContext]
S, C, A, T = StudentId("s42"), ClassId("c1"), AssessmentId("a7"), Term("2026-Q4")
NO_CHANGE = assign({"note": 1})


@pytest.fixture
def norte(act_as: ActAs) -> TenantContext:
    return act_as("norte")


@pytest.fixture
def table(tables: Tables, norte: TenantContext) -> TenantTable:
    return tables.of(norte)


def grade(context: TenantContext) -> Key:
    return keys.grade(context, S, T, C, A)


def amendment(key: Key, **sets: Any) -> Amendment:
    return Amendment(key, sets=sets or {"note": 1}, removes=(), where={"version": 1})


async def all_of(items: AsyncIterator[Any]) -> list[Any]:
    return [item async for item in items]


# Every method with a key or a range of the school that is given; a new method belongs here.
CALLS: dict[str, Callable[[TenantTable, TenantContext], Awaitable[Any]]] = {
    "get": lambda table, whose: table.get(grade(whose)),
    "get_many": lambda table, whose: table.get_many([grade(table.context), grade(whose)]),
    "query": lambda table, whose: table.query(keys.grades_of_student(whose, S)),
    "read_many": lambda table, whose: table.read_many([grade(whose)], item_type(Grade)),
    "read": lambda table, whose: table.read(keys.grades_of_class(whose, C, T), item_type(Grade)),
    "query an index": lambda table, whose: table.query(keys.grades_of_class(whose, C, T)),
    "put": lambda table, whose: table.put(grade(whose), {"score": 1}),
    "update": lambda table, whose: table.update(grade(whose), NO_CHANGE),
    "delete": lambda table, whose: table.delete(grade(whose)),
    "transact a put": lambda table, whose: table.transact([Put(grade(whose), {})], token="t"),
    "transact an update": lambda table, whose: table.transact(
        [Put(keys.profile(table.context, S), {}), Update(grade(whose), NO_CHANGE)], token="t"
    ),
    "transact a delete": lambda table, whose: table.transact([Delete(grade(whose))], token="t"),
    "insert_many": lambda table, whose: table.insert_many(
        [(keys.profile(table.context, S), {}), (grade(whose), {"score": 1})]
    ),
    "amend_many": lambda table, whose: table.amend_many(
        [amendment(keys.profile(table.context, S)), amendment(grade(whose))]
    ),
    "items": lambda table, whose: all_of(table.items(keys.grades_of_student(whose, S))),
}


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("other", ["sur", "norte-2", "nort", "n"])
async def test_what_is_another_schools_is_refused_before_anything_leaves_the_process(
    name: str, other: str, table: TenantTable, act_as: ActAs, dynamodb: Any, sts: Any
) -> None:
    with pytest.raises(ForeignKey) as refusal:
        await CALLS[name](table, act_as(other))
    assert dynamodb.calls == []
    assert sts.calls == []
    assert other not in str(refusal.value).split()
    assert "TENANT" not in str(refusal.value)


@pytest.mark.parametrize("name", CALLS)
async def test_every_call_is_signed_as_the_contexts_school_and_carries_its_correlation_id(
    name: str, table: TenantTable, norte: TenantContext, tables: Tables, act_as: ActAs, dynamodb: Any
) -> None:
    await CALLS[name](table, norte)
    assert dynamodb.calls
    assert {(call.school, call.correlation_id) for call in dynamodb.calls} == {("norte", "c-1")}
    dynamodb.calls.clear()
    other = act_as("norte-2", "c-2")
    await CALLS[name](tables.of(other), other)
    assert {(call.school, call.correlation_id) for call in dynamodb.calls} == {("norte-2", "c-2")}


async def test_a_key_or_range_made_by_hand_is_refused(table: TenantTable, dynamodb: Any) -> None:
    class Lookalike:
        pk, sk, school_id, table = "TENANT#norte#STUDENT#s42", "PROFILE", "norte", Table.LUCA

    for fake in ({"pk": "TENANT#norte#STUDENT#s42", "sk": "PROFILE"}, "TENANT#norte#STUDENT#s42", Lookalike()):
        with pytest.raises(TypeError):
            await table.get(fake)  # type: ignore[arg-type]  # the point of it
        with pytest.raises(TypeError):
            await table.query(fake)  # type: ignore[arg-type]  # the point of it
    assert dynamodb.calls == []


async def test_a_key_that_lies_about_its_partition_is_refused(table: TenantTable, norte: TenantContext) -> None:
    key = grade(norte)
    object.__setattr__(key, "pk", "TENANT#sur#STUDENT#s42")
    with pytest.raises(ForeignKey):
        await table.get(key)


def test_without_a_tenant_there_is_no_table(tables: Tables) -> None:
    for nobody in (None, "norte"):
        with pytest.raises(TypeError, match="no tenant"):
            tables.of(nobody)  # type: ignore[arg-type]  # the point of it


# --- Index attributes: plain values by which an item is filed, and which IAM does not look at.


@pytest.mark.parametrize("attribute", ["by_class_pk", "pending_pk"])
@pytest.mark.parametrize(
    "value", ["TENANT#sur#CLASS#c1", "TENANT#norte-2#CLASS#c1", "TENANT#norte", "", None, 5, ["TENANT#norte#CLASS#c1"]]
)
async def test_no_item_is_filed_under_another_school(
    attribute: str, value: object, table: TenantTable, norte: TenantContext, dynamodb: Any
) -> None:
    for attempt in (
        table.put(grade(norte), {attribute: value}),
        table.insert_many([(grade(norte), {attribute: value})]),
        table.amend_many([amendment(grade(norte), **{attribute: value})]),
        table.transact([Put(grade(norte), {attribute: value})], token="t"),
    ):
        with pytest.raises(ForeignKey):
            await attempt
    assert dynamodb.calls == []


@pytest.mark.parametrize("attribute", ["by_class_pk", "pending_pk"])
async def test_no_update_files_an_item_under_another_school(
    attribute: str, table: TenantTable, norte: TenantContext, dynamodb: Any
) -> None:
    foreign = "TENANT#sur#PENDING#1"
    for update in (
        assign({attribute: foreign}),
        assign({"version": 2, attribute: foreign}),
        expressions.Update("SET #x = :y", {"#x": attribute}, {":y": foreign}),
        expressions.Update(f"SET {attribute} = :y", {}, {":y": foreign}),
    ):
        for attempt in (
            table.update(grade(norte), update),
            table.transact([Update(grade(norte), update)], token="t"),
        ):
            with pytest.raises(ForeignKey):
                await attempt
    assert dynamodb.calls == []
    await table.update(grade(norte), assign({attribute: "TENANT#norte#PENDING#1"}))
    await table.update(grade(norte), assign({"version": 3}, remove=[attribute]))
    await table.update(grade(norte), assign({"title": "TENANT#sur#"}))  # a text may say what it likes


async def test_own_index_attributes_go_through(table: TenantTable, norte: TenantContext, dynamodb: Any) -> None:
    filed = keys.by_class(norte, C, T, A, S) | keys.pending(norte, T, "2026-11-24T14:03:07.120Z", S, C, A)
    await table.put(grade(norte), filed)
    ((item, _),) = [call.content for call in dynamodb.calls]
    assert item == {"pk": grade(norte).pk, "sk": grade(norte).sk, **filed}


@pytest.mark.parametrize("attribute", ["pk", "sk"])
async def test_attributes_do_not_hold_the_key(
    attribute: str, table: TenantTable, norte: TenantContext, dynamodb: Any
) -> None:
    with pytest.raises(ValueError, match="key's"):
        await table.put(grade(norte), {attribute: "TENANT#norte#STUDENT#s1"})
    assert dynamodb.calls == []


# --- What the calls say.


async def test_each_key_goes_to_its_own_table(table: TenantTable, norte: TenantContext, dynamodb: Any) -> None:
    for key in (grade(norte), keys.school_key(norte), keys.batch(norte, T, "b1")):
        await table.get(key, consistent=True)
    assert [call.table for call in dynamodb.calls] == ["t-luca", "t-keys", "t-sync"]
    assert all(call.content[1] for call in dynamodb.calls)


async def test_get_many_gives_what_exists_by_key(table: TenantTable, norte: TenantContext, dynamodb: Any) -> None:
    there, missing, elsewhere = grade(norte), keys.profile(norte, S), keys.student_key(norte, S)
    await table.put(there, {"score": 1})
    await table.put(elsewhere, {"wrapped": b"x"})
    dynamodb.calls.clear()
    found = await table.get_many([there, missing, elsewhere, there])
    assert found.keys() == {there, elsewhere}
    assert found[there]["score"] == 1
    assert [call.table for call in dynamodb.calls] == ["t-luca", "t-keys"]
    assert await table.get_many([]) == {}
    assert len(dynamodb.calls) == 2


async def test_a_range_of_a_table_is_read_between_its_ends(
    table: TenantTable, norte: TenantContext, dynamodb: Any
) -> None:
    dynamodb.page = Page(
        [{"sk": "GRADE#2026-Q4#c1#a7"}], {"pk": "TENANT#norte#STUDENT#s42", "sk": "GRADE#2026-Q4#c1#a7"}
    )
    page = await table.query(
        keys.grades_of_student(norte, S, T), limit=1, after="GRADE#2026-Q4#c1#a6", ascending=False, consistent=True
    )
    assert page == RangePage([{"sk": "GRADE#2026-Q4#c1#a7"}], "GRADE#2026-Q4#c1#a7")
    query = dynamodb.calls[0].content
    assert query.partition == ("pk", "TENANT#norte#STUDENT#s42")
    assert query.sort == Between("sk", "GRADE#2026-Q4#", "GRADE#2026-Q4#" + LAST)
    assert query.start == {"pk": "TENANT#norte#STUDENT#s42", "sk": "GRADE#2026-Q4#c1#a6"}
    assert (query.index, query.limit, query.ascending, query.consistent) == (None, 1, False, True)


async def test_a_range_of_an_index_goes_on_from_a_position_alone(
    table: TenantTable, norte: TenantContext, dynamodb: Any
) -> None:
    filed = keys.by_class(norte, C, T, A, S)
    last = {"pk": grade(norte).pk, "sk": grade(norte).sk, **filed}
    dynamodb.page = Page([], last)
    page = await table.query(keys.grades_of_class(norte, C, T))
    assert page.after == filed["by_class_sk"]
    await table.query(keys.grades_of_class(norte, C, T), after=page.after)
    first, second = (call.content for call in dynamodb.calls)
    assert first.index == "by_class"
    assert first.partition == ("by_class_pk", "TENANT#norte#CLASS#c1")
    assert first.start is None
    assert second.start == last


async def test_many_records_are_read_page_by_page(table: TenantTable, norte: TenantContext, dynamodb: Any) -> None:
    filed = keys.by_class(norte, C, T, A, S)
    dynamodb.pages = [Page([a_grade(1).to_item()], {"pk": grade(norte).pk, "sk": grade(norte).sk, **filed})]
    dynamodb.page = Page([a_grade(2).to_item(), a_grade(3).to_item()], None)
    found = await table.read(keys.grades_of_class(norte, C, T), item_type(Grade))
    assert found == [a_grade(1), a_grade(2), a_grade(3)]
    assert [call.content.start and call.content.start["by_class_sk"] for call in dynamodb.calls] == [
        None, filed["by_class_sk"],
    ]  # fmt: skip


async def test_many_records_are_read_by_their_keys(table: TenantTable, norte: TenantContext, dynamodb: Any) -> None:
    await table.put(a_grade(1).key(norte), a_grade(1).to_item())
    dynamodb.calls.clear()
    missing = keys.grade(norte, StudentId("s43"), T, C, A)
    assert await table.read_many([a_grade(1).key(norte), missing], item_type(Grade)) == [a_grade(1)]
    assert await table.read_many([], item_type(Grade)) == []
    assert len(dynamodb.calls) == 1


def a_grade(version: int) -> Grade:
    return Grade(
        class_id=C,
        assessment_id=A,
        student_id=S,
        term=T,
        version=version,
        status=GradeStatus.MISSING,
        max_score=Decimal(10),
        rules_version=1,
        recorded_by=PersonId("t1"),
        recorded_at=Timestamp("2026-11-24T14:03:07.120Z"),
        sync_status=SyncStatus.PENDING,
    )


async def test_a_whole_partition_needs_no_condition_on_the_sort_key(
    table: TenantTable, norte: TenantContext, dynamodb: Any
) -> None:
    page = await table.query(keys.whole_class(norte, C))
    assert dynamodb.calls[0].content.sort is None
    assert page == RangePage([], None)


RANGES: list[Callable[[TenantContext], Range]] = [
    lambda norte: keys.grades_of_student(norte, S, T),
    lambda norte: keys.grades_of_class(norte, C, T),
    lambda norte: keys.pending_in_shard(norte, 3, T),
    lambda norte: keys.whole_class(norte, C),
]


@pytest.mark.parametrize("after", ["", LAST + "x", "x" * 1025, "\u00e9" * 513, "\ud800"])
async def test_a_position_that_no_item_can_have_is_refused(
    after: str, table: TenantTable, norte: TenantContext, dynamodb: Any
) -> None:
    with pytest.raises(OutsideRange):
        await table.query(keys.whole_class(norte, C), after=after)
    assert dynamodb.calls == []


@pytest.mark.parametrize("range_of", RANGES[:-1])
@pytest.mark.parametrize(
    "after",
    ["", "GRADE", "GRADE#2026-Q3#c1#a7", "GRADE#2026-Q5#c1#a7", LAST + "x", "GRADE#2026-Q4#" + "x" * 1024, "\ud800"],
)
async def test_a_position_outside_of_the_range_is_refused(
    range_of: Callable[[TenantContext], Range], after: str, table: TenantTable, norte: TenantContext, dynamodb: Any
) -> None:
    with pytest.raises(OutsideRange):
        await table.query(range_of(norte), after=after)
    assert dynamodb.calls == []


@pytest.mark.parametrize("after", ["GRADE#2026-Q4#a7", "GRADE#2026-Q4#a7#s42#x", "GRADE#2026-Q4##", "GRADE#2026-Q4#"])
async def test_a_position_that_no_index_entry_has_is_refused(
    after: str, table: TenantTable, norte: TenantContext, dynamodb: Any
) -> None:
    with pytest.raises(OutsideRange):
        await table.query(keys.grades_of_class(norte, C, T), after=after)
    assert dynamodb.calls == []


@given(after=st.text(max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_cursor_reaches_another_partition(
    table: TenantTable, norte: TenantContext, dynamodb: Any, after: str
) -> None:
    dynamodb.calls.clear()
    for range_of in RANGES:
        try:
            await table.query(range_of(norte), after=after)
        except OutsideRange:
            continue
    for call in dynamodb.calls:
        partitions = [value for name, value in call.content.start.items() if name.endswith("pk")]
        assert all(partition.startswith("TENANT#norte#") for partition in partitions)


async def test_transactions_carry_each_write_with_its_condition(
    table: TenantTable, norte: TenantContext, dynamodb: Any
) -> None:
    key = grade(norte)
    primary = {"pk": key.pk, "sk": key.sk}
    writes: list[Write] = [
        Put(key, {"score": 1}, absent()),
        Update(key, NO_CHANGE),
        Delete(key, equals("version", 3)),
        Check(key, present()),
    ]
    await table.transact(writes, token="token-1")
    assert dynamodb.calls[0].content == (
        [
            TransactPut("t-luca", {**primary, "score": 1}, absent()),
            TransactUpdate("t-luca", primary, NO_CHANGE),
            TransactDelete("t-luca", primary, equals("version", 3)),
            TransactCheck("t-luca", primary, present()),
        ],
        "token-1",
    )


async def test_inserts_name_attributes_and_never_values(
    table: TenantTable, norte: TenantContext, dynamodb: Any
) -> None:
    event = keys.event(norte, S, "2026-11-24", EventId("e1"))
    assert await table.insert_many([(event, {"type": "x'} ; DELETE", "n": 1})]) == [Written()]
    (statement,) = dynamodb.calls[0].content
    assert statement.text == "INSERT INTO \"t-luca\" VALUE {'pk': ?, 'sk': ?, 'type': ?, 'n': ?}"
    assert statement.parameters == (event.pk, event.sk, "x'} ; DELETE", 1)


async def test_inserts_go_in_calls_of_25_and_answer_in_order(
    table: TenantTable, norte: TenantContext, dynamodb: Any
) -> None:
    items = [(keys.event(norte, S, "2026-11-24", EventId(f"e{n}")), {"n": n}) for n in range(60)]
    assert len(await table.insert_many(items)) == 60
    assert [len(call.content) for call in dynamodb.calls] == [25, 25, 10]
    assert [statement.parameters[-1] for call in dynamodb.calls for statement in call.content] == list(range(60))
    assert await table.insert_many([]) == []


async def test_a_key_twice_among_inserts_is_refused(table: TenantTable, norte: TenantContext, dynamodb: Any) -> None:
    with pytest.raises(ValueError, match="twice"):
        await table.insert_many([(grade(norte), {"score": 1}), (grade(norte), {"score": 2})])
    assert dynamodb.calls == []


async def test_amendments_name_attributes_and_never_values(
    table: TenantTable, norte: TenantContext, dynamodb: Any
) -> None:
    change = Amendment(grade(norte), sets={"note": "x' ; DELETE"}, removes=("pending_pk",), where={"version": 3})
    assert await table.amend_many([change]) == [Written()]
    [call] = dynamodb.calls
    [statement] = call.content
    expected = 'SET "note" = ? REMOVE "pending_pk" WHERE "pk" = ? AND "sk" = ? AND "version" = ?'
    assert statement.text.split(maxsplit=2)[0] == "UPDATE"
    assert statement.text.split(maxsplit=2)[2] == expected
    assert statement.parameters == ("x' ; DELETE", grade(norte).pk, grade(norte).sk, 3)


async def test_a_key_twice_among_amendments_is_refused(table: TenantTable, norte: TenantContext, dynamodb: Any) -> None:
    with pytest.raises(ValueError, match="twice"):
        await table.amend_many([amendment(grade(norte)), amendment(grade(norte), note=2)])
    assert dynamodb.calls == []


@pytest.mark.parametrize("name", ["a'b", "a b", "", "1a", "a?", "a}", "a" * 256])
async def test_an_attribute_name_that_could_end_the_text_is_refused(
    name: str, table: TenantTable, norte: TenantContext, dynamodb: Any
) -> None:
    with pytest.raises(ValueError, match="plain"):
        await table.insert_many([(grade(norte), {name: 1})])
    assert dynamodb.calls == []


# --- Credentials that AWS does not take.


async def test_expired_credentials_are_replaced_and_the_call_made_once_more(
    table: TenantTable, norte: TenantContext, dynamodb: Any
) -> None:
    dynamodb.errors = [CredentialsRejected("PutItem", "ExpiredTokenException")]
    await table.put(grade(norte), {"score": 1})
    assert [call.credentials.access_key_id for call in dynamodb.calls] == ["norte:1", "norte:2"]
    await table.put(grade(norte), {"score": 1})
    assert dynamodb.calls[-1].credentials.access_key_id == "norte:2"


async def test_credentials_that_are_refused_again_are_told(
    table: TenantTable, norte: TenantContext, dynamodb: Any
) -> None:
    dynamodb.errors = [CredentialsRejected("GetItem", "ExpiredTokenException") for _ in range(2)]
    with pytest.raises(CredentialsRejected):
        await table.get(grade(norte))
    assert len(dynamodb.calls) == 2


@pytest.mark.parametrize("error", [AccessDenied("GetItem", "AccessDeniedException"), ConditionFailed("PutItem", "C")])
async def test_other_failures_are_not_repeated(
    error: Exception, table: TenantTable, norte: TenantContext, dynamodb: Any
) -> None:
    dynamodb.errors = [error]
    with pytest.raises(type(error)):
        await table.get(grade(norte))
    assert len(dynamodb.calls) == 1
