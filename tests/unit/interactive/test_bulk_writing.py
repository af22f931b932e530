"""Many grades with one request: each with an outcome of its own, whatever becomes of the others."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from aiohttp import ClientResponse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.interactive.callers import administrator
from tests.virtual_time import run

from luca_interactive.api.bulk_grades import GradeLine
from luca_interactive.grade_outcomes import Failed, Recorded, Superseded
from luca_interactive.scope import Column
from luca_shared.aws.errors import CancellationReason, Conflict, Throttled, TransactionCanceled, Unavailable
from luca_shared.aws.transactions import TransactPut, TransactWrite
from luca_shared.records.grade import GradeStatus, GradeVersion
from luca_shared.records.term import TermState
from luca_shared.runtime.exact_numbers import ExactNumber
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.encryption import FieldEncryption, KeyDestroyed
from luca_shared.tenancy.ids import AssessmentId, ClassId, StudentId, Term

if TYPE_CHECKING:
    from tests.unit.interactive.conftest import Premises, School

TEACHER, OTHER_TEACHER, ADMIN = "norte/p1/teacher", "norte/p2/teacher", "norte/h1/school-admin"
COLUMN = "/v1/classes/c1/assessments/a1/grades"
OPEN = Term("2026-Q4")

NewPremises = Callable[[], Awaitable["Premises"]]


@pytest.fixture
def body_limit() -> int:
    return 64 * 1024


def line(student: str, score: object = 8, version: int | None = None, **others: object) -> dict[str, Any]:
    return {"student_id": student, "if_match": version, "status": "scored", "score": score, **others}


async def put(school: "School", lines: Sequence[object], who: str = TEACHER, column: str = COLUMN) -> ClientResponse:
    return await school.ask(who, "PUT", column, {"items": lines})


async def put_all(school: "School", lines: Sequence[object], who: str = TEACHER, column: str = COLUMN) -> list[Any]:
    response = await put(school, lines, who, column)
    assert response.status == 200, await response.text()
    items: list[Any] = (await response.json())["items"]
    return items


async def enrolled(school: "School", count: int) -> list[str]:
    students = [f"n{number:03}" for number in range(count)]
    for student in students:
        await school.enroll("c1", student)
    return students


async def written(school: "School", students: Sequence[str]) -> dict[str, list[int]]:
    """The versions that each student's grade has had."""
    table = school.table()
    found: dict[str, list[int]] = {}
    for student in students:
        range_ = keys.versions_of_grade(table.context, StudentId(student), OPEN, ClassId("c1"), AssessmentId("a1"))
        found[student] = [GradeVersion.from_item(item).version for item in (await table.query(range_)).items]
    return found


def statuses(items: Sequence[Any]) -> list[int]:
    return [item["status"] for item in items]


def students_in(writes: Sequence[TransactWrite]) -> set[str]:
    return {write.item["student_id"] for write in writes if isinstance(write, TransactPut)}


