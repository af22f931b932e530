"""Writers racing for cells, alone and in bulk, with keys and without, through lost answers and freezes.

Whoever gets no final answer sends the same again, as a client does. In the end each knows what became of the own grade,
and is right.
"""

import asyncio
import itertools
import random
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from luca_interactive.sealed_texts import comment_of
from luca_shared.records.grade import Grade, GradeVersion, same_content
from luca_shared.records.term import TermState
from luca_shared.tenancy import keys
from luca_shared.tenancy.ids import AssessmentId, ClassId, StudentId, Term
from luca_shared.tenancy.limits import SchoolRateLimit

if TYPE_CHECKING:
    from tests.unit.interactive.conftest import School

ROUNDS = 200
OPEN = Term("2026-Q4")
COLUMN = "/v1/classes/c1/assessments/a1/grades"
STUDENTS = ("s1", "s2")
WRITERS = ("norte/p1/teacher", "norte/h1/school-admin", "norte/h2/school-admin")

WRITTEN, TAKEN, TOO_LATE = (200, 201), (412,), (409,)


@pytest.fixture
def rate() -> SchoolRateLimit:
    return SchoolRateLimit(per_second=1_000_000, burst=1_000_000)


@dataclass
class Write:
    """A request of one person for one student or for both, which says what no other says."""

    who: str
    comment: str
    versions: dict[str, int]
    key: str | None

    @property
    def is_bulk(self) -> bool:
        return len(self.versions) > 1

    def request(self) -> tuple[str, object, dict[str, str]]:
        headers = {} if self.key is None else {"Idempotency-Key": self.key}
        grade = {"status": "scored", "score": 8, "comment": self.comment}
        if self.is_bulk:
            items = [{**grade, "student_id": of, "if_match": named or None} for of, named in self.versions.items()]
            return COLUMN, {"items": items}, headers
        ((student, version),) = self.versions.items()
        named = {"If-Match": f'"{version}"'} if version else {"If-None-Match": "*"}
        return f"{COLUMN}/{student}", grade, {**headers, **named}


