"""Recording grades: a transaction that replaces the versions named, keeps the new ones for good and marks them pending.

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

Several grades share a transaction, but not a fate. AWS carries out all of it or nothing, and says which conditions
failed: those grades have their outcome, and the others are sent again without them.
"""

import asyncio
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, TypeAlias

from luca_interactive.access import Caller
from luca_interactive.api.grades import GradeChange
from luca_interactive.configuration import Configuration, NotSetUp
from luca_interactive.fitness import refuse_unfit
from luca_interactive.grade_drafts import Draft, Drafting
from luca_interactive.grade_outcomes import Failed, Outcome, Recorded, Superseded, attempted, compared
from luca_interactive.scope import Cell
from luca_interactive.sealed_texts import SealedTexts
from luca_interactive.versioned_writing import FAILED_CONDITION
from luca_shared.aws.attributes import Item
from luca_shared.aws.errors import PASSING_REASONS, CancellationReason, Conflict, TransactionCanceled
from luca_shared.records import timestamps
from luca_shared.records.record import CorruptItem
from luca_shared.records.term import TermState
from luca_shared.records.timestamps import Timestamp
from luca_shared.runtime import problems
from luca_shared.runtime.preconditions import Precondition
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import StudentId, Term
from luca_shared.tenancy.table import Tables

AT_ONCE: Final = 10
"""How many grades share a transaction at most: the more do, the more wait for one that somebody else is writing."""

Outcomes: TypeAlias = Mapping[StudentId, Outcome]


class GradeWriting:
    """Records grades, with one call to the table for each that stands alone.

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
        self._drafting = Drafting(configuration, texts, now)

    async def record(
        self, caller: Caller, cell: Cell, change: GradeChange, precondition: Precondition
    ) -> Recorded | Superseded:
        """Record a grade in place of the version that the precondition names.

        Raises:
            Problem: 422, the score doesn't fit the assessment or the status; 409, the term is frozen.
        """
        refuse_unfit(change, cell.assessment)
        draft = await self.draft(caller, cell, change, precondition)
        match (await self.write(caller.context, [draft]))[draft.student_id]:
            case Failed(error):
                raise error
            case outcome:
                return outcome

    async def draft(self, caller: Caller, cell: Cell, change: GradeChange, precondition: Precondition) -> Draft:
        """Make what `write` records, of a change that fits; raises as `Drafting.draft`."""
        return await self._drafting.draft(caller, cell, change, precondition)

    async def write(self, context: TenantContext, drafts: Sequence[Draft], *, until: float | None = None) -> Outcomes:
        """Record each draft, or say why not.

        Args:
            context: Of the school.
            drafts: At most 10 of one assessment, each of another student.
            until: The loop's time at which the writing is given up.
        """
        try:
            async with asyncio.timeout_at(until):
                outcomes = await self._sent(context, drafts)
        except Conflict as conflict:
            if len(drafts) == 1:
                return {draft.student_id: Failed(conflict) for draft in drafts}
            half = len(drafts) // 2  # somebody keeps at one of them, and AWS doesn't say at which
            return {
                **await self.write(context, drafts[:half], until=until),
                **await self.write(context, drafts[half:], until=until),
            }
        except Exception as error:  # noqa: BLE001  # it is each draft's outcome
            return {draft.student_id: Failed(error) for draft in drafts}
        others = [draft for draft in drafts if draft.student_id not in outcomes]
        return {**outcomes, **await self.write(context, others, until=until)} if others else outcomes

    async def standing(self, context: TenantContext, drafts: Sequence[Draft]) -> Outcomes:
        """Say for each draft what stands in its place, writing nothing."""
        keys = [draft.grade.key(context) for draft in drafts]
        items = await self._tables.of(context).get_many(keys, consistent=True)
        return await self._compared(context, [(draft, items.get(key)) for draft, key in zip(drafts, keys, strict=True)])

    async def _sent(self, context: TenantContext, drafts: Sequence[Draft]) -> Outcomes:
        """Send all in one transaction; return the outcomes that this has led to, of one draft at least."""
        writes = [write for draft in drafts for write in draft.writes(context)]
        if not await self._is_open(context, drafts[0].grade.term):  # asked last, for the term's age counts from here
            return await self._too_late(context, drafts)
        try:
            await self._tables.of(context).transact(writes, token=secrets.token_hex(16))
        except TransactionCanceled as canceled:
            return await self._canceled(context, drafts, canceled)
        return {draft.student_id: Recorded(draft.grade, draft.change.comment) for draft in drafts}

    async def _canceled(
        self, context: TenantContext, drafts: Sequence[Draft], canceled: TransactionCanceled
    ) -> Outcomes:
        """Return the outcomes of those drafts that canceled a transaction."""
        met: list[tuple[Draft, Item | None]] = []
        broken: dict[StudentId, Outcome] = {}
        for draft, of_grade, of_version in zip(drafts, canceled.reasons[::2], canceled.reasons[1::2], strict=False):
            if of_grade.code == FAILED_CONDITION:
                met.append((draft, of_grade.item))
            elif of_version.code == FAILED_CONDITION:  # its history has a version that it has never reached itself
                broken[draft.student_id] = Failed(CorruptItem("grade", "version"))
            elif not _pass(of_grade, of_version):
                broken[draft.student_id] = Failed(canceled)
        if not met and not broken:
            raise canceled
        return {**broken, **await self._compared(context, met)}

    async def _too_late(self, context: TenantContext, drafts: Sequence[Draft]) -> Outcomes:
        """Refuse the changes, but for those of which an earlier sending was in time and only its answer was lost."""
        found = await self.standing(context, drafts)
        refused = Failed(problems.term_frozen())
        return {each: refused if isinstance(of, Superseded) else of for each, of in found.items()}

    async def _compared(self, context: TenantContext, met: Iterable[tuple[Draft, Item | None]]) -> Outcomes:
        async with asyncio.TaskGroup() as group:
            tasks = {
                draft.student_id: group.create_task(attempted(compared(self._texts, context, item, draft)))
                for draft, item in met
            }
        return {student_id: task.result() for student_id, task in tasks.items()}

    async def _is_open(self, context: TenantContext, term: Term) -> bool:
        try:
            return (await self._configuration.term(context, term)).state is TermState.OPEN
        except NotSetUp:
            raise problems.conflict("the assessment's term has not been set up yet") from None


def _pass(*reasons: CancellationReason) -> bool:
    return all(reason.code in PASSING_REASONS for reason in reasons)
