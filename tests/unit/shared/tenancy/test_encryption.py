"""Personal data: readable by its school in its place, and by nobody once the student's key is destroyed."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luca_shared.aws.errors import AccessDenied, ConditionFailed, Rejected, TransactionCanceled, Unavailable
from luca_shared.aws.expressions import absent
from luca_shared.records.data_keys import DestroyedSchoolKey, DestroyedStudentKey, SchoolKey, StudentKey
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.encryption import CorruptCiphertext, CorruptKey, FieldEncryption, KeyDestroyed, Sealed
from luca_shared.tenancy.ids import StudentId
from luca_shared.tenancy.table import Put, Tables

ActAs = Callable[..., TenantContext]
ANA, LUIS = StudentId("s1"), StudentId("s2")
SCHOOL_ITEM, ANA_ITEM = ("t-keys", "TENANT#norte#KEYS", "SCHOOL"), ("t-keys", "TENANT#norte#KEYS", "STUDENT#s1")


@pytest.fixture
def norte(act_as: ActAs) -> TenantContext:
    return act_as("norte")


@pytest.fixture
def process(tables: Tables, kms: Any, clock: Any) -> Callable[[], FieldEncryption]:
    """Makes another process's encryption: the same tables and KMS, a memory of its own."""
    return lambda: FieldEncryption(tables, kms, key_id="key-1", clock=clock)


@pytest.fixture
def encryption(process: Callable[[], FieldEncryption]) -> FieldEncryption:
    return process()


def operations(*fakes: Any) -> list[str]:
    return [call.operation for fake in fakes for call in fake.calls]


@given(text=st.text(st.characters(codec="utf-8"), max_size=100), field=st.text(max_size=20).filter(str.isprintable))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_a_text_is_read_back(encryption: FieldEncryption, norte: TenantContext, text: str, field: str) -> None:
    ciphertext = await encryption.encrypt(norte, ANA, field, text)
    assert await encryption.decrypt(norte, ANA, field, ciphertext) == text


async def test_another_process_reads_it_with_the_stored_keys(
    process: Callable[[], FieldEncryption], norte: TenantContext
) -> None:
    ciphertext = await process().encrypt(norte, ANA, "name", "Ana Pérez")
    assert await process().decrypt(norte, ANA, "name", ciphertext) == "Ana Pérez"
    assert b"Ana" not in ciphertext


async def test_keys_are_made_and_read_as_the_school_under_its_encryption_context(
    process: Callable[[], FieldEncryption], norte: TenantContext, dynamodb: Any, kms: Any
) -> None:
    await process().decrypt(norte, ANA, "name", await process().encrypt(norte, ANA, "name", "Ana"))
    assert operations(kms) == ["GenerateDataKey", "Decrypt"]
    assert all(
        (call.school, call.content, call.table) == ("norte", {"school_id": "norte"}, "key-1") for call in kms.calls
    )
    assert {(call.school, call.table) for call in dynamodb.calls} == {("norte", "t-keys")}
    assert {call.correlation_id for call in (*dynamodb.calls, *kms.calls)} == {"c-1"}


async def test_stored_keys_are_the_records_that_everybody_knows(
    encryption: FieldEncryption, norte: TenantContext, dynamodb: Any
) -> None:
    await encryption.encrypt(norte, ANA, "name", "Ana")
    assert len(SchoolKey.from_item(dynamodb.items[SCHOOL_ITEM]).wrapped) == 60
    student = StudentKey.from_item(dynamodb.items[ANA_ITEM])
    assert student.student_id == ANA
    assert len(student.wrapped) == 1 + 8 + 12 + 32 + 16
    assert student.to_item().items() <= dynamodb.items[ANA_ITEM].items()


async def test_it_is_of_no_use_in_another_field(encryption: FieldEncryption, norte: TenantContext) -> None:
    ciphertext = await encryption.encrypt(norte, ANA, "name", "Ana")
    with pytest.raises(CorruptCiphertext):
        await encryption.decrypt(norte, ANA, "comment", ciphertext)


async def test_it_is_of_no_use_for_another_student(encryption: FieldEncryption, norte: TenantContext) -> None:
    ciphertext = await encryption.encrypt(norte, ANA, "name", "Ana")
    await encryption.encrypt(norte, LUIS, "name", "Luis")
    with pytest.raises(KeyDestroyed):
        await encryption.decrypt(norte, LUIS, "name", ciphertext)