class Race:
    """One school, whose network is bad and whose term is frozen now and then."""

    def __init__(self, school: "School", seed: int) -> None:
        self.school = school
        self.chance = random.Random(seed)
        self.names = map(str, itertools.count())
        self.finals: Counter[int] = Counter()
        self.attempts = 0
        self.lost_answers = 12
        school.dynamodb.fate = self.fate

    def fate(self, operation: str) -> str:
        percent = self.lost_answers if operation == "TransactWriteItems" else 12
        return self.chance.choices(["arrives", "lost", "answer lost"], [92 - percent, 8, percent])[0]

    async def versions(self, student: str) -> list[GradeVersion]:
        table = self.school.table()
        range_ = keys.versions_of_grade(table.context, StudentId(student), OPEN, ClassId("c1"), AssessmentId("a1"))
        return [GradeVersion.from_item(item) for item in (await table.query(range_)).items]

    async def comments(self, student: str) -> list[str | None]:
        found = await self.versions(student)
        return await self.school.parts.texts.open_many(self.school.table().context, list(map(comment_of, found)))

    def writes(self, present: dict[str, int]) -> list[Write]:
        """Some writers, who have seen the present versions; now and then one who is behind."""
        found = []
        for _ in range(self.chance.randint(2, 4)):
            students = self.chance.choice([STUDENTS, STUDENTS[::-1], ("s1",), ("s2",)])
            behind = self.chance.choice([0, 0, 0, 1])
            versions = {student: max(0, present[student] - behind) for student in students}
            key = self.chance.choice([None, f"k{next(self.names)}"])
            found.append(Write(self.chance.choice(WRITERS), f"c{next(self.names)}", versions, key))
        return found

    async def sent(self, write: Write) -> dict[str, int]:
        """Send a request until there is a final answer for each grade; return their statuses."""
        path, body, headers = write.request()
        for _ in range(60):
            self.attempts += 1
            response = await self.school.ask(write.who, "PUT", path, body, headers)
            if response.status in {409, 503} and "Retry-After" in response.headers:
                self.school.clock.now += 1.0
                continue
            answer = await response.json()
            if not write.is_bulk:
                ((student, _),) = write.versions.items()
                answer = {"items": [{"student_id": student, "status": response.status, "problem": answer}]}
            if all(item["status"] != 503 for item in answer["items"]):
                return {item["student_id"]: self.checked(write, item) for item in answer["items"]}
        raise AssertionError("there is no final answer")

    def checked(self, write: Write, item: Any) -> int:
        """Nobody is told that his or her own grade is in the way."""
        status: int = item["status"]
        self.finals[status] += 1
        if status == 412:
            current = item["problem"]["current"]
            assert current is None or current["comment"] != write.comment
        return status

    async def run(self, *, freezing: bool) -> None:
        """All at once; those with a key are sent twice, as by an impatient client."""
        self.lost_answers = 60 if freezing else 12  # many that were in time ask again when it is too late
        present = {student: len(await self.versions(student)) for student in STUDENTS}
        writes = self.writes(present)
        async with asyncio.TaskGroup() as group:
            tasks = [
                (write, [group.create_task(self.sent(write)) for _ in range(1 if write.key is None else 2)])
                for write in writes
            ]
            if freezing:
                group.create_task(self.freeze())
        for write, twins in tasks:
            for task in twins:
                await self.check_answers(write, task.result())
        for student in STUDENTS:
            await self.check_chain(student, present[student])

    async def check_answers(self, write: Write, statuses: dict[str, int]) -> None:
        """What is said to be written is, once and as the version after the one named; what isn't said to be, isn't."""
        assert statuses.keys() == write.versions.keys()
        for student, status in statuses.items():
            comments = await self.comments(student)
            if status in WRITTEN:
                assert comments.count(write.comment) == 1
                assert comments.index(write.comment) == write.versions[student]
            else:
                assert status in {*TAKEN, *TOO_LATE}
                assert write.comment not in comments

    async def check_chain(self, student: str, before: int) -> None:
        versions = await self.versions(student)
        assert [version.version for version in versions] == list(range(1, len(versions) + 1))
        assert before <= len(versions) <= before + 1  # of all who name the same version, one wins
        if versions:
            table = self.school.table()
            item = await table.get(versions[-1].key(table.context))
            current = await table.get(
                keys.grade(table.context, StudentId(student), OPEN, ClassId("c1"), AssessmentId("a1"))
            )
            assert item is not None
            assert current is not None
            assert same_content(Grade.from_item(current), versions[-1])
            assert (current["version"], current["comment"]) == (item["version"], item["comment"])

    async def freeze(self) -> None:
        """Freeze the term while others write; once it is as old as allowed, nothing is signed any more."""
        for _ in range(self.chance.randint(0, 60)):
            await asyncio.sleep(0)
        self.set_term(TermState.FREEZING)
        for _ in range(self.chance.randint(0, 60)):
            await asyncio.sleep(0)
        self.school.clock.now += 5.0
        self.signed_in_time = self.school.dynamodb.calls.count("TransactWriteItems")

    def set_term(self, state: TermState) -> None:
        for partition, sort in (("TERM#2026-Q4", "INFO"), ("DIRECTORY", "TERM#2026-Q4")):
            self.school.dynamodb.items["luca", f"TENANT#norte#{partition}", sort]["state"] = state.value

    async def after_the_freeze(self) -> None:
        """All who were writing have their answers: the term is frozen, and stays as it is."""
        assert self.school.dynamodb.calls.count("TransactWriteItems") == self.signed_in_time
        self.set_term(TermState.FROZEN)
        before = {student: await self.comments(student) for student in STUDENTS}
        for write in self.writes({student: len(found) for student, found in before.items()}):
            assert set((await self.sent(write)).values()) <= {*TOO_LATE}
        assert {student: await self.comments(student) for student in STUDENTS} == before
        self.set_term(TermState.OPEN)
        self.school.clock.now += 5.1


async def test_no_write_is_lost_doubled_or_too_late_and_nobody_is_told_wrong(school: "School") -> None:
    race = Race(school, seed=20261124)
    for number in range(ROUNDS):
        freezing = number % 5 == 4
        await race.run(freezing=freezing)
        if freezing:
            await race.after_the_freeze()
    assert race.finals.keys() == {200, 201, 409, 412}  # it was a race, of each kind
    assert min(race.finals[status] for status in (200, 409, 412)) > 50
    assert race.attempts > 1.5 * ROUNDS * 3  # on a bad network
