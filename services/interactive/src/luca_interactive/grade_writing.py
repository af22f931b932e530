"""Recording a grade: one transaction that replaces the version named, keeps the new one for good and marks it pending.

    PUT, version 3 named            table
    ------------------------------  --------------------------------------------------------
    class, rules: from memory
    comment, reason: encrypted
    term: at most 5 s old, else 409
    one transaction -------------->  GRADE    version 4, if it is version 3 now
                                     GRADEV   00000004, if there is none
    200, version 4 <---------------

Killed before the transaction, nothing has happened; killed after it, everything has and only the answer is missing.
The person's repeat then finds the very grade that it asks for in the place of the version that it names, and is
answered like the first time. Two at once are one and then the other: the second meets the first's version.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from msgspec.structs import replace

from luca_interactive import grading
from luca_interactive.access import Caller
from luca_interactive.api.grades import GradeChange
from luca_interactive.configuration import Configuration, NotSetUp
from luca_interactive.fitness import refuse_unfit
from luca_interactive.scope import Cell
from luca_interactive.sealed_texts import SealedTexts, comment_of, reason_of
from luca_interactive.versioned_writing import FAILED_CONDITION, condition_of, next_version
from luca_shared.aws.attributes import Item
from luca_shared.aws.errors import TransactionCanceled
from luca_shared.aws.expressions import absent
from luca_shared.records import timestamps
from luca_shared.records.grade import Grade, GradeVersion, SyncStatus, same_content
from luca_shared.records.record import CorruptItem
from luca_shared.records.rules import Rules
from luca_shared.records.term import TermState
from luca_shared.records.timestamps import Timestamp
from luca_shared.runtime import problems
from luca_shared.runtime.preconditions import Precondition
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import Subject, Term
from luca_shared.tenancy.table import Tables
from luca_shared.tenancy.writes import Put


@dataclass(frozen=True, slots=True)
class Recorded:
    """The grade as it stands now, by this request or by an earlier sending of the same."""

    grade: Grade
    comment: str | None


@dataclass(frozen=True, slots=True)
class Superseded:
    """Nothing was written: not what the request would replace stands there, but `current`, or nothing."""

    current: Grade | None
    comment: str | None


class GradeWriting:
    """Records grades, with one call to the table for each.

    Args:
        tables: Where to.
        configuration: The rules and the terms.
        texts: The encryption of comments and reasons.
        now: The present, as it is stored.
    """

    def __init__(
        self,
        tables: Tables,
        configuration: Configuration,
        texts: SealedTexts,
        *,
        now: Callable[[], Timestamp] = timestamps.now,
    ) -> None:
        self._tables = tables
        self._configuration = configuration
        self._texts = texts
        self._now = now

    async def record(
        self, caller: Caller, cell: Cell, change: GradeChange, precondition: Precondition
    ) -> Recorded | Superseded:
        """Record a grade in place of the version that the precondition names.

        Raises:
            Problem: 422, the score doesn't fit the assessment or the status; 409, the term is frozen.
        """
        refuse_unfit(change, cell.assessment)
        context = caller.context
        grade, version = await self._sealed(context, await self._new_grade(caller, cell, change, precondition), change)
        writes = [
            Put(grade.key(context), grade.to_indexed_item(context), condition_of(precondition)),
            Put(version.key(context), version.to_item(), absent()),
        ]
        table = self._tables.of(context)
        if not await self._is_open(context, grade.term):  # asked last, for the term's age counts from here
            return await self._too_late(context, await table.get(grade.key(context), consistent=True), grade, change)
        try:
            await table.transact(writes, token=secrets.token_hex(16))
        except TransactionCanceled as canceled:
            return await self._compared(context, _item_met(canceled), grade, change)
        return Recorded(grade, change.comment)

    async def _new_grade(self, caller: Caller, cell: Cell, change: GradeChange, precondition: Precondition) -> Grade:
        rules = await self._rules(caller.context, cell.class_.subject)
        assessment = cell.assessment
        score = None if change.score is None else Decimal(change.score)  # a request's number is a subclass
        mark = grading.Mark(assessment.category, change.status, score, assessment.max_score)
        result = grading.result_of_mark(rules, mark)
        return Grade(
            class_id=cell.class_.class_id,
            assessment_id=assessment.assessment_id,
            student_id=cell.student_id,
            term=assessment.term,
            version=next_version(precondition),
            status=change.status,
            score=score,
            max_score=assessment.max_score,
            percent=result.percent,
            letter=result.letter,
            rules_version=rules.version,
            recorded_by=caller.person_id,
            recorded_at=self._now(),
            sync_status=SyncStatus.PENDING,
        )

    async def _sealed(self, context: TenantContext, grade: Grade, change: GradeChange) -> tuple[Grade, GradeVersion]:
        """Add the comment to a grade, and the reason to the version that is kept of it."""
        grade = replace(grade, comment=await self._texts.seal(context, comment_of(grade), change.comment))
        version = grade.as_version(None)
        return grade, replace(version, reason=await self._texts.seal(context, reason_of(version), change.reason))

    async def _compared(
        self, context: TenantContext, item: Item | None, wanted: Grade, change: GradeChange
    ) -> Recorded | Superseded:
        """Say what stands in the place of the grade that was to be replaced, and whether it is the wanted one."""
        if item is None:
            return Superseded(None, None)
        current = Grade.from_item(item)
        comment = await self._texts.open(context, comment_of(current))
        if _is_same_request(current, wanted) and comment == change.comment:
            return Recorded(current, comment)
        return Superseded(current, comment)

    async def _too_late(
        self, context: TenantContext, item: Item | None, wanted: Grade, change: GradeChange
    ) -> Recorded:
        """Refuse the change, unless an earlier sending of it was in time and only its answer was lost."""
        outcome = await self._compared(context, item, wanted, change)
        if isinstance(outcome, Recorded):
            return outcome
        raise problems.term_frozen()

    async def _rules(self, context: TenantContext, subject: Subject) -> Rules:
        try:
            return await self._configuration.rules(context, subject)
        except NotSetUp:
            raise problems.conflict("the subject has no grading rules yet") from None

    async def _is_open(self, context: TenantContext, term: Term) -> bool:
        try:
            return (await self._configuration.term(context, term)).state is TermState.OPEN
        except NotSetUp:
            raise problems.conflict("the assessment's term has not been set up yet") from None


def _item_met(canceled: TransactionCanceled) -> Item | None:
    """Return the grade that the transaction found in place of the one that it was to replace."""
    of_grade, of_version = canceled.reasons
    if of_grade.code == FAILED_CONDITION:
        return of_grade.item
    if of_version.code == FAILED_CONDITION:  # its history has a version that the grade itself has never reached
        raise CorruptItem("grade", "version") from canceled
    raise canceled


def _is_same_request(current: Grade, wanted: Grade) -> bool:
    """Whether `current` is what an earlier sending of the request for `wanted` has written, comments apart."""
    same_step = current.version == wanted.version and current.recorded_by == wanted.recorded_by
    return same_step and same_content(current, wanted)