async def test_it_is_of_no_use_for_another_school(
    encryption: FieldEncryption, norte: TenantContext, act_as: ActAs
) -> None:
    ciphertext = await encryption.encrypt(norte, ANA, "name", "Ana")
    with pytest.raises(KeyDestroyed):  # it has no key for such a student
        await encryption.decrypt(act_as("norte-2"), ANA, "name", ciphertext)
    await encryption.encrypt(act_as("norte-2"), ANA, "name", "another Ana")
    with pytest.raises(KeyDestroyed):
        await encryption.decrypt(act_as("norte-2"), ANA, "name", ciphertext)


async def test_a_stored_key_of_another_school_does_not_open(
    process: Callable[[], FieldEncryption], norte: TenantContext, act_as: ActAs, dynamodb: Any
) -> None:
    ciphertext = await process().encrypt(norte, ANA, "name", "Ana")
    thief = act_as("sur")
    for name in (SCHOOL_ITEM, ANA_ITEM):  # everything that norte has stored, put under sur's keys
        dynamodb.items[name[0], "TENANT#sur#KEYS", name[2]] = dynamodb.items[name] | {"pk": "TENANT#sur#KEYS"}
    with pytest.raises(CorruptKey):
        await process().decrypt(thief, ANA, "name", ciphertext)


async def test_a_stored_key_of_another_student_does_not_open(
    process: Callable[[], FieldEncryption], norte: TenantContext, dynamodb: Any
) -> None:
    ciphertext = await process().encrypt(norte, ANA, "name", "Ana")
    dynamodb.items["t-keys", "TENANT#norte#KEYS", "STUDENT#s2"] = dynamodb.items[ANA_ITEM] | {"sk": "STUDENT#s2"}
    with pytest.raises(CorruptKey):
        await process().decrypt(norte, LUIS, "name", ciphertext)


@pytest.mark.parametrize("wrapped", [None, "text", b"", b"\x01damaged" * 9])
@pytest.mark.parametrize("item", [SCHOOL_ITEM, ANA_ITEM])
async def test_a_damaged_stored_key_is_told_as_such(
    item: tuple[str, str, str],
    wrapped: object,
    process: Callable[[], FieldEncryption],
    norte: TenantContext,
    dynamodb: Any,
) -> None:
    ciphertext = await process().encrypt(norte, ANA, "name", "Ana")
    original = dynamodb.items[item]["wrapped"]
    dynamodb.items[item]["wrapped"] = original[:9] + wrapped[9:] if wrapped == b"\x01damaged" * 9 else wrapped
    with pytest.raises(CorruptKey):
        await process().decrypt(norte, ANA, "name", ciphertext)


@pytest.mark.parametrize("ciphertext", [b"", b"\x01", b"\x02" * 60, b"Ana Perez"])
async def test_what_is_no_ciphertext_is_corrupt(
    ciphertext: bytes, encryption: FieldEncryption, norte: TenantContext
) -> None:
    await encryption.encrypt(norte, ANA, "name", "Ana")
    with pytest.raises(CorruptCiphertext) as refusal:
        await encryption.decrypt(norte, ANA, "name", ciphertext)
    assert "Ana" not in str(refusal.value)


# --- Two at once, and deaths in between.


async def test_a_hundred_texts_at_once_make_one_key_each(
    encryption: FieldEncryption, norte: TenantContext, dynamodb: Any, kms: Any
) -> None:
    texts = await asyncio.gather(*(encryption.encrypt(norte, ANA, "name", f"text {n}") for n in range(100)))
    assert operations(kms) == ["GenerateDataKey"]
    assert operations(dynamodb).count("PutItem") == 2
    assert [await encryption.decrypt(norte, ANA, "name", text) for text in texts] == [f"text {n}" for n in range(100)]


async def test_processes_that_make_the_same_key_at_once_end_up_with_one(
    process: Callable[[], FieldEncryption], norte: TenantContext, dynamodb: Any, kms: Any
) -> None:
    processes = [process() for _ in range(10)]
    texts = await asyncio.gather(*(each.encrypt(norte, ANA, "name", "Ana") for each in processes))
    assert operations(kms).count("GenerateDataKey") == 10  # they did race
    reader = process()
    assert [await reader.decrypt(norte, ANA, "name", text) for text in texts] == ["Ana"] * 10
    assert len(dynamodb.items) == 2


