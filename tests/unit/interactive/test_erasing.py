"""Erasing a student: nothing personal is left or comes back, wherever it is interrupted and however many do it."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final

import pytest
from msgspec.structs import replace
from tests.unit.interactive.callers import administrator

from luca_interactive.api.grades import GradeChange
from luca_interactive.app import parts_of
from luca_interactive.configuration import Ages
from luca_interactive.erasing import Erasing
from luca_interactive.grade_outcomes import Recorded
from luca_interactive.scope import Cell
from luca_interactive.student_standing import unless_erased
from luca_interactive.term_writing import FreezeTimes
from luca_shared.aws.errors import CancellationReason, TransactionCanceled, Unavailable
from luca_shared.records.erasure import Erasure
from luca_shared.records.event import Event
from luca_shared.records.grade import GradeStatus
from luca_shared.records.timestamps import Timestamp
from luca_shared.runtime.preconditions import Create
from luca_shared.runtime.problems import Problem
from luca_shared.tenancy.encryption import FieldEncryption, Sealed
from luca_shared.tenancy.ids import AssessmentId, ClassId, EventId, StudentId
from luca_shared.tenancy.table import TenantTable

if TYPE_CHECKING:
    from tests.unit.interactive.conftest import Premises, School
    from tests.unit.interactive.fake_aws import FakeDynamoDB

TEACHER, ADMIN = "norte/p1/teacher", "norte/h1/school-admin"
STUDENT, GUARDIAN = "norte/s1/student", "norte/g1/guardian"
S1 = "/v1/students/s1"
CELL = "/v1/classes/c1/assessments/a1/grades/s1"
GRADE = {"status": "scored", "score": 8.5, "comment": "Bien", "reason": "first mark"}
PARTITION: Final = "TENANT#norte#STUDENT#s1"
NOW: Final = Timestamp("2026-11-24T14:00:00.000Z")
IN_5_MINUTES: Final = Timestamp("2026-11-24T14:05:00.000Z")
OPERATIONS: Final = ("get_item", "batch_get", "query", "put_item", "delete_item", "transact_write")

Items = dict[tuple[str, str, str], dict[str, Any]]


async def erase(school: "School", version: int = 1, *, who: str = ADMIN, path: str = S1) -> Any:
    return await school.ask(who, "DELETE", path, headers={"If-Match": f'"{version}"'})


async def report(table: TenantTable, number: int) -> None:
    """Store an event of s1, a day's dozen after another's."""
    event = Event(
        event_id=EventId(f"e{number}"),
        student_id=StudentId("s1"),
        kind="behavior",
        type="merit",
        occurred_at=Timestamp(f"2026-11-{1 + number // 12:02}T10:00:00.000Z"),
        data='{"note":"helped Ana"}',
        payload_sha256="0" * 64,
        expires_at=1,
    )
    await table.put(event.key(table.context), event.to_item())


async def fill(school: "School", *, events: int = 3) -> None:
    """Give s1 two versions of a grade, another grade, and events."""
    await school.put_grade(TEACHER, CELL, GRADE)
    await school.put_grade(TEACHER, CELL, GRADE | {"score": 9}, version=1)
    await school.put_grade(TEACHER, CELL.replace("a1", "a2"), {"status": "missing"})
    for number in range(events):
        await report(school.table(), number)


def another_process(school: "School") -> FieldEncryption:
    """The encryption of a process that has nothing in memory."""
    return FieldEncryption(school.parts.tables, school.encryption._keys._school_keys._kms, key_id="key")


def of_s1(items: Items) -> set[tuple[str, str]]:
    """Where anything in the table leads to s1, marks and the erasure apart."""
    found = {(pk, sk) for table, pk, sk in items if table == "luca" and pk.startswith("TENANT#norte#")}
    mine = {(pk, sk) for pk, sk in found if pk == PARTITION or sk == "STUDENT#s1"}
    return {(pk, sk) for pk, sk in mine if not sk.startswith(("GRADE#", "GRADEV#", "ERASURE"))}


# --- What is removed, what is kept, what is said.


async def test_the_receipt_says_what_was_removed_and_what_is_kept(school: "School") -> None:
    await fill(school)
    answer = await erase(school)
    assert answer.status == 200
    receipt = await answer.json()
    assert receipt.pop("erased_at") < receipt.pop("unreadable_from")
    assert receipt == {
        "student_id": "s1",
        "erased_by": "h1",
        "removed": {"enrollments": 2, "guardian_links": 1, "events": 3, "profile": True},
        "kept": {"grades": 2, "grade_versions": 3},
        "government": "what was already sent stays with the government",
    }
    assert of_s1(school.dynamodb.items) == set()


async def test_marks_stay_and_nothing_that_was_written_about_them_can_be_read(school: "School") -> None:
    await fill(school)
    texts = [
        Sealed(StudentId("s1"), f"{what}/1", item[name])
        for (_, _, sk), item in school.dynamodb.items.items()
        for name, what in (("comment", "comment on 2026-Q4/c1/a1"), ("reason", "reason for 2026-Q4/c1/a1"))
        if sk == "GRADEV#2026-Q4#c1#a1#00000001"
    ]
    profile = school.dynamodb.items["luca", PARTITION, "PROFILE"]
    texts.append(Sealed(StudentId("s1"), "name", profile["name"]))
    context = school.table().context
    assert await school.encryption.decrypt_many(context, texts) == ["Bien", "first mark", "Zoe"]
    marks = {key: item for key, item in school.dynamodb.items.items() if key[2].startswith("GRADE")}

    await erase(school)

    assert {key: item for key, item in school.dynamodb.items.items() if key[2].startswith("GRADE")} == marks
    for reader in (school.encryption, another_process(school)):
        assert await reader.decrypt_many(context, texts) == [None, None, None]
    grade = await school.get(ADMIN, CELL)
    assert (grade["score"], grade["comment"]) == (9, None)


@pytest.mark.parametrize("path", [S1, S1 + "/grades", S1 + "/report-card", S1 + "/behavior"])
@pytest.mark.parametrize("who", [TEACHER, ADMIN, STUDENT, GUARDIAN, "norte/k1/compliance"])
async def test_an_erased_student_is_answered_like_one_who_never_was(school: "School", path: str, who: str) -> None:
    await fill(school)
    assert (await school.ask(who, "GET", path)).status == 200
    await erase(school)
    answers = [await school.ask(who, "GET", each) for each in (path, path.replace("s1", "nobody"))]
    assert [answer.status for answer in answers] == [404, 404]
    details = [(await answer.json())["detail"] for answer in answers]
    assert details[0] == details[1]


async def test_nobody_else_is_touched(school: "School") -> None:
    await fill(school)
    before = {
        key: item
        for key, item in school.dynamodb.items.items()
        if "#STUDENT#s1" not in "#".join(key[1:]) and key[2] != "STUDENT#s1"
    }
    await erase(school)
    assert before.items() <= school.dynamodb.items.items()
    assert (await school.get(ADMIN, "/v1/students/s2"))["name"] == "ana"
    assert [row["student_id"] for row in (await school.get(TEACHER, "/v1/classes/c1/gradebook"))["students"]] == ["s2"]


async def test_the_record_of_an_erasure_holds_nothing_of_the_student(school: "School") -> None:
    await fill(school)
    await erase(school)
    record = school.dynamodb.items["luca", PARTITION, "ERASURE"]
    assert record.keys() - Erasure.__struct_fields__ == {"pk", "sk", "entity"}
    assert "Zoe" not in repr(record)
    assert "g1" not in repr(record)


async def test_another_schools_student_of_that_id_is_not_there(school: "School") -> None:
    before = dict(school.dynamodb.items)
    for path, who in ((S1, "norte-2/h1/school-admin"), ("/v1/students/xs1", ADMIN), ("/v1/students/none", ADMIN)):
        answer = await erase(school, path=path, who=who)
        assert answer.status == 404
        assert (await answer.json())["detail"] == "it does not exist, or is not yours to see"
    assert school.dynamodb.items == before


async def test_another_version_than_the_one_seen_is_not_erased(school: "School") -> None:
    before = dict(school.dynamodb.items)
    answer = await erase(school, 2)
    assert (answer.status, answer.headers["ETag"]) == (412, '"1"')
    assert (await answer.json())["current"] == await school.get(ADMIN, S1)
    assert (await school.ask(ADMIN, "DELETE", S1)).status == 428
    assert school.dynamodb.items == before


async def test_a_student_who_is_changed_meanwhile_is_not_erased(school: "School") -> None:
    transact = school.dynamodb.transact_write

    async def change_first(*args: Any, **options: Any) -> None:
        school.dynamodb.transact_write = transact  # type: ignore[method-assign]
        await school.ask(ADMIN, "PUT", S1, {"name": "Zoé", "guardian_ids": ["g2"]}, {"If-Match": '"1"'})
        await transact(*args, **options)

    school.dynamodb.transact_write = change_first  # type: ignore[method-assign]
    answer = await erase(school)
    assert answer.status == 412
    assert (await answer.json())["current"] == await school.get(ADMIN, S1)
    assert (await school.get("norte/g2/guardian", S1))["name"] == "Zoé"


@pytest.mark.parametrize("transactions", [0, 1, 2])
async def test_a_transaction_that_is_canceled_for_another_reason_is_our_failure(
    school: "School", transactions: int
) -> None:
    await fill(school)
    transact = school.dynamodb.transact_write
    left = itertools.count(transactions, -1)

    async def cancel(*args: Any, **options: Any) -> None:
        if next(left) == 0:
            reasons = (CancellationReason("ItemCollectionSizeLimitExceeded"), CancellationReason("None"))
            raise TransactionCanceled("TransactWriteItems", "TransactionCanceledException", reasons=reasons)
        await transact(*args, **options)

    school.dynamodb.transact_write = cancel  # type: ignore[method-assign]
    assert (await erase(school)).status == 500
    assert (await erase(school)).status == 200


# --- Interrupted, repeated, at once.


async def test_a_repeat_is_answered_with_the_same_receipt_whatever_version_it_names(school: "School") -> None:
    await fill(school)
    first = await erase(school)
    after = dict(school.dynamodb.items)
    school.dynamodb.calls.clear()
    for version in (1, 7):
        repeat = await erase(school, version)
        assert (repeat.status, await repeat.text()) == (200, await first.text())
    assert school.dynamodb.items == after
    assert school.dynamodb.calls == ["BatchGetItem"] * 2


async def test_it_goes_on_after_an_answer_was_lost_and_after_a_failure(school: "School") -> None:
    await fill(school)
    school.dynamodb.lost = Unavailable("TransactWriteItems", "ConnectionLost")
    assert (await erase(school)).status == 503
    assert (await school.ask(ADMIN, "GET", S1)).status == 404
    school.dynamodb.failing = [Unavailable("TransactWriteItems", "ConnectionLost")]
    assert (await erase(school)).status == 503
    receipt = await (await erase(school)).json()
    assert receipt["removed"] == {"enrollments": 2, "guardian_links": 1, "events": 3, "profile": True}


async def test_many_at_once_have_one_erasure_and_one_receipt(school: "School") -> None:
    await fill(school, events=250)
    admins = [f"norte/h{number}/school-admin" for number in range(5)]
    answers = await asyncio.gather(*(erase(school, who=who) for who in admins))
    assert {answer.status for answer in answers} == {200}
    assert len({await answer.text() for answer in answers}) == 1
    assert (await answers[0].json())["removed"]["events"] == 250
    assert of_s1(school.dynamodb.items) == set()


class Killed(Exception):
    """The task is no more."""


class Life:
    """Lets a table's callers live until their nth call, and kills them before it arrives or after it is carried out."""

    def __init__(self, dynamodb: "FakeDynamoDB", last: float = float("inf"), *, after: bool = False) -> None:
        self.calls = 0
        self._last = last
        self._after = after
        for name in OPERATIONS:
            setattr(dynamodb, name, self._mortal(getattr(dynamodb, name)))
        self._dynamodb = dynamodb

    def _mortal(self, operation: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def mortal(*args: Any, **options: Any) -> Any:
            self.calls += 1
            if self.calls == self._last and not self._after:
                raise Killed
            answer = await operation(*args, **options)
            if self.calls == self._last:
                raise Killed
            return answer

        return mortal

    def end(self) -> None:
        for name in OPERATIONS:
            delattr(self._dynamodb, name)


HEAD: Final = administrator()


async def furnished(new_premises: Callable[[], Awaitable["Premises"]]) -> "Premises":
    """A school whose student s1 has more events than one step removes."""
    premises = await new_premises()
    table = premises.parts.tables.of(HEAD.context)
    for number in range(150):
        await report(table, number)
    return premises


async def erase_at(premises: "Premises", now: Timestamp = NOW) -> Erasure:
    parts = premises.parts
    erasing = Erasing(parts.tables, parts.configuration, premises.encryption, parts.texts, now=lambda: now)
    return await erasing.erase(HEAD, StudentId("s1"), 1)


async def test_killed_before_or_after_any_call_the_repeat_ends_where_one_without_a_death_ends(
    new_premises: Callable[[], Awaitable["Premises"]],
) -> None:
    premises = await furnished(new_premises)
    begun = dict(premises.dynamodb.items)
    life = Life(premises.dynamodb)
    receipt = await erase_at(premises)
    assert (receipt.enrollments, receipt.events, receipt.unreadable_from) == (2, 150, IN_5_MINUTES)
    assert life.calls > 10
    ended = premises.dynamodb.items
    assert of_s1(ended) == set()

    for last, after in itertools.product(range(1, life.calls + 1), (False, True)):
        premises = await furnished(new_premises)
        ending = Life(premises.dynamodb, last, after=after)
        with pytest.raises(Killed):
            await erase_at(premises)
        ending.end()
        items = premises.dynamodb.items
        untouched = items.keys() == begun.keys()
        assert untouched == ("wrapped" in items["luca-keys", "TENANT#norte#KEYS", "STUDENT#s1"])
        assert await erase_at(premises) == receipt, f"killed at call {last}, {after=}"
        assert without_secrets(items) == without_secrets(ended), f"killed at call {last}, {after=}"


async def test_killed_again_and_again_it_still_ends(new_premises: Callable[[], Awaitable["Premises"]]) -> None:
    premises = await furnished(new_premises)
    deaths, receipt = 0, None
    while receipt is None:
        life = Life(premises.dynamodb, 6, after=True)  # long enough for one step
        try:
            receipt = await erase_at(premises)
        except Killed:
            deaths += 1
        life.end()
    assert deaths > 2
    assert (receipt.enrollments, receipt.events) == (2, 150)
    assert of_s1(premises.dynamodb.items) == set()


def without_secrets(items: Items) -> Items:
    """Less what is random in a school: keys, and what they have encrypted."""
    return {
        place: {name: value for name, value in item.items() if not isinstance(value, bytes)}
        for place, item in items.items()
    }


# --- What comes afterwards.


async def test_the_time_from_which_nobody_can_read_counts_from_when_the_key_was_known_to_be_destroyed(
    new_premises: Callable[[], Awaitable["Premises"]],
) -> None:
    premises = await furnished(new_premises)
    life = Life(premises.dynamodb, 2, after=True)  # the first transaction
    with pytest.raises(Killed):
        await erase_at(premises)
    life.end()
    receipt = await erase_at(premises, Timestamp("2026-11-25T08:00:00.000Z"))
    assert (receipt.erased_at, receipt.unreadable_from) == (NOW, "2026-11-25T08:05:00.000Z")


@pytest.mark.parametrize("headers", [{"If-None-Match": "*"}, {"If-Match": '"1"'}])
async def test_the_id_is_not_given_to_another(school: "School", headers: dict[str, str]) -> None:
    receipt = await (await erase(school)).json()
    after = dict(school.dynamodb.items)
    answer = await school.ask(ADMIN, "PUT", S1, {"name": "Eva", "guardian_ids": ["g1"]}, headers)
    assert (answer.status, (await answer.json())["type"]) == (409, "urn:luca:problem:conflict")
    assert f"erased at {receipt['erased_at']}" in (await answer.json())["detail"]
    assert school.dynamodb.items == after


async def test_a_change_that_an_erasure_overtakes_is_not_stored(school: "School") -> None:
    """The profile was read before the erasure began, and the name is encrypted already."""
    transact = school.dynamodb.transact_write

    async def erase_first(*args: Any, **options: Any) -> None:
        school.dynamodb.transact_write = transact  # type: ignore[method-assign]
        assert (await erase(school)).status == 200
        await transact(*args, **options)

    school.dynamodb.transact_write = erase_first  # type: ignore[method-assign]
    answer = await school.ask(ADMIN, "PUT", S1, {"name": "Eva", "guardian_ids": ["g2"]}, {"If-Match": '"1"'})
    assert answer.status == 409
    assert of_s1(school.dynamodb.items) == set()


async def test_a_creation_that_another_one_and_its_erasure_overtake_is_not_stored(school: "School") -> None:
    path, body, transact = "/v1/students/s9", {"name": "Eva", "guardian_ids": ["g2"]}, school.dynamodb.transact_write

    async def create_and_erase_first(*args: Any, **options: Any) -> None:
        school.dynamodb.transact_write = transact  # type: ignore[method-assign]
        assert (await school.ask(ADMIN, "PUT", path, body, {"If-None-Match": "*"})).status == 201
        assert (await erase(school, path=path)).status == 200
        await transact(*args, **options)

    school.dynamodb.transact_write = create_and_erase_first  # type: ignore[method-assign]
    assert (await school.ask(ADMIN, "PUT", path, body, {"If-None-Match": "*"})).status == 409
    left = [sk for _, pk, sk in school.dynamodb.items if pk == "TENANT#norte#STUDENT#s9" or sk == "STUDENT#s9"]
    assert left == ["STUDENT#s9", "ERASURE"]  # of the keys, a tombstone


async def test_a_write_about_a_student_can_be_made_on_condition_that_there_is_no_erasure(school: "School") -> None:
    table = school.table()
    guard = unless_erased(table.context, StudentId("s1"))
    before = dict(school.dynamodb.items)
    await table.transact([guard], token="t")
    assert school.dynamodb.items == before
    await erase(school)
    with pytest.raises(TransactionCanceled):
        await table.transact([guard], token="t")


async def test_no_grade_is_recorded_here_any_more(school: "School") -> None:
    await fill(school)
    await erase(school)
    for body in (GRADE, {"status": "missing"}):
        assert (await school.put_grade(TEACHER, CELL, body, version=2)).status == 404
        assert (await school.put_grade(TEACHER, CELL.replace("a1", "a3"), body)).status == 404


async def test_a_task_that_believes_an_old_roster_brings_no_text_back(school: "School") -> None:
    await fill(school)
    other = another_process(school)
    parts = parts_of(school.parts.tables, other, Ages(), FreezeTimes())
    room = await parts.configuration.classroom(HEAD.context, ClassId("c1"))
    cell = Cell(room.info, room.assessments[AssessmentId("a3")], StudentId("s1"))
    await erase(school)
    change = GradeChange(status=GradeStatus.MISSING, comment="moved away")
    with pytest.raises(Problem) as refused:
        await parts.grade_writing.record(HEAD, cell, change, Create())
    assert refused.value.status == 404
    assert isinstance(await parts.grade_writing.record(HEAD, cell, replace(change, comment=None), Create()), Recorded)
