"""A write with an `Idempotency-Key`: answered once, whatever is lost, sent twice or killed."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientResponse

from luca_interactive.grade_writing import GradeWriting
from luca_shared.aws.errors import Unavailable
from luca_shared.records.grade import GradeVersion
from luca_shared.runtime import problems
from luca_shared.tenancy import keys
from luca_shared.tenancy.encryption import CorruptKey, FieldEncryption, KeyDestroyed
from luca_shared.tenancy.ids import AssessmentId, ClassId, StudentId, Term

if TYPE_CHECKING:
    from tests.unit.interactive.conftest import School

TEACHER, ADMIN = "norte/p1/teacher", "norte/h1/school-admin"
COLUMN = "/v1/classes/c1/assessments/a1/grades"
CELL = COLUMN + "/s1"
GRADE = {"status": "scored", "score": 8.5, "comment": "Muy bien hecho"}
DAY = 24 * 3600


async def put(
    school: "School",
    body: object = GRADE,
    *,
    who: str = TEACHER,
    path: str = CELL,
    key: str = "k1",
    version: int | None = None,
) -> ClientResponse:
    return await school.put_grade(who, path, body, version=version, headers={"Idempotency-Key": key})


def replayed(answer: ClientResponse) -> bool:
    return answer.headers.get("Idempotent-Replayed") == "true"


async def history(school: "School", student: str = "s1") -> list[int]:
    table = school.table()
    range_ = keys.versions_of_grade(
        table.context, StudentId(student), Term("2026-Q4"), ClassId("c1"), AssessmentId("a1")
    )
    return [GradeVersion.from_item(item).version for item in (await table.query(range_)).items]


def records(school: "School") -> list[dict[str, Any]]:
    return [item for item in school.dynamodb.items.values() if item.get("entity") == "idempotency"]


def fated(*fates: tuple[str, str]) -> Callable[[str], str]:
    """The fates of the next operations, each by its name; those that aren't named arrive."""
    waiting = list(fates)

    def fate(operation: str) -> str:
        if waiting and waiting[0][0] == operation:
            return waiting.pop(0)[1]
        return "arrives"

    return fate


class TestRepeats:
    async def test_a_repeat_is_given_the_first_answer_and_nothing_is_done_again(self, school: "School") -> None:
        first = await put(school)
        assert (first.status, replayed(first)) == (201, False)
        await school.put_grade(ADMIN, CELL, {"status": "missing"}, version=1)  # without the key: 412 from now on
        school.dynamodb.calls.clear()
        repeat = await put(school)

        assert (repeat.status, replayed(repeat)) == (201, True)
        assert await repeat.text() == await first.text()
        for header in ("ETag", "Content-Type", "Cache-Control"):
            assert repeat.headers[header] == first.headers[header]
        assert school.dynamodb.calls == ["PutItem"]
        assert await history(school) == [1, 2]

    async def test_a_first_request_costs_two_calls_besides_the_write(self, school: "School") -> None:
        await put(school)
        school.dynamodb.calls.clear()
        await put(school, GRADE | {"score": 9}, version=1, key="k2")
        assert school.dynamodb.calls == ["PutItem", "TransactWriteItems", "PutItem"]

    async def test_of_an_erased_school_no_answer_is_left(self, school: "School") -> None:
        await put(school)
        await school.encryption.erase_school(school.table().context)
        repeat = await put(school)
        assert (repeat.status, replayed(repeat)) == (404, False)

    async def test_a_refusal_is_an_answer_too(self, school: "School") -> None:
        first = await put(school, version=3)
        await school.put_grade(TEACHER, CELL, GRADE)
        repeat = await put(school, version=3)
        assert (first.status, repeat.status, replayed(repeat)) == (412, 412, True)
        assert repeat.content_type == "application/problem+json"
        assert (await repeat.json())["current"] is None

    async def test_a_repeat_carries_its_own_correlation_id(self, school: "School") -> None:
        await put(school)
        headers = {"If-None-Match": "*", "Idempotency-Key": "k1", "X-Correlation-Id": "second"}
        repeat = await school.ask(TEACHER, "PUT", CELL, GRADE, headers)
        assert (replayed(repeat), repeat.headers["X-Correlation-Id"]) == (True, "second")

    async def test_bulk_is_repeated_as_a_whole(self, school: "School") -> None:
        lines = {"items": [{"student_id": student, "if_match": None, **GRADE} for student in ("s1", "s2", "nobody")]}
        headers = {"Idempotency-Key": "k1"}
        first = await school.ask(TEACHER, "PUT", COLUMN, lines, headers)
        repeat = await school.ask(TEACHER, "PUT", COLUMN, lines, headers)
        assert (first.status, replayed(repeat)) == (200, True)
        assert await repeat.text() == await first.text()

    async def test_reading_takes_no_key(self, school: "School") -> None:
        await put(school)
        answer = await school.ask(TEACHER, "GET", CELL, headers={"Idempotency-Key": "k1"})
        assert (answer.status, replayed(answer)) == (200, False)
        assert len(records(school)) == 1

    @pytest.mark.parametrize("key", ["", "a b", "x" * 65, "ñ"])
    async def test_what_is_no_key_is_refused(self, school: "School", key: str) -> None:
        assert (await put(school, key=key)).status == 422
        assert await history(school) == []


