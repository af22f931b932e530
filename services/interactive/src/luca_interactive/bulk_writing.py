"""Recording many grades of an assessment: in groups, some of them at a time, each grade with an outcome of its own.

Whatever happens, the answer says of each grade whether it is known to be written. So the writing ends before the
request's time does, and of the grades whose answer from AWS was lost, one reading tells which are there.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

from luca_interactive.access import Caller
from luca_interactive.api.bulk_grades import GradeLine
from luca_interactive.grade_drafts import Draft
from luca_interactive.grade_outcomes import Failed, Outcome, Recorded, attempted
from luca_interactive.grade_writing import AT_ONCE, GradeWriting, Outcomes
from luca_interactive.scope import Column
from luca_shared.runtime import problems
from luca_shared.tenancy.ids import StudentId

GROUPS_AT_ONCE: Final = 4  # of one request: a full one is answered in three rounds, and leaves room for others

# Shares of the time that a request has left: for the writing, and for the reading of what became of it.
_WRITING: Final = 0.8
_READING: Final = 0.9


class BulkWriting:
    """Records the grades of one assessment for many students."""

    def __init__(self, writing: GradeWriting) -> None:
        self._writing = writing

    async def record(
        self, caller: Caller, column: Column, lines: Sequence[GradeLine], *, deadline: float
    ) -> list[Outcome]:
        """Record the grade of each line, or say why not, in the order of the lines.

        Args:
            caller: Who records them.
            column: Where.
            lines: Each fits the assessment, and is about another student.
            deadline: The loop's time at which the answer is expected.
        """
        now = asyncio.get_running_loop().time()
        request = _Request(self._writing, caller, column, until=now + _WRITING * (deadline - now))
        groups = [lines[first : first + AT_ONCE] for first in range(0, len(lines), AT_ONCE)]
        async with asyncio.TaskGroup() as tasks:
            for group in groups:
                tasks.create_task(request.record(group))
        outcomes = await request.outcomes(until=now + _READING * (deadline - now))
        return [outcomes[line.student_id] for line in lines]


class _Request:
    """A request under way: its grades, and what is known of them so far."""

    def __init__(self, writing: GradeWriting, caller: Caller, column: Column, *, until: float) -> None:
        self._writing = writing
        self._caller = caller
        self._column = column
        self._until = until
        self._turns = asyncio.Semaphore(GROUPS_AT_ONCE)
        self._drafts: list[Draft] = []
        self._known: dict[StudentId, Outcome] = {}

    async def record(self, lines: Sequence[GradeLine]) -> None:
        """Record a group of grades."""
        self._known |= {line.student_id: Failed(TimeoutError()) for line in lines}  # until more is known
        async with self._turns:
            drafts = await self._drafted(lines)
            if drafts:
                self._known |= await self._writing.write(self._caller.context, drafts, until=self._until)

    async def outcomes(self, *, until: float) -> Outcomes:
        """Return what became of each grade, having looked for those that may be written without our knowing."""
        unknown = [draft for draft in self._drafts if _may_be_written(self._known[draft.student_id])]
        found = await attempted(self._standing(unknown, until)) if unknown else {}
        if isinstance(found, Failed):
            return self._known
        # One that isn't there may still be on its way: only what is there is known.
        return {**self._known, **{each: of for each, of in found.items() if isinstance(of, Recorded)}}

    async def _drafted(self, lines: Sequence[GradeLine]) -> list[Draft]:
        """Make the drafts of a group; those that can't be made have their outcome."""
        try:
            async with asyncio.timeout_at(self._until), asyncio.TaskGroup() as tasks:
                begun = {line.student_id: tasks.create_task(attempted(self._draft(line))) for line in lines}
        except TimeoutError:
            return []
        made = {student_id: task.result() for student_id, task in begun.items()}
        self._known |= {student_id: failed for student_id, failed in made.items() if isinstance(failed, Failed)}
        drafts = [draft for draft in made.values() if isinstance(draft, Draft)]
        self._drafts += drafts
        return drafts

    async def _draft(self, line: GradeLine) -> Draft:
        cell = self._column.cell(line.student_id)
        if cell is None:
            raise problems.not_found()
        return await self._writing.draft(self._caller, cell, line, line.precondition)

    async def _standing(self, drafts: Sequence[Draft], until: float) -> Outcomes:
        async with asyncio.timeout_at(until):
            return await self._writing.standing(self._caller.context, drafts)


def _may_be_written(outcome: Outcome) -> bool:
    return isinstance(outcome, Failed) and outcome.may_have_been_written
