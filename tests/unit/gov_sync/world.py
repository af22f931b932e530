"""Everything outside of the sync, in memory: tables, bucket, queue, topic and a government as strict as the real one.

A `Life` is one task's hold on it. Every call of a life takes time, may fail before or after it is carried out, and is
a point at which the life can be killed; a dead life's calls do nothing any more, whatever its `finally` blocks try.
"""
# ruff: noqa: ARG002  # the ports' methods take what they take, needed here or not

import asyncio
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any, TypeVar

import msgspec

from luca_gov_sync.batching import record_ids
from luca_gov_sync.clock import stamp
from luca_gov_sync.government_record import record_id
from luca_gov_sync.outcomes import OursToMend, Outcome, Received, RefusedWhole, Retry, no_answer, outcome_of
from luca_gov_sync.ports import (
    AlertKind,
    Alerts,
    Batches,
    DeadLetters,
    Fenced,
    Gate,
    Government,
    Grades,
    Mark,
    MarkKind,
    NotReceived,
    Payloads,
    Ports,
    RecordPage,
    Reports,
    Runs,
    SubmissionPage,
)
from luca_local.government.contract import submission_digest
from luca_local.government.ledger import ChangedBytes, Ledger, Refused
from luca_local.government.rate import RateLimit
from luca_shared.aws.errors import Unavailable
from luca_shared.records.grade import Grade, GradeStatus, SyncStatus
from luca_shared.records.submission import Batch, BatchState, Member, Run, RunSchool
from luca_shared.records.timestamps import Timestamp
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import AssessmentId, ClassId, PersonId, SchoolId, StudentId, Term

T = TypeVar("T")

PERIOD = Term("2026-Q4")
START = 1_800_000_000.0  # seconds since the epoch, at which the virtual clock begins
NORTE, SUR = SchoolId("norte"), SchoolId("sur")


class Killed(Exception):
    """The life that calls is dead."""


def virtual_now() -> float:
    return START + asyncio.get_running_loop().time()


@dataclass
class World:
    """What outlives a task.

    Attributes:
        faults: The share of requests to the government that go wrong, in every way.
        aws_faults: The share of AWS calls that fail.
        dark: From when to when (seconds of the virtual clock) no request is answered.
        index_lag: How many seconds a pending grade may be missing from the index.
    """

    random: Random
    per_second: int = 2
    faults: float = 0.0
    aws_faults: float = 0.0
    dark: tuple[float, float] = (math.inf, math.inf)
    index_lag: float = 0.0
    poisonous: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()
    unauthorized: bool = False
    schools: list[SchoolId] = field(default_factory=lambda: [NORTE, SUR])
    runs: dict[Term, Run] = field(default_factory=dict)
    counters: dict[SchoolId, dict[str, int]] = field(default_factory=dict)
    batches: dict[tuple[SchoolId, str], Batch] = field(default_factory=dict)
    payloads: dict[str, bytes] = field(default_factory=dict)
    grades: dict[str, Grade] = field(default_factory=dict)  # by record id
    listed_from: dict[str, float] = field(default_factory=dict)
    ledger: Ledger = field(default_factory=Ledger)
    violations: list[str] = field(default_factory=list)
    arrivals: list[float] = field(default_factory=list)
    versions: dict[str, dict[int, set[str]]] = field(default_factory=dict)
    alerts: list[tuple[AlertKind, dict[str, Any]]] = field(default_factory=list)
    dead_letters: list[str] = field(default_factory=list)
    reports: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._rate = RateLimit(self.per_second)

    def record(self, school_id: SchoolId, student: int) -> Grade:
        """Record a grade, or its next version."""
        student_id, class_id, assessment_id = StudentId(f"s{student:03d}"), ClassId("c1"), AssessmentId("a1")
        name = record_id(school_id, PERIOD, class_id, assessment_id, student_id)
        before = self.grades.get(name)
        version = before.version + 1 if before else 1
        self.grades[name] = Grade(
            class_id=class_id,
            assessment_id=assessment_id,
            student_id=student_id,
            term=PERIOD,
            version=version,
            status=GradeStatus.SCORED,
            score=Decimal(version % 10),
            max_score=Decimal(10),
            percent=Decimal(50),
            letter="B",
            rules_version=1,
            recorded_by=PersonId("p1"),
            recorded_at=stamp(virtual_now()),
            sync_status=SyncStatus.PENDING,
        )
        self.listed_from[name] = virtual_now() + self.random.uniform(0, self.index_lag)
        return self.grades[name]

    def answer(self, school_id: SchoolId, batch_id: str, payload: bytes) -> tuple[int, bytes]:
        """Judge a submission that has arrived, as the local government does."""
        self._arrived()
        stored = self.batches.get((school_id, batch_id))
        if stored is None or not stored.attempts or self.payloads.get(stored.payload_key) != payload:
            self.violations.append("sent before it was durable, or with other bytes")
        if self.unauthorized:
            return 401, b""
        try:
            receipt, known, rows = self.ledger.receive(
                payload, idempotency_key=batch_id, refused_students=self.unknown, poisonous=self.poisonous
            )
        except ChangedBytes:
            self.violations.append("same id, other bytes")
            return 422, b""
        except Refused as refused:
            return refused.status, b""
        for row in rows:
            self.versions.setdefault(row.record_id, {}).setdefault(row.version, set()).add(row.sha256)
        return (409 if known else 200), msgspec.json.encode(receipt)

    def asked(self) -> None:
        self._arrived()

    def _arrived(self) -> None:
        now = virtual_now()
        self.arrivals.append(now)
        if not self._rate.arrive(now):
            self.violations.append("rate")