async def test_a_put_that_met_its_own_first_attempt_is_a_success(
    encryption: FieldEncryption, process: Callable[[], FieldEncryption], norte: TenantContext, dynamodb: Any
) -> None:
    async def lose_the_first_answer(call: Any) -> None:
        if call.operation == "PutItem":
            item, _ = call.content
            name = (call.table, item["pk"], item["sk"])
            if name not in dynamodb.items:
                dynamodb.items[name] = item
                raise ConditionFailed("PutItem", "ConditionalCheckFailedException")

    dynamodb.before = lose_the_first_answer
    ciphertext = await encryption.encrypt(norte, ANA, "name", "Ana")
    dynamodb.before = None
    assert await process().decrypt(norte, ANA, "name", ciphertext) == "Ana"


@pytest.mark.parametrize("put", [1, 2])
async def test_a_key_that_was_not_stored_has_encrypted_nothing(
    put: int, encryption: FieldEncryption, norte: TenantContext, dynamodb: Any
) -> None:
    puts = 0

    async def fail(call: Any) -> None:
        nonlocal puts
        puts += call.operation == "PutItem"
        if call.operation == "PutItem" and puts == put:
            raise Unavailable("PutItem", "Timeout")

    dynamodb.before = fail
    with pytest.raises(Unavailable):
        await encryption.encrypt(norte, ANA, "name", "Ana")
    ciphertext = await encryption.encrypt(norte, ANA, "name", "Ana")  # the next one starts anew
    assert await encryption.decrypt(norte, ANA, "name", ciphertext) == "Ana"


async def test_one_who_is_cancelled_while_a_key_is_made_takes_nobody_along(
    encryption: FieldEncryption, norte: TenantContext
) -> None:
    askers = [asyncio.create_task(encryption.encrypt(norte, ANA, "name", "Ana")) for _ in range(5)]
    for _ in range(4):
        await asyncio.sleep(0)
    askers[0].cancel()
    outcomes = await asyncio.gather(*askers, return_exceptions=True)
    assert isinstance(outcomes[0], asyncio.CancelledError)
    for outcome in outcomes[1:]:
        assert isinstance(outcome, bytes)
        assert await encryption.decrypt(norte, ANA, "name", outcome) == "Ana"


# --- Memory.


async def test_keys_in_memory_cost_no_call_until_they_are_too_old(
    encryption: FieldEncryption, norte: TenantContext, dynamodb: Any, kms: Any, clock: Any
) -> None:
    ciphertext = await encryption.encrypt(norte, ANA, "name", "Ana")
    before = len(dynamodb.calls) + len(kms.calls)
    clock.pass_(299)
    assert await encryption.decrypt(norte, ANA, "name", ciphertext) == "Ana"
    assert len(dynamodb.calls) + len(kms.calls) == before
    clock.pass_(1)
    assert await encryption.decrypt(norte, ANA, "name", ciphertext) == "Ana"
    assert len(dynamodb.calls) + len(kms.calls) == before + 3  # the student's item, the school's, KMS


async def test_no_more_keys_are_in_memory_than_allowed(tables: Tables, kms: Any, norte: TenantContext) -> None:
    encryption = FieldEncryption(tables, kms, key_id="key-1", capacity=3)
    for number in range(10):
        await encryption.encrypt(norte, StudentId(f"s{number}"), "name", "x")
    assert len(encryption._keys._held) == 3


async def test_many_texts_are_read_with_one_batch_of_keys(
    process: Callable[[], FieldEncryption], norte: TenantContext, dynamodb: Any, kms: Any
) -> None:
    writer = process()
    students = [StudentId(f"s{number}") for number in range(30)]
    values = [
        Sealed(student, field, await writer.encrypt(norte, student, field, f"{field} of {student}"))
        for student in students
        for field in ("name", "comment")
    ]
    dynamodb.calls.clear()
    kms.calls.clear()
    texts = await process().decrypt_many(norte, values)
    assert texts == [f"{value.field} of {value.student_id}" for value in values]
    assert operations(dynamodb) == ["BatchGetItem", "GetItem"]  # the students' keys, the school's
    assert operations(kms) == ["Decrypt"]
    assert await process().decrypt_many(norte, []) == []


# --- Destroyed keys.