class TestAnswers:
    async def test_each_line_is_answered_as_if_it_had_been_sent_alone(self, school: "School") -> None:
        standing = await (await school.put_grade(TEACHER, COLUMN + "/s1", {"status": "scored", "score": 3})).json()
        response = await put(school, [line("s2", 8.5, comment="Bien"), line("nobody"), line("s1", 7)])

        assert response.status == 200
        assert "Retry-After" not in response.headers
        assert response.headers["Cache-Control"] == "private, no-store"
        recorded, unknown, stale = (await response.json())["items"]
        assert recorded == {
            "student_id": "s2",
            "status": 201,
            "grade": await school.get(TEACHER, COLUMN + "/s2"),
        }
        assert (recorded["grade"]["comment"], recorded["grade"]["percent"]) == ("Bien", 85)
        assert set(unknown) == set(stale) == {"student_id", "status", "problem"}
        assert (unknown["student_id"], unknown["status"]) == ("nobody", 404)
        assert unknown["problem"]["type"] == "urn:luca:problem:not-found"
        assert unknown["problem"]["correlation_id"] == response.headers["X-Correlation-Id"]
        assert (stale["status"], stale["problem"]["type"]) == (412, "urn:luca:problem:version-conflict")
        assert stale["problem"]["current"] == standing

    async def test_a_change_is_200_and_a_change_of_nothing_says_that_there_is_nothing(self, school: "School") -> None:
        await put_all(school, [line("s1")])
        changed, nothing = await put_all(school, [line("s1", 9, 1), line("s2", 9, 1)])
        assert (changed["status"], changed["grade"]["version"]) == (200, 2)
        assert (nothing["status"], nothing["problem"]["current"]) == (412, None)

    async def test_a_hundred_grades_are_ten_transactions_in_the_order_in_which_they_were_sent(
        self, school: "School"
    ) -> None:
        students = (await enrolled(school, 100))[::-1]
        await put_all(school, [line("s1")])
        school.dynamodb.calls.clear()
        items = await put_all(school, [line(student) for student in students])
        assert [item["student_id"] for item in items] == students
        assert set(statuses(items)) == {201}
        assert Counter(school.dynamodb.calls)["TransactWriteItems"] == 10

    async def test_a_student_who_was_enrolled_just_now_is_found(self, school: "School") -> None:
        await put_all(school, [line("s1")])
        await school.enroll("c1", "s3")
        school.clock.now += 1.1
        assert statuses(await put_all(school, [line("s2"), line("s3")])) == [201, 201]

    @pytest.mark.parametrize(
        ("who", "column"),
        [
            (OTHER_TEACHER, COLUMN),
            (ADMIN, COLUMN.replace("c1", "c9")),
            (ADMIN, COLUMN.replace("a1", "a9")),
            ("norte-2/h1/school-admin", COLUMN),
        ],
    )
    async def test_outside_of_ones_own_there_is_nothing(self, school: "School", who: str, column: str) -> None:
        response = await put(school, [line("s1")], who, column)
        assert (response.status, (await response.json())["type"]) == (404, "urn:luca:problem:not-found")
        assert await written(school, ["s1"]) == {"s1": []}


class TestValidation:
    async def test_every_bad_field_of_every_line_is_named(self, school: "School") -> None:
        lines = [line("s1"), {"student_id": "s 2", "status": "great", "score": "8"}, line("s3", 8.12345, 0, mark=1)]
        response = await put(school, lines)
        assert response.status == 422
        assert {error["pointer"] for error in (await response.json())["errors"]} == {
            "/items/1/student_id",
            "/items/1/if_match",
            "/items/1/status",
            "/items/1/score",
            "/items/2/score",
            "/items/2/if_match",
            "/items/2/mark",
        }

    async def test_every_score_that_does_not_fit_is_pointed_at_and_nothing_is_written(self, school: "School") -> None:
        response = await put(
            school, [line("s1", 11), line("s2"), {"student_id": "s3", "if_match": 1, "status": "late"}]
        )
        assert response.status == 422
        assert (await response.json())["errors"] == [
            {"pointer": "/items/0/score", "detail": "must be between 0 and 10"},
            {"pointer": "/items/2/score", "detail": "is required when the status is late"},
        ]
        assert await written(school, ["s2"]) == {"s2": []}

    async def test_a_student_who_is_in_two_lines_is_named_in_both(self, school: "School") -> None:
        response = await put(school, [line("s1", 1), line("s2"), line("s1", 2)])
        assert response.status == 422
        assert (await response.json())["errors"] == [
            {"pointer": "/items/0/student_id", "detail": "must be given once only, and is in /items/2 too"},
            {"pointer": "/items/2/student_id", "detail": "must be given once only, and is in /items/0 too"},
        ]
        assert await written(school, ["s1", "s2"]) == {"s1": [], "s2": []}

    @pytest.mark.parametrize("count", [0, 101])
    async def test_there_are_1_to_100_lines(self, school: "School", count: int) -> None:
        response = await put(school, [line(f"n{number}") for number in range(count)])
        assert response.status == 422
        assert (await response.json())["errors"] == [{"pointer": "/items", "detail": "must have 1 to 100 items"}]


