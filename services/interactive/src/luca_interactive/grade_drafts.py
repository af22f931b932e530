"""A grade that is about to be recorded: what a change makes of it by the rules, with its texts sealed."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from msgspec.structs import replace

from luca_interactive.access import Caller
from luca_interactive.api.grades import GradeChange
from luca_interactive.configuration import Configuration, NotSetUp
from luca_interactive.grading import Mark, Scale
from luca_interactive.scope import Cell
from luca_interactive.sealed_texts import SealedTexts, comment_of, reason_of
from luca_interactive.versioned_writing import condition_of, next_version
from luca_shared.aws.expressions import absent
from luca_shared.records.grade import Grade, GradeVersion, SyncStatus
from luca_shared.records.timestamps import Timestamp
from luca_shared.runtime import problems
from luca_shared.runtime.preconditions import Precondition
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import StudentId, Subject
from luca_shared.tenancy.writes import Put


@dataclass(frozen=True, slots=True)
class Draft:
    """A grade with the version that is kept of it, the change that asks for it and what it may replace."""

    grade: Grade
    version: GradeVersion
    change: GradeChange
    precondition: Precondition

    @property
    def student_id(self) -> StudentId:
        """Whose grade it is."""
        return self.grade.student_id

    def writes(self, context: TenantContext) -> tuple[Put, Put]:
        """Return what records it: the grade in place of the version named, and that version's successor for good."""
        return (
            Put(self.grade.key(context), self.grade.to_indexed_item(context), condition_of(self.precondition)),
            Put(self.version.key(context), self.version.to_item(), absent()),
        )


class Drafting:
    """Makes drafts, from what is in memory.

    Args:
        configuration: The rules.
        texts: The encryption of comments and reasons.
        now: The present, as it is stored.
    """

    def __init__(self, configuration: Configuration, texts: SealedTexts, now: Callable[[], Timestamp]) -> None:
        self._configuration = configuration
        self._texts = texts
        self._now = now

    async def draft(self, caller: Caller, cell: Cell, change: GradeChange, precondition: Precondition) -> Draft:
        """Make the grade that a change asks for, which fits its assessment.

        Raises:
            Problem: 409, the subject has no rules; 404, the student has been erased.
        """
        context = caller.context
        grade = self._grade(caller, cell, change, precondition, await self._scale(context, cell.class_.subject))
        grade = replace(grade, comment=await self._texts.seal(context, comment_of(grade), change.comment))
        version = grade.as_version(None)
        version = replace(version, reason=await self._texts.seal(context, reason_of(version), change.reason))
        return Draft(grade, version, change, precondition)

    def _grade(
        self, caller: Caller, cell: Cell, change: GradeChange, precondition: Precondition, scale: Scale
    ) -> Grade:
        assessment = cell.assessment
        score = None if change.score is None else Decimal(change.score)  # a request's number is a subclass
        result = scale.of_mark(Mark(assessment.category, change.status, score, assessment.max_score))
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
            rules_version=scale.rules.version,
            recorded_by=caller.person_id,
            recorded_at=self._now(),
            sync_status=SyncStatus.PENDING,
        )

    async def _scale(self, context: TenantContext, subject: Subject) -> Scale:
        try:
            return await self._configuration.scale(context, subject)
        except NotSetUp:
            raise problems.conflict("the subject has no grading rules yet") from None