async def test_what_was_encrypted_is_gone_when_the_key_is_destroyed(
    encryption: FieldEncryption, process: Callable[[], FieldEncryption], norte: TenantContext
) -> None:
    ana = await encryption.encrypt(norte, ANA, "name", "Ana")
    luis = await encryption.encrypt(norte, LUIS, "name", "Luis")
    await encryption.erase_student(norte, ANA)
    for reader in (encryption, process()):
        with pytest.raises(KeyDestroyed):
            await reader.decrypt(norte, ANA, "name", ana)
        assert await reader.decrypt_many(norte, [Sealed(ANA, "name", ana), Sealed(LUIS, "name", luis)]) == [
            None,
            "Luis",
        ]


async def test_erasing_twice_or_somebody_unknown_is_no_error(
    encryption: FieldEncryption, norte: TenantContext, dynamodb: Any
) -> None:
    await encryption.encrypt(norte, ANA, "name", "Ana")
    for _ in range(2):
        await encryption.erase_student(norte, ANA)
    assert DestroyedStudentKey.from_item(dynamodb.items[ANA_ITEM]).student_id == ANA
    await encryption.erase_student(norte, LUIS)
    with pytest.raises(KeyDestroyed):
        await encryption.encrypt(norte, LUIS, "name", "Luis")


async def test_an_erasure_that_failed_is_told(encryption: FieldEncryption, norte: TenantContext, dynamodb: Any) -> None:
    dynamodb.errors = [Unavailable("TransactWriteItems", "Timeout")]
    with pytest.raises(Unavailable):
        await encryption.erase_student(norte, ANA)


async def test_a_key_is_destroyed_together_with_other_writes_or_not_at_all(
    encryption: FieldEncryption, process: Callable[[], FieldEncryption], norte: TenantContext, dynamodb: Any
) -> None:
    ciphertext = await encryption.encrypt(norte, ANA, "name", "Ana")
    record = Put(keys.erasure(norte, ANA), {"entity": "erasure"}, absent())
    dynamodb.items["t-luca", record.key.pk, record.key.sk] = {}
    with pytest.raises(TransactionCanceled) as canceled:
        await encryption.erase_student(norte, ANA, also=[record])
    assert [reason.code for reason in canceled.value.reasons] == ["ConditionalCheckFailed", "None"]
    for reader in (encryption, process()):
        assert await reader.decrypt(norte, ANA, "name", ciphertext) == "Ana"
    dynamodb.items.pop(("t-luca", record.key.pk, record.key.sk))
    await encryption.erase_student(norte, ANA, also=[record])
    assert dynamodb.items["t-luca", record.key.pk, record.key.sk]["entity"] == "erasure"
    assert "wrapped" not in dynamodb.items[ANA_ITEM]


async def test_other_processes_forget_a_destroyed_key_within_the_stated_time(
    encryption: FieldEncryption, process: Callable[[], FieldEncryption], norte: TenantContext, clock: Any
) -> None:
    other = process()
    ciphertext = await other.encrypt(norte, ANA, "name", "Ana")
    await encryption.erase_student(norte, ANA)
    clock.pass_(300)
    with pytest.raises(KeyDestroyed):
        await other.decrypt(norte, ANA, "name", ciphertext)


async def test_the_stated_time_counts_from_the_read_and_not_from_its_answer(
    encryption: FieldEncryption, process: Callable[[], FieldEncryption], norte: TenantContext, clock: Any, dynamodb: Any
) -> None:
    ciphertext = await encryption.encrypt(norte, ANA, "name", "Ana")
    other = process()

    async def slowly(call: Any) -> None:
        if call.operation == "BatchGetItem":
            clock.pass_(200)

    dynamodb.before = slowly
    assert await other.decrypt(norte, ANA, "name", ciphertext) == "Ana"
    dynamodb.before = None
    await encryption.erase_student(norte, ANA)
    clock.pass_(100)
    with pytest.raises(KeyDestroyed):
        await other.decrypt(norte, ANA, "name", ciphertext)


async def test_an_erased_student_gets_no_other_key(
    encryption: FieldEncryption, process: Callable[[], FieldEncryption], norte: TenantContext, dynamodb: Any
) -> None:
    await encryption.encrypt(norte, ANA, "name", "Ana")
    await encryption.erase_student(norte, ANA)
    erased = dict(dynamodb.items)
    for writer in (encryption, process()):
        with pytest.raises(KeyDestroyed):
            await writer.encrypt(norte, ANA, "name", "Ana again")
    assert dynamodb.items == erased