@dataclass
class Life:
    """One task. `kill_at` counts its calls, two points each: before and after it is carried out."""

    world: World
    random: Random
    owner: str = "only"
    kill_at: float = math.inf
    stall_at: float = math.inf  # the call from which on it stands still
    stall: float = 0.0
    awake_at: float = 0.0
    points: int = 0
    dead: bool = False
    died: asyncio.Event = field(default_factory=asyncio.Event)

    async def call(self, carry_out: Callable[[], T], operation: str = "Call", *, aws: bool = True) -> T:
        """Make a call."""
        await self._point()
        await asyncio.sleep(self.random.uniform(0.001, 0.02))
        await self.stand_still()
        self._alive()
        if aws and self.random.random() < self.world.aws_faults / 2:
            raise Unavailable(operation, "ConnectionLost")
        answer = carry_out()
        await asyncio.sleep(self.random.uniform(0.001, 0.02))
        await self._point()
        if aws and self.random.random() < self.world.aws_faults / 2:
            raise Unavailable(operation, "AnswerLost")
        return answer

    async def stand_still(self) -> None:
        """From a certain call on, stand still for a while: none of this life's calls gets on."""
        if self.points >= self.stall_at:
            self.stall_at = math.inf
            self.awake_at = virtual_now() + self.stall
        await asyncio.sleep(max(0.0, self.awake_at - virtual_now()))

    async def _point(self) -> None:
        self._alive()
        self.points += 1
        if self.points > self.kill_at:
            self.dead = True
            self.died.set()
        self._alive()

    def _alive(self) -> None:
        if self.dead:
            raise Killed


class SimulatedRuns(Runs):
    def __init__(self, life: Life) -> None:
        self._life, self._world = life, life.world

    async def get(self, period: Term) -> Run | None:
        return await self._life.call(lambda: self._world.runs.get(period))

    async def create(self, run: Run) -> bool:
        def create() -> bool:
            return self._world.runs.setdefault(run.period, run) is run

        return await self._life.call(create)

    async def replace(self, run: Run, was: Run) -> bool:
        def replace() -> bool:
            stored = self._world.runs[run.period]
            if stored == run:
                return True  # this very call, repeated because its first answer was lost
            if (stored.epoch, stored.owner) != (was.epoch, was.owner):
                return False
            self._world.runs[run.period] = run
            return True

        return await self._life.call(replace)

    async def schools(self) -> list[SchoolId]:
        return await self._life.call(lambda: list(self._world.schools))

    async def save_school(self, school: RunSchool) -> None:
        def save() -> None:
            self._world.counters[school.school_id] = school.counters

        await self._life.call(save)