class TestGroups:
    async def test_those_that_stand_in_the_way_are_left_out_and_the_rest_is_sent_again(self, school: "School") -> None:
        students = await enrolled(school, 10)
        await put_all(school, [line(students[3]), line(students[7])])
        school.dynamodb.calls.clear()
        items = await put_all(school, [line(student, 9) for student in students])
        assert statuses(items) == [201, 201, 201, 412, 201, 201, 201, 412, 201, 201]
        assert school.dynamodb.calls.count("TransactWriteItems") == 2
        assert await written(school, students) == {student: [1] for student in students}

    async def test_at_most_four_groups_are_under_way_at_once(
        self, school: "School", monkeypatch: pytest.MonkeyPatch
    ) -> None:
        students = await enrolled(school, 100)
        whole, now, most = type(school.dynamodb).transact_write, 0, 0

        async def counted(*given: Any, **named: Any) -> None:
            nonlocal now, most
            now, most = now + 1, max(most, now + 1)
            await asyncio.sleep(0.001)
            try:
                await whole(*given, **named)
            finally:
                now -= 1

        monkeypatch.setattr(type(school.dynamodb), "transact_write", counted)
        assert set(statuses(await put_all(school, [line(student) for student in students]))) == {201}
        assert most == 4

    async def test_a_conflict_that_lasts_is_one_grades_alone(
        self, school: "School", monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Somebody keeps writing one of the grades, and AWS doesn't tell whose transaction it was."""
        students = await enrolled(school, 10)
        whole = type(school.dynamodb).transact_write

        async def contended(self: Any, writes: Sequence[TransactWrite], **named: Any) -> None:
            if students[4] in students_in(writes):
                raise Conflict("TransactWriteItems", "TransactionCanceledException")
            await whole(self, writes, **named)

        monkeypatch.setattr(type(school.dynamodb), "transact_write", contended)
        items = await put_all(school, [line(student) for student in students])
        assert statuses(items) == [201, 201, 201, 201, 503, 201, 201, 201, 201, 201]

    async def test_what_is_wrong_with_one_grade_sinks_no_other(
        self, school: "School", monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """One has a history ahead of itself, one is refused for an unknown reason, one met a conflict."""
        students = await enrolled(school, 4)
        await put_all(school, [line(students[0])])
        del school.dynamodb.items["luca", f"TENANT#norte#STUDENT#{students[0]}", "GRADE#2026-Q4#c1#a1"]
        whole = type(school.dynamodb).transact_write

        async def refused(self: Any, writes: Sequence[TransactWrite], **named: Any) -> None:
            given = [write.item["student_id"] for write in writes if isinstance(write, TransactPut)]
            if students[1] in given:
                codes = {students[1]: "ItemCollectionSizeLimitExceeded", students[2]: "TransactionConflict"}
                reasons = tuple(CancellationReason(codes.get(student, "None")) for student in given)
                raise TransactionCanceled("TransactWriteItems", "TransactionCanceledException", reasons=reasons)
            await whole(self, writes, **named)

        monkeypatch.setattr(type(school.dynamodb), "transact_write", refused)
        response = await put(school, [line(student) for student in students])
        items = (await response.json())["items"]
        assert statuses(items) == [500, 500, 201, 201]
        assert {item["problem"]["type"] for item in items[:2]} == {"urn:luca:problem:internal"}
        assert response.headers["Retry-After"] == "1"

    async def test_a_transaction_that_is_canceled_without_a_reason_is_our_failure(self, school: "School") -> None:
        school.dynamodb.failing = [
            TransactionCanceled("TransactWriteItems", "TransactionCanceledException", reasons=())
        ]
        assert statuses(await put_all(school, [line("s1"), line("s2")])) == [500, 500]

    async def test_an_erased_student_is_not_there_and_the_others_are(
        self, school: "School", monkeypatch: pytest.MonkeyPatch
    ) -> None:
        whole = FieldEncryption.encrypt

        async def encrypt(self: FieldEncryption, context: TenantContext, student_id: StudentId, *of: Any) -> bytes:
            if student_id == "s1":
                raise KeyDestroyed
            return await whole(self, context, student_id, *of)

        monkeypatch.setattr(FieldEncryption, "encrypt", encrypt)
        assert statuses(await put_all(school, [line("s1", comment="x"), line("s2", comment="x")])) == [404, 201]

    async def test_a_subject_without_rules_is_each_lines_conflict(self, school: "School") -> None:
        del school.dynamodb.items["luca", "TENANT#norte#RULES#math", "CURRENT"]
        assert statuses(await put_all(school, [line("s1"), line("s2")])) == [409, 409]


class TestFreeze:
    async def test_a_frozen_term_refuses_each_line(self, school: "School") -> None:
        await school.set_term(OPEN, TermState.FREEZING)
        items = await put_all(school, [line("s1"), line("s2"), line("nobody")])
        assert statuses(items) == [409, 409, 404]
        assert items[0]["problem"]["type"] == "urn:luca:problem:term-frozen"
        assert "TransactWriteItems" not in school.dynamodb.calls

    async def test_what_was_written_before_the_freeze_is_answered_like_the_first_time(self, school: "School") -> None:
        first = await put_all(school, [line("s1", comment="Bien")])
        await school.set_term(OPEN, TermState.FROZEN)
        school.clock.now += 5.1
        items = await put_all(school, [line("s1", comment="Bien"), line("s2")])
        assert items[0] == first[0]
        assert items[1]["status"] == 409

    async def test_the_terms_age_is_checked_each_time_that_a_group_is_signed(self, school: "School") -> None:
        await put_all(school, [line("s1")])

        def freeze(_: str) -> str:
            for key in (("TERM#2026-Q4", "INFO"), ("DIRECTORY", "TERM#2026-Q4")):
                school.dynamodb.items["luca", f"TENANT#norte#{key[0]}", key[1]]["state"] = "frozen"
            school.clock.now += 5.1
            return "arrives"

        school.dynamodb.fate = freeze
        items = await put_all(school, [line("s1", 9), line("s2", 9)])  # s1 stands in the way of the first sending
        assert statuses(items) == [412, 409]
        assert await written(school, ["s2"]) == {"s2": []}


class TestFailuresOnTheWay:
    async def test_a_repeat_of_all_is_answered_like_the_first_time(self, school: "School") -> None:
        lines = [line("s1", 9, comment="Bien"), line("s2", 7)]
        first = await put_all(school, lines)
        assert await put_all(school, lines) == first
        assert await written(school, ["s1", "s2"]) == {"s1": [1], "s2": [1]}

    async def test_when_aws_fails_in_the_middle_the_answer_says_what_is_written(self, school: "School") -> None:
        students = await enrolled(school, 60)
        fates = iter(["arrives", "lost", "answer lost", "arrives", "lost", "arrives"])
        school.dynamodb.fate = lambda _: next(fates)
        response = await put(school, [line(student) for student in students])

        assert response.headers["Retry-After"] == "1"
        items = (await response.json())["items"]
        assert Counter(statuses(items)) == {201: 40, 503: 20}
        there = await written(school, students)
        assert {item["student_id"]: item["status"] == 201 for item in items} == {
            student: bool(versions) for student, versions in there.items()
        }
        failed = [item["student_id"] for item in items if item["status"] == 503]
        assert "send this grade again" in items[students.index(failed[0])]["problem"]["detail"]

        school.dynamodb.fate = lambda _: "arrives"
        assert set(statuses(await put_all(school, [line(student) for student in students]))) == {201}
        assert await written(school, students) == {student: [1] for student in students}

    async def test_grades_whose_answer_was_lost_are_looked_for_by_one_reading(self, school: "School") -> None:
        students = await enrolled(school, 100)
        school.dynamodb.fate = lambda _: "answer lost"
        items = await put_all(school, [line(student) for student in students])
        assert set(statuses(items)) == {201}
        assert school.dynamodb.calls.count("BatchGetItem") == 1

    async def test_what_cannot_be_looked_for_is_not_said_to_be_written(
        self, school: "School", monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def fails(*_: Any, **__: Any) -> None:
            raise Throttled("BatchGetItem", "ThrottlingException")

        with monkeypatch.context() as patched:
            patched.setattr(type(school.dynamodb), "batch_get", fails)
            school.dynamodb.fate = lambda _: "answer lost"
            assert statuses(await put_all(school, [line("s1"), line("s2", 7)])) == [503, 503]
        assert statuses(await put_all(school, [line("s1"), line("s2", 7)])) == [201, 201]

    async def test_what_certainly_failed_is_not_looked_for(self, school: "School") -> None:
        school.dynamodb.failing = [Throttled("TransactWriteItems", "ThrottlingException")]
        assert statuses(await put_all(school, [line("s1"), line("s2")])) == [503, 503]
        assert "BatchGetItem" not in school.dynamodb.calls

    async def test_a_failure_is_logged_once_for_all_its_grades(
        self, school: "School", caplog: pytest.LogCaptureFixture
    ) -> None:
        school.dynamodb.failing = [Unavailable("TransactWriteItems", "ConnectionLost", lost=False)]
        await put_all(school, [line("s1"), line("s2")])
        assert [record.getMessage() for record in caplog.records] == ["AWS can't be used at the moment"]


@pytest.mark.parametrize("lands", [True, False])
def test_the_outcomes_come_in_time_and_say_what_is_written(new_premises: NewPremises, *, lands: bool) -> None:
    async def scenario() -> None:
        school = await new_premises()
        table, loop = school.dynamodb, asyncio.get_running_loop()
        whole = type(table).transact_write

        async def hangs(writes: Sequence[TransactWrite], **named: Any) -> None:
            stuck = STUDENTS[15] in students_in(writes)
            if lands or not stuck:
                await whole(table, writes, **named)
            if stuck:
                await asyncio.Event().wait()

        table.transact_write = hangs  # type: ignore[method-assign]
        outcomes = await school.parts.bulk_writing.record(
            administrator(), await column_of(school), [scored(student) for student in STUDENTS], deadline=5.0
        )
        assert loop.time() <= 5.0
        unknown = [student for student, of in zip(STUDENTS, outcomes, strict=True) if isinstance(of, Failed)]
        assert unknown == ([] if lands else STUDENTS[10:20])
        assert {type(of) for of in outcomes} == ({Recorded} if lands else {Recorded, Failed})

    run(scenario())


def test_groups_whose_turn_never_comes_are_not_written(new_premises: NewPremises) -> None:
    async def scenario() -> None:
        school = await new_premises()
        before = dict(school.dynamodb.items)

        async def hangs(*_: Any, **__: Any) -> None:
            await asyncio.Event().wait()

        school.dynamodb.transact_write = hangs  # type: ignore[method-assign]
        students = [StudentId(f"n{number:03}") for number in range(100)]
        outcomes = await school.parts.bulk_writing.record(
            administrator(), await column_of(school, students), [scored(student) for student in students], deadline=5.0
        )
        assert asyncio.get_running_loop().time() <= 5.0
        assert all(isinstance(of, Failed) and isinstance(of.error, TimeoutError) for of in outcomes)
        assert school.dynamodb.items == before

    run(scenario())


class TestDeadline:
    @pytest.fixture
    def deadline(self) -> float:
        return 0.5

    async def test_a_request_that_hangs_is_answered_all_the_same(
        self, school: "School", monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def hangs(*_: Any, **__: Any) -> None:
            await asyncio.Event().wait()

        monkeypatch.setattr(type(school.dynamodb), "transact_write", hangs)
        assert statuses(await put_all(school, [line("s1"), line("s2")])) == [503, 503]


STUDENTS = [StudentId(f"s{number}") for number in range(25)]
LINES = st.lists(
    st.tuples(st.sampled_from(STUDENTS), st.one_of(st.none(), st.integers(1, 3)), st.integers(0, 2)),
    min_size=1,
    max_size=25,
    unique_by=lambda each: each[0],
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(LINES, min_size=1, max_size=4))
def test_many_at_once_are_answered_like_one_after_the_other(
    new_premises: NewPremises, requests: list[list[tuple[StudentId, int | None, int]]]
) -> None:
    async def scenario() -> None:
        bulk, single = await new_premises(), await new_premises()
        column = await column_of(bulk)
        loop = asyncio.get_running_loop()
        for request in requests:
            lines = [scored(student, version, score) for student, version, score in request]
            outcomes = await bulk.parts.bulk_writing.record(administrator(), column, lines, deadline=loop.time() + 60)
            for each, outcome in zip(lines, outcomes, strict=True):
                cell = column.cell(each.student_id)
                assert cell is not None
                alone = await single.parts.grade_writing.record(administrator(), cell, each, each.precondition)
                assert said(outcome) == said(alone)

    asyncio.run(scenario())


async def column_of(school: "Premises", students: Sequence[StudentId] = STUDENTS) -> Column:
    room = await school.parts.configuration.classroom(administrator().context, ClassId("c1"))
    return Column(room.info, room.assessments[AssessmentId("a1")], frozenset(students))


def scored(student: StudentId, version: int | None = None, score: int = 8) -> GradeLine:
    return GradeLine(student_id=student, if_match=version, status=GradeStatus.SCORED, score=ExactNumber(score))


def said(outcome: object) -> object:
    match outcome:
        case Recorded(grade, comment) | Superseded(grade, comment):
            content = None if grade is None else {**msgspec.structs.asdict(grade), "recorded_at": None}
            return type(outcome), content, comment
        case _:
            raise AssertionError(outcome)