async def test_a_student_who_is_erased_while_a_key_is_made_gets_none(
    encryption: FieldEncryption, process: Callable[[], FieldEncryption], norte: TenantContext, dynamodb: Any
) -> None:
    async def erase_before_the_students_key_is_put(call: Any) -> None:
        if call.operation == "PutItem" and call.content[0]["sk"] == ANA_ITEM[2]:
            dynamodb.before = None
            await process().erase_student(norte, ANA)

    dynamodb.before = erase_before_the_students_key_is_put
    with pytest.raises(KeyDestroyed):
        await encryption.encrypt(norte, ANA, "name", "Ana")
    assert "wrapped" not in dynamodb.items[ANA_ITEM]


async def test_what_is_encrypted_with_a_key_in_memory_is_lost_with_it(
    encryption: FieldEncryption, process: Callable[[], FieldEncryption], norte: TenantContext, clock: Any
) -> None:
    other = process()
    await other.encrypt(norte, ANA, "name", "Ana")
    await encryption.erase_student(norte, ANA)
    late = await other.encrypt(norte, ANA, "name", "Ana again")
    with pytest.raises(KeyDestroyed):
        await process().decrypt(norte, ANA, "name", late)
    clock.pass_(300)
    with pytest.raises(KeyDestroyed):
        await other.encrypt(norte, ANA, "name", "Ana again")


async def test_a_key_made_anew_elsewhere_is_not_taken_for_destroyed(
    process: Callable[[], FieldEncryption], norte: TenantContext, dynamodb: Any
) -> None:
    """As after the table of keys has been restored to a time before there was any."""
    here, there = process(), process()
    await here.encrypt(norte, ANA, "name", "Ana")
    del dynamodb.items[ANA_ITEM]
    ciphertext = await there.encrypt(norte, ANA, "name", "Ana again")
    assert await here.decrypt(norte, ANA, "name", ciphertext) == "Ana again"


async def test_destroying_a_schools_key_destroys_all_that_its_students_have(
    process: Callable[[], FieldEncryption], norte: TenantContext, dynamodb: Any
) -> None:
    ciphertext = await process().encrypt(norte, ANA, "name", "Ana")
    del dynamodb.items[SCHOOL_ITEM]
    with pytest.raises(KeyDestroyed):
        await process().decrypt(norte, ANA, "name", ciphertext)
    await process().encrypt(norte, LUIS, "name", "Luis")  # makes another key of the school
    with pytest.raises(KeyDestroyed):
        await process().decrypt(norte, ANA, "name", ciphertext)
    with pytest.raises(KeyDestroyed):  # what is left of the student's key can't be used
        await process().encrypt(norte, ANA, "name", "Ana")


async def test_an_erased_school_reads_nothing_and_gets_no_other_key(
    process: Callable[[], FieldEncryption], norte: TenantContext, act_as: ActAs, dynamodb: Any
) -> None:
    here, there = process(), process()
    name = await here.encrypt(norte, ANA, "name", "Ana")
    answer = await here.encrypt_for_school(norte, "answer", b"Ana: 8.5")
    foreign = await here.encrypt(act_as("norte-2"), ANA, "name", "another Ana")
    for _ in range(2):
        await here.erase_school(norte)
    assert DestroyedSchoolKey.from_item(dynamodb.items[SCHOOL_ITEM]).school_id == "norte"
    for encryption in (here, there, process()):
        assert await encryption.decrypt_many(norte, [Sealed(ANA, "name", name)]) == [None]
        with pytest.raises(KeyDestroyed):
            await encryption.decrypt_for_school(norte, "answer", answer)
        for student in (ANA, LUIS):
            with pytest.raises(KeyDestroyed):
                await encryption.encrypt(norte, student, "name", "Ana")
        with pytest.raises(KeyDestroyed):
            await encryption.encrypt_for_school(norte, "answer", b"")
        assert await encryption.decrypt(act_as("norte-2"), ANA, "name", foreign) == "another Ana"