class SimulatedBatches(Batches):
    def __init__(self, life: Life) -> None:
        self._life, self._world = life, life.world

    async def all(self, context: TenantContext, period: Term) -> list[Batch]:
        def read() -> list[Batch]:
            return [batch for (school, _), batch in self._world.batches.items() if school == context.school_id]

        return await self._life.call(read)

    async def get(self, context: TenantContext, period: Term, batch_id: str) -> Batch | None:
        return await self._life.call(lambda: self._world.batches.get((context.school_id, batch_id)))

    async def add(self, context: TenantContext, batch: Batch) -> bool:
        return await self._life.call(lambda: self._add(context, batch))

    async def stamp(self, context: TenantContext, batch: Batch, epoch: int) -> Batch:
        def stamp() -> Batch:
            stored = self._world.batches[context.school_id, batch.batch_id]
            if stored.epoch not in {batch.epoch, epoch}:  # the latter: this very call, repeated
                raise Fenced
            stored = msgspec.structs.replace(stored, epoch=epoch)
            self._world.batches[context.school_id, batch.batch_id] = stored
            return stored

        return await self._life.call(stamp)

    async def save(self, context: TenantContext, batch: Batch) -> None:
        await self._life.call(lambda: self._save(context, batch))

    async def split(self, context: TenantContext, parent: Batch, halves: Sequence[Batch]) -> None:
        def split() -> None:
            stored = self._world.batches[context.school_id, parent.batch_id]
            if stored.epoch == parent.epoch and stored.state is BatchState.SPLIT:
                return  # the same token: carried out before
            self._save(context, parent)
            for half in halves:
                assert self._add(context, half)

        await self._life.call(split)

    def _add(self, context: TenantContext, batch: Batch) -> bool:
        assert batch.payload_key in self._world.payloads, "a batch exists before its bytes"
        return self._world.batches.setdefault((context.school_id, batch.batch_id), batch) is batch

    def _save(self, context: TenantContext, batch: Batch) -> None:
        stored = self._world.batches[context.school_id, batch.batch_id]
        if stored.epoch != batch.epoch:
            raise Fenced
        assert stored.state.open or batch.state is BatchState.SEND_BATCH, "a settled batch is only ever opened again"
        for name in ("members", "payload_key", "payload_sha256", "period", "created_at"):
            assert getattr(stored, name) == getattr(batch, name), f"{name} of a batch has changed"
        self._world.batches[context.school_id, batch.batch_id] = batch


class SimulatedPayloads(Payloads):
    def __init__(self, life: Life) -> None:
        self._life, self._world = life, life.world

    async def put(self, context: TenantContext, key: str, payload: bytes) -> None:
        def put() -> None:
            assert self._world.payloads.setdefault(key, payload) == payload

        await self._life.call(put)

    async def get(self, context: TenantContext, key: str) -> bytes:
        return await self._life.call(lambda: self._world.payloads[key])


class SimulatedGrades(Grades):
    def __init__(self, life: Life) -> None:
        self._life, self._world = life, life.world

    async def pending(self, context: TenantContext, period: Term) -> list[Grade]:
        def read() -> list[Grade]:
            return [
                grade
                for name, grade in self._world.grades.items()
                if name.startswith(f"{context.school_id}.")
                and grade.sync_status is SyncStatus.PENDING
                and self._world.listed_from[name] <= virtual_now()
            ]

        return await self._life.call(read)

    async def mark(self, context: TenantContext, batch: Batch, marks: Sequence[Mark], at: Timestamp) -> int:
        names = record_ids(context.school_id, batch.period, [mark.member for mark in marks])

        def change() -> int:
            return sum(self._mark(name, batch, mark, at) for name, mark in zip(names, marks, strict=True))

        return await self._life.call(change)

    async def versions(
        self, context: TenantContext, period: Term, members: Sequence[Member]
    ) -> list[tuple[Member, Grade]]:
        names = record_ids(context.school_id, period, members)

        def read() -> list[tuple[Member, Grade]]:
            found = [(member, self._world.grades[name]) for member, name in zip(members, names, strict=True)]
            return [(member, grade) for member, grade in found if grade.version == member.version]

        return await self._life.call(read)

    def _mark(self, name: str, batch: Batch, mark: Mark, at: Timestamp) -> bool:
        grade = self._world.grades[name]
        if grade.version != mark.member.version:
            return False
        if mark.kind is MarkKind.PENDING:
            if grade.sync_status is not SyncStatus.SYNCED or grade.sync_batch_id != batch.batch_id:
                return False
            changes: dict[str, Any] = {"sync_status": SyncStatus.PENDING, "sync_batch_id": None, "synced_at": None}
        elif grade.sync_status is not SyncStatus.PENDING:
            return False
        else:
            changes = {"sync_status": SyncStatus(mark.kind.value), "sync_batch_id": batch.batch_id}
            changes |= {"synced_at": at} if mark.kind is MarkKind.SYNCED else {"sync_error": mark.code}
        self._world.grades[name] = msgspec.structs.replace(grade, **changes)
        return True


class SimulatedDeadLetters(DeadLetters):
    def __init__(self, life: Life) -> None:
        self._life, self._world = life, life.world

    async def put(self, context: TenantContext, batch: Batch, reason: str) -> None:
        await self._life.call(lambda: self._world.dead_letters.append(batch.batch_id))


class SimulatedAlerts(Alerts):
    def __init__(self, life: Life) -> None:
        self._life, self._world = life, life.world

    async def tell(self, kind: AlertKind, period: Term, **facts: str | int) -> None:
        await self._life.call(lambda: self._world.alerts.append((kind, facts)), aws=False)