class TestScope:
    @pytest.mark.parametrize(("body", "version"), [(GRADE | {"score": 9}, None), (GRADE, 1)])
    async def test_another_request_with_the_key_is_refused(
        self, school: "School", body: object, version: int | None
    ) -> None:
        await put(school)
        response = await put(school, body, version=version)
        assert response.status == 422
        assert (await response.json())["type"] == "urn:luca:problem:idempotency-conflict"
        assert await history(school) == [1]

    async def test_another_person_has_keys_of_his_or_her_own(self, school: "School") -> None:
        await put(school)
        other = await put(school, who=ADMIN)
        assert (other.status, replayed(other)) == (412, False)

    async def test_another_route_has_keys_of_its_own(self, school: "School") -> None:
        await put(school)
        for path in (COLUMN + "/s2", CELL.replace("a1", "a2")):
            other = await put(school, path=path)
            assert (other.status, replayed(other)) == (201, False)
        asked = await put(school, path=CELL + "?x=1")
        assert not replayed(asked)

    async def test_another_school_has_keys_of_its_own(self, school: "School") -> None:
        """The same person id, and the same path."""
        await put(school)
        other = await put(school, who="norte-2/p1/teacher")
        assert (other.status, replayed(other)) == (404, False)

    async def test_who_may_no_longer_is_told_so_before_anything_is_read(self, school: "School") -> None:
        await put(school)
        school.dynamodb.calls.clear()
        assert (await put(school, who="norte/p1/student")).status == 403
        assert school.dynamodb.calls == []


