"""Whatever is sent, lost or sent twice, by however many at once: a grade's versions are a chain without a gap."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.interactive.callers import administrator

from luca_interactive.api.grades import GradeChange
from luca_interactive.grade_outcomes import Recorded, Superseded
from luca_interactive.scope import Cell
from luca_shared.aws.errors import Unavailable
from luca_shared.records.grade import Grade, GradeStatus, GradeVersion, same_content
from luca_shared.runtime.exact_numbers import ExactNumber
from luca_shared.runtime.preconditions import Create, Precondition, Replace
from luca_shared.tenancy import keys
from luca_shared.tenancy.ids import AssessmentId, ClassId, PersonId, StudentId, Term

if TYPE_CHECKING:
    from tests.unit.interactive.conftest import Premises

NewPremises = Callable[[], Awaitable["Premises"]]


@dataclass(frozen=True)
class Write:
    """A write that names a version this far from the current one, and what becomes of it on the way."""

    person: str
    score: int
    behind: int = 0
    fate: str = "arrives"


class Book:
    """One cell of a gradebook, its writes, and its records."""

    def __init__(self, premises: "Premises", cell: Cell) -> None:
        self.premises = premises
        self.cell = cell

    @classmethod
    async def open(cls, new_premises: NewPremises) -> "Book":
        premises = await new_premises()
        room = await premises.parts.configuration.classroom(administrator("h1").context, ClassId("c1"))
        return cls(premises, Cell(room.info, room.assessments[AssessmentId("a1")], StudentId("s1")))

    async def write(self, write: Write, named: int) -> Recorded | Superseded | None:
        """None when no answer came."""
        lost = Unavailable("TransactWriteItems", "ConnectionLost")
        self.premises.dynamodb.failing = [lost] if write.fate == "fails" else []
        self.premises.dynamodb.lost = lost if write.fate == "answer lost" else None
        precondition: Precondition = Create() if named == 0 else Replace(named)
        change = GradeChange(status=GradeStatus.SCORED, score=ExactNumber(write.score), comment=f"c{write.score}")
        try:
            return await self.premises.parts.grade_writing.record(
                administrator(write.person), self.cell, change, precondition
            )
        except Unavailable:
            return None

    async def current(self) -> Grade | None:
        table = self.premises.parts.tables.of(administrator("h1").context)
        key = keys.grade(table.context, StudentId("s1"), Term("2026-Q4"), ClassId("c1"), AssessmentId("a1"))
        item = await table.get(key)
        return None if item is None else Grade.from_item(item)

    async def check_chain(self) -> None:
        """The versions are 1, 2, 3... and the current grade is the last of them."""
        table = self.premises.parts.tables.of(administrator("h1").context)
        range_ = keys.versions_of_grade(
            table.context, StudentId("s1"), Term("2026-Q4"), ClassId("c1"), AssessmentId("a1")
        )
        versions = [GradeVersion.from_item(item) for item in (await table.query(range_)).items]
        current = await self.current()
        assert [version.version for version in versions] == list(range(1, len(versions) + 1))
        assert (current is None) == (versions == [])
        if current is not None:
            assert same_content(current, versions[-1])
            assert (current.version, current.recorded_at) == (versions[-1].version, versions[-1].recorded_at)


writes = st.builds(
    Write,
    person=st.sampled_from(["h1", "h2"]),
    score=st.integers(0, 3),
    behind=st.integers(0, 2),
    fate=st.sampled_from(["arrives", "arrives", "fails", "answer lost"]),
)
many = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@many
@given(st.lists(writes, max_size=10))
def test_one_after_the_other(new_premises: NewPremises, sent: list[Write]) -> None:
    async def scenario() -> None:
        book = await Book.open(new_premises)
        for write in sent:
            before = await book.current()
            version = before.version if before else 0
            named = max(0, version - write.behind)
            outcome = await book.write(write, named)
            after = await book.current()
            await book.check_chain()
            match outcome:
                case Recorded(grade):
                    assert grade == after
                    assert grade.score == Decimal(write.score)
                    assert (grade.recorded_by, grade.version) == (PersonId(write.person), named + 1)
                case Superseded(found):
                    assert found == before == after
                case None if write.fate == "fails":
                    assert before == after
                case None:
                    assert after is not None
                    again = await book.write(Write(write.person, write.score), named)
                    assert again == Recorded(after, f"c{write.score}")

    asyncio.run(scenario())


@many
@given(st.lists(st.lists(writes, min_size=2, max_size=6), min_size=1, max_size=4))
def test_many_at_once(new_premises: NewPremises, rounds: list[list[Write]]) -> None:
    async def scenario() -> None:
        book = await Book.open(new_premises)
        for version, sent in enumerate(rounds):
            outcomes = await asyncio.gather(*(book.write(Write(each.person, each.score), version) for each in sent))
            current = await book.current()
            assert current is not None
            assert current.version == version + 1
            for each, outcome in zip(sent, outcomes, strict=True):
                is_winner = current.recorded_by == PersonId(each.person) and current.score == Decimal(each.score)
                assert isinstance(outcome, Recorded if is_winner else Superseded)
            await book.check_chain()

    asyncio.run(scenario())


async def test_the_chain_check_can_fail(new_premises: NewPremises) -> None:
    book = await Book.open(new_premises)
    for version in range(3):
        await book.write(Write("h1", version), version)
    del book.premises.dynamodb.items["luca", "TENANT#norte#STUDENT#s1", "GRADEV#2026-Q4#c1#a1#00000002"]
    with pytest.raises(AssertionError):
        await book.check_chain()