class SimulatedReports(Reports):
    def __init__(self, life: Life) -> None:
        self._life, self._world = life, life.world

    async def put(self, name: str, content: bytes, content_type: str) -> str:
        def put() -> str:
            self._world.reports[name] = content
            return name

        return await self._life.call(put)


class SimulatedGovernment(Government):
    """The way to the government and back, on which everything goes wrong."""

    def __init__(self, life: Life, gate: Gate, *, timeout: float) -> None:
        self._life, self._world, self._gate, self._timeout = life, life.world, gate, timeout

    async def submit(self, batch_id: str, payload: bytes) -> Outcome:
        school_id = SchoolId(msgspec.json.decode(payload)["school_id"])
        answer = await self._request(lambda: self._world.answer(school_id, batch_id, payload))
        return answer if isinstance(answer, Retry) else outcome_of(batch_id, *answer)

    async def ask(self, batch_id: str) -> Received | NotReceived | OursToMend | Retry:
        def known() -> tuple[int, bytes]:
            self._world.asked()
            found = self._world.ledger.known(batch_id)
            return (200, msgspec.json.encode(found.receipt)) if found else (404, b"")

        answer = await self._request(known)
        if isinstance(answer, Retry):
            return answer
        if answer[0] == 404:
            return NotReceived()
        outcome = outcome_of(batch_id, *answer)
        return Retry(in_doubt=True, outage=False) if isinstance(outcome, RefusedWhole) else outcome

    async def submissions(self, period: Term, cursor: str | None) -> SubmissionPage | OursToMend | Retry:
        def listed() -> tuple[int, bytes]:
            self._world.asked()
            return 200, b""

        answer = await self._request(listed)
        if isinstance(answer, Retry) or answer[0] != 200:
            return answer if isinstance(answer, Retry) else Retry(in_doubt=False, outage=answer[0] >= 500)
        found = self._world.ledger.periods.get(period)
        items = {
            name: (len(each.rows), submission_digest([(r.record_id, r.version, r.sha256) for r in each.rows]))
            for name, each in (found.submissions.items() if found else ())
        }
        return SubmissionPage(items, None)

    async def records(self, period: Term, school_id: SchoolId, cursor: str | None) -> RecordPage | OursToMend | Retry:
        def listed() -> tuple[int, bytes]:
            self._world.asked()
            return 200, b""

        answer = await self._request(listed)
        if isinstance(answer, Retry) or answer[0] != 200:
            return answer if isinstance(answer, Retry) else Retry(in_doubt=False, outage=answer[0] >= 500)
        found = self._world.ledger.periods.get(period)
        rows = found.records.get(school_id, {}) if found else {}
        return RecordPage({name: (row.version, row.sha256) for name, row in rows.items()}, None)

    async def _request(self, answer: Callable[[], tuple[int, bytes]]) -> tuple[int, bytes, str | None] | Retry:
        await self._life._point()
        await self._life.stand_still()  # a name is looked up, hands are shaken
        await self._gate()
        chance, world = self._life.random, self._world

        def arrive() -> tuple[int, bytes, str | None] | Retry:
            if world.runs[PERIOD].owner != self._life.owner:
                world.violations.append("sent without the lease")
            fate = chance.random() / world.faults if world.faults else math.inf
            now = asyncio.get_running_loop().time()
            if world.dark[0] <= now < world.dark[1]:
                world.asked()
                return no_answer(sent=True)
            if fate < 0.5:  # refused unread
                world.asked()
                status, after = chance.choice([(503, None), (429, "2"), (429, None), (500, None)])
                return status, b"", after
            status, body = answer()
            if fate < 0.7:
                return no_answer(sent=True)
            if fate < 0.85:
                return 500, b"", None
            return (status, body[: len(body) // 2], None) if fate < 1 else (status, body, None)

        await self._life._point()
        await asyncio.sleep(chance.uniform(0.0, 0.004))  # on the wire: less than the pace's margin
        self._life._alive()
        reply = arrive()
        slow = chance.random() < 0.05
        await asyncio.sleep(self._timeout if slow and isinstance(reply, Retry) else chance.uniform(0.01, 3.0))
        await self._life._point()
        return reply


def ports_of(life: Life) -> Ports:
    return Ports(
        runs=SimulatedRuns(life),
        batches=SimulatedBatches(life),
        payloads=SimulatedPayloads(life),
        grades=SimulatedGrades(life),
        dead_letters=SimulatedDeadLetters(life),
        alerts=SimulatedAlerts(life),
        reports=SimulatedReports(life),
    )