class TestLostAnswers:
    @pytest.mark.parametrize(
        ("fates", "first_status"),
        [
            pytest.param([("PutItem", "lost")], 503, id="claim lost"),
            pytest.param([("PutItem", "answer lost")], 503, id="claim's answer lost"),
            pytest.param([("TransactWriteItems", "lost")], 503, id="write lost"),
            pytest.param([("TransactWriteItems", "answer lost")], 503, id="write's answer lost"),
            pytest.param([("TransactWriteItems", "lost"), ("DeleteItem", "lost")], 503, id="write and giving up lost"),
            pytest.param(
                [("TransactWriteItems", "answer lost"), ("DeleteItem", "answer lost")], 503, id="both answers lost"
            ),
            pytest.param([("PutItem", "arrives"), ("PutItem", "lost")], 201, id="keeping lost"),
            pytest.param([("PutItem", "arrives"), ("PutItem", "answer lost")], 201, id="keeping's answer lost"),
        ],
    )
    async def test_whatever_is_lost_the_repeat_is_answered_like_the_first(
        self, school: "School", fates: list[tuple[str, str]], first_status: int
    ) -> None:
        await school.encryption.encrypt_for_school(
            school.table().context, "warm", b""
        )  # the key's own put is not meant
        school.dynamodb.fate = fated(*fates)
        first = await put(school)
        assert first.status == first_status
        repeat = await put(school)
        if repeat.status == 409:
            assert repeat.headers["Retry-After"] == "1"
            school.clock.now += 7
            repeat = await put(school)
        assert repeat.status == 201
        assert await repeat.json() == await school.get(TEACHER, CELL)
        assert await history(school) == [1]
        assert replayed(await put(school))

    async def test_a_claim_that_meets_itself_is_a_claim(
        self, school: "School", monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The AWS client sends again what was carried out, and meets it."""
        whole = type(school.dynamodb).put_item

        async def twice(self: Any, *given: Any, **named: Any) -> None:
            await whole(self, *given, **named)
            await whole(self, *given, **named)

        await school.encryption.encrypt_for_school(school.table().context, "warm", b"")
        monkeypatch.setattr(type(school.dynamodb), "put_item", twice)
        assert [(await put(school)).status, replayed(await put(school))] == [201, True]

    async def test_a_failure_is_not_kept(self, school: "School") -> None:
        school.dynamodb.fate = fated(("TransactWriteItems", "lost"))
        assert (await put(school)).status == 503
        assert records(school) == []
        repeat = await put(school)
        assert (repeat.status, replayed(repeat)) == (201, False)

    async def test_an_answer_that_asks_to_come_back_is_not_kept(self, school: "School") -> None:
        lines = {"items": [{"student_id": "s1", "if_match": None, **GRADE}]}
        school.dynamodb.fate = fated(("TransactWriteItems", "lost"))
        first = await school.ask(TEACHER, "PUT", COLUMN, lines, {"Idempotency-Key": "k1"})
        repeat = await school.ask(TEACHER, "PUT", COLUMN, lines, {"Idempotency-Key": "k1"})
        found = [(await answer.json())["items"][0]["status"] for answer in (first, repeat)]
        assert (found, replayed(repeat)) == ([503, 201], False)

    async def test_a_problem_of_ours_is_logged_and_not_kept(
        self, school: "School", monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        async def fails(*_: Any, **__: Any) -> None:
            raise problems.unavailable()

        monkeypatch.setattr(GradeWriting, "record", fails)
        assert (await put(school)).status == 503
        assert [record.getMessage() for record in caplog.records] == ["a request could not be served"]
        assert records(school) == []


class TestTwiceAtOnce:
    async def test_exactly_one_is_carried_out(self, school: "School") -> None:
        answers = await asyncio.gather(*(put(school) for _ in range(5)))
        in_work = [answer for answer in answers if answer.status == 409]
        assert {answer.status for answer in answers} <= {201, 409}
        assert [answer.status for answer in answers if not replayed(answer)].count(201) == 1
        assert all(answer.headers["Retry-After"] == "1" for answer in in_work)
        assert school.dynamodb.calls.count("TransactWriteItems") == 1
        assert replayed(await put(school))

    async def test_another_request_with_a_key_in_work_is_refused(self, school: "School") -> None:
        answers = await asyncio.gather(put(school), put(school, GRADE | {"score": 9}))
        assert sorted(answer.status for answer in answers) == [201, 422]


class TestKilled:
    async def test_a_killed_request_blocks_its_key_as_long_as_it_had_time(
        self, school: "School", monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def killed(*_: Any, **__: Any) -> None:
            raise asyncio.CancelledError

        with monkeypatch.context() as patched:
            patched.setattr(type(school.dynamodb), "transact_write", killed)
            with pytest.raises(Exception, match="disconnected"):
                await put(school)
        assert len(records(school)) == 1
        school.clock.now += 4.9
        assert (await put(school)).status == 409
        school.clock.now += 2.1
        assert (await put(school)).status == 201

    async def test_after_a_day_it_is_a_new_request_though_the_record_is_still_there(self, school: "School") -> None:
        await put(school)
        school.clock.now += DAY - 1
        assert replayed(await put(school))
        school.clock.now += 1
        assert len(records(school)) == 1
        again = await put(school)
        assert (again.status, replayed(again)) == (201, False)
        assert replayed(await put(school))
        assert (await put(school, GRADE | {"score": 9})).status == 422

    async def test_after_a_day_the_key_is_free_for_another_request(self, school: "School") -> None:
        await put(school)
        school.clock.now += DAY
        assert (await put(school, GRADE | {"score": 9}, version=1)).status == 200


class TestPrivacy:
    async def test_what_is_kept_shows_nothing_and_opens_with_no_key_that_is_stored(self, school: "School") -> None:
        await put(school, key="a-key-of-the-client")
        (record,) = records(school)
        assert "Muy bien" not in repr(record)
        assert "a-key-of-the-client" not in repr(record)
        context = school.table().context
        opened = await school.encryption.decrypt_for_school(context, "first answer", record["body"])
        assert b"Muy bien" not in opened
        assert opened[:1] == b"\x01"  # a ciphertext still

    async def test_an_answer_that_does_not_open_is_our_failure(self, school: "School") -> None:
        await put(school)
        (record,) = records(school)
        record["body"] = record["body"][:-1] + bytes([record["body"][-1] ^ 1])
        assert (await put(school)).status == 500


@pytest.mark.parametrize("error", [Unavailable("Decrypt", "KMSInternalException"), KeyDestroyed(), CorruptKey("a key")])
async def test_an_answer_that_cannot_be_encrypted_is_given_and_not_kept(
    school: "School", monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    async def fails(*_: Any, **__: Any) -> bytes:
        raise error

    monkeypatch.setattr(FieldEncryption, "encrypt_for_school", fails)
    assert (await put(school)).status == 201