async def test_other_processes_forget_an_erased_schools_keys_within_twice_the_stated_time(
    process: Callable[[], FieldEncryption], norte: TenantContext, clock: Any
) -> None:
    here, there = process(), process()
    names = [Sealed(who, "name", await here.encrypt(norte, who, "name", "somebody")) for who in (ANA, LUIS)]
    assert await there.decrypt(norte, ANA, "name", names[0].ciphertext) == "somebody"
    await here.erase_school(norte)
    clock.pass_(there.max_age - 1)
    assert await there.decrypt_many(norte, names) == ["somebody", "somebody"]  # by the school's key, in memory still
    clock.pass_(1)
    assert await there.decrypt_many(norte, names) == [None, "somebody"]
    clock.pass_(there.max_age - 1)
    assert await there.decrypt_many(norte, names) == [None, None]


async def test_a_school_whose_key_is_destroyed_while_it_is_made_gets_none(
    process: Callable[[], FieldEncryption], norte: TenantContext, dynamodb: Any
) -> None:
    async def somebody_was_faster_and_regretted_it(call: Any) -> None:
        if call.operation == "PutItem":
            raise ConditionFailed("PutItem", "ConditionalCheckFailedException")

    dynamodb.before = somebody_was_faster_and_regretted_it
    with pytest.raises(KeyDestroyed):
        await process().encrypt(norte, ANA, "name", "Ana")
    assert dynamodb.items == {}


# --- Failures are not destructions.


@pytest.mark.parametrize(
    "error", [Unavailable("GetItem", "Timeout"), AccessDenied("GetItem", "AccessDeniedException"), Rejected("Get", "X")]
)
async def test_a_failed_read_is_not_a_destroyed_key(
    error: Exception, process: Callable[[], FieldEncryption], norte: TenantContext, dynamodb: Any
) -> None:
    ciphertext = await process().encrypt(norte, ANA, "name", "Ana")
    dynamodb.errors = [error]
    with pytest.raises(type(error)):
        await process().decrypt(norte, ANA, "name", ciphertext)


@pytest.mark.parametrize(
    "error",
    [
        Unavailable("Decrypt", "Timeout"),
        AccessDenied("Decrypt", "AccessDeniedException"),
        Rejected("Decrypt", "DisabledException"),
        Rejected("Decrypt", "KMSInvalidStateException"),
    ],
)
async def test_a_kms_key_that_can_not_be_used_is_not_a_destroyed_key(
    error: Exception,
    process: Callable[[], FieldEncryption],
    norte: TenantContext,
    kms: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ciphertext = await process().encrypt(norte, ANA, "name", "Ana")

    async def fail(*_: object, **__: object) -> bytes:
        raise error

    monkeypatch.setattr(kms, "decrypt", fail)
    with pytest.raises(type(error)):
        await process().decrypt(norte, ANA, "name", ciphertext)


def test_a_value_to_decrypt_does_not_show_its_ciphertext() -> None:
    assert "secret" not in repr(Sealed(ANA, "name", b"secret"))


async def test_a_students_key_is_read_consistently(
    process: Callable[[], FieldEncryption], norte: TenantContext, dynamodb: Any
) -> None:
    ciphertext = await process().encrypt(norte, ANA, "name", "Ana")
    await process().decrypt(norte, ANA, "name", ciphertext)
    reads = [call for call in dynamodb.calls if call.operation in {"GetItem", "BatchGetItem"}]
    assert all(consistent for _, consistent in (call.content for call in reads))
    assert keys.student_key(norte, ANA).sk == "STUDENT#s1"


async def test_what_is_the_schools_is_read_back_in_its_place_by_the_school(
    process: Callable[[], FieldEncryption], norte: TenantContext, act_as: ActAs
) -> None:
    ciphertext = await process().encrypt_for_school(norte, "answer", b"Ana: 8.5")
    assert b"Ana" not in ciphertext
    assert await process().decrypt_for_school(norte, "answer", ciphertext) == b"Ana: 8.5"
    with pytest.raises(CorruptCiphertext):
        await process().decrypt_for_school(norte, "letter", ciphertext)
    await process().encrypt_for_school(act_as("norte-2"), "answer", b"")
    with pytest.raises(KeyDestroyed):
        await process().decrypt_for_school(act_as("norte-2"), "answer", ciphertext)


async def test_what_is_the_schools_is_gone_with_the_schools_key(
    process: Callable[[], FieldEncryption], norte: TenantContext, dynamodb: Any
) -> None:
    ciphertext = await process().encrypt_for_school(norte, "answer", b"Ana: 8.5")
    del dynamodb.items[SCHOOL_ITEM]
    with pytest.raises(KeyDestroyed):
        await process().decrypt_for_school(norte, "answer", ciphertext)
