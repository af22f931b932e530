"""Several tasks of the service in virtual time, each with its own memory and clock, over one table that is far away.

A call takes a while to arrive and its answer to come back. A transaction that has been sent arrives even when who sent
it has given up, `LATE` seconds after the request's deadline at most.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from tests.unit.interactive.callers import administrator
from tests.unit.interactive.fake_aws import assume_role

from luca_interactive.api.grades import GradeChange
from luca_interactive.app import parts_of
from luca_interactive.configuration import Ages
from luca_interactive.grade_outcomes import Recorded
from luca_interactive.parts import Parts
from luca_interactive.scope import Cell
from luca_interactive.term_writing import FreezeTimes
from luca_shared.aws.transactions import TransactPut, TransactWrite
from luca_shared.records.assessment import Assessment
from luca_shared.records.class_ import Class
from luca_shared.records.grade import GradeStatus
from luca_shared.records.term import Term, TermState
from luca_shared.records.timestamps import Timestamp, timestamp
from luca_shared.runtime.exact_numbers import ExactNumber
from luca_shared.runtime.preconditions import Create
from luca_shared.runtime.problems import Problem
from luca_shared.tenancy import keys
from luca_shared.tenancy.credentials import TenantCredentials
from luca_shared.tenancy.ids import AssessmentId, ClassId, StudentId
from luca_shared.tenancy.ids import Term as TermId
from luca_shared.tenancy.table import TableNames, Tables

if TYPE_CHECKING:
    from tests.unit.interactive.conftest import Premises
    from tests.unit.interactive.fake_aws import FakeDynamoDB

    from luca_shared.aws.dynamodb import DynamoDB

STALENESS, DEADLINE = 5.0, 5.0
CLOCKS_APART, LATE = 2.0, 1.5  # the margin is for the clocks, and for two transactions that come late
TERM = TermId("2026-Q4")

Delays = Callable[[str], tuple[float, float]]
"""How long a call of an operation takes to arrive, and its answer to come back."""

_ends_at: ContextVar[float] = ContextVar("ends_at")


def now() -> float:
    """The true time."""
    return asyncio.get_running_loop().time()


@dataclass
class Wire:
    """The table, as a task reaches it."""

    table: "FakeDynamoDB"
    delays: Delays
    carried_out: Callable[[Sequence[TransactWrite]], None]
    sent: list[asyncio.Task[None]] = field(default_factory=list)

    async def get_item(self, *arguments: Any, **named: Any) -> Any:
        there, back = self.delays("GetItem")
        await asyncio.sleep(there)
        item = await self.table.get_item(*arguments, **named)
        await asyncio.sleep(back)
        return item

    async def batch_get(self, *arguments: Any, **named: Any) -> Any:
        there, back = self.delays("GetItem")
        await asyncio.sleep(there)
        items = await self.table.batch_get(*arguments, **named)
        await asyncio.sleep(back)
        return items

    async def transact_write(self, writes: Sequence[TransactWrite], **named: Any) -> None:
        there, back = self.delays("TransactWriteItems")
        latest = _ends_at.get() + LATE - 0.001
        self.sent.append(asyncio.create_task(self._arrive(min(there, latest - now()), writes, **named)))
        await asyncio.shield(self.sent[-1])
        await asyncio.sleep(back)

    async def _arrive(self, delay: float, writes: Sequence[TransactWrite], **named: Any) -> None:
        await asyncio.sleep(delay)
        await self.table.transact_write(writes, **named)
        self.carried_out(writes)


@dataclass
class ServiceTask:
    """One task: what it remembers, and how far its clock is from the true time."""

    parts: Parts
    offset: float

    def clock(self) -> Timestamp:
        return clock_of(self.offset)


@dataclass
class Attempt:
    """A grade that somebody tried to record."""

    student_id: StudentId
    began: float
    ended: float = 0.0
    outcome: str = "no answer"


class SlowSchool:
    """The school norte, whose grades many tasks write."""

    def __init__(self, premises: "Premises", offsets: Sequence[float], delays: Delays, wait: float) -> None:
        self.table = premises.dynamodb
        self.attempts: list[Attempt] = []
        self.too_late: list[float] = []
        self.wires = [Wire(premises.dynamodb, delays, self._carried_out) for _ in offsets]
        freeze = FreezeTimes(staleness=0, deadline=0, margin=wait)  # its sum is all that is asked of it
        self.tasks = [
            ServiceTask(
                parts_of(
                    Tables(cast("DynamoDB", wire), TenantCredentials(assume_role, role_arn="role"), TableNames()),
                    premises.encryption,
                    Ages(terms=STALENESS, rules=3600),
                    freeze,
                    clock=now,
                    now=lambda offset=offset: clock_of(offset),  # type: ignore[misc]
                ),
                offset,
            )
            for wire, offset in zip(self.wires, offsets, strict=True)
        ]

    async def decide(self, task: int, kind: str) -> str:
        """Freeze or reopen the term."""
        writing = self.tasks[task].parts.term_writing
        change = writing.freeze if kind == "freeze" else writing.reopen
        version = self.term.version

        async def request() -> str:
            return (await change(administrator(), TERM, "because", version)).state

        return await self._in_time(request)

    async def grade(self, task: int) -> str:
        """Record a grade of a student of whom there is none yet."""
        attempt = Attempt(StudentId(f"w{len(self.attempts)}"), now())
        self.attempts.append(attempt)

        async def request() -> str:
            change = GradeChange(status=GradeStatus.SCORED, score=ExactNumber(8))
            cell = Cell(_CLASS, _ASSESSMENT, attempt.student_id)
            outcome = await self.tasks[task].parts.grade_writing.record(administrator(), cell, change, Create())
            return "recorded" if isinstance(outcome, Recorded) else "superseded"

        attempt.outcome = await self._in_time(request)
        attempt.ended = now()
        return attempt.outcome

    async def everything_has_arrived(self) -> None:
        for wire in self.wires:
            await asyncio.gather(*wire.sent, return_exceptions=True)

    @property
    def term(self) -> Term:
        return Term.from_item(self.table.items["luca", "TENANT#norte#TERM#2026-Q4", "INFO"])

    def says_frozen(self) -> bool:
        """Whether any task would say so, asked now."""
        return any(self.term.state_at(task.clock()) is TermState.FROZEN for task in self.tasks)

    def stored(self, student_id: StudentId) -> list[str]:
        """Everything that is stored of a student's grade."""
        key = keys.grade(administrator().context, student_id, TERM, ClassId("c1"), AssessmentId("a1"))
        items = [item for (_, pk, _), item in self.table.items.items() if pk == key.pk]
        return sorted(str(item["entity"]) + (" pending" if "pending_pk" in item else "") for item in items)

    def _carried_out(self, writes: Sequence[TransactWrite]) -> None:
        is_grade = any(isinstance(write, TransactPut) and write.item["entity"] == "grade" for write in writes)
        if is_grade and self.says_frozen():
            self.too_late.append(now())

    @staticmethod
    async def _in_time(request: Callable[[], Any]) -> str:
        _ends_at.set(now() + DEADLINE)
        try:
            async with asyncio.timeout(DEADLINE):
                return str(await request())
        except TimeoutError:
            return "no answer"
        except Problem as problem:
            return problem.kind.name


def clock_of(offset: float) -> Timestamp:
    return timestamp(datetime(2026, 11, 24, tzinfo=UTC) + timedelta(seconds=now() + offset))


_CLASS = Class.from_item(
    {
        "entity": "class",
        "class_id": "c1",
        "version": 1,
        "term": TERM,
        "subject": "math",
        "name": "c1",
        "teacher_ids": [],
    }
)
_ASSESSMENT = Assessment.from_item(
    {
        "entity": "assessment",
        "class_id": "c1",
        "assessment_id": "a1",
        "version": 1,
        "term": TERM,
        "category": "exam",
        "title": "a1",
        "max_score": 10,
    }
)
