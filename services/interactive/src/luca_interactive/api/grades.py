"""A grade as it is asked for and answered."""

from decimal import Decimal
from typing import Annotated, Self

import msgspec

from luca_shared.records.grade import Grade, GradeStatus, GradeVersion, SyncStatus
from luca_shared.records.timestamps import Timestamp
from luca_shared.runtime.exact_numbers import ExactNumber
from luca_shared.runtime.requests import RequestModel
from luca_shared.tenancy.ids import AssessmentId, ClassId, PersonId, StudentId, Term

COMMENT_LENGTH = 2000
REASON_LENGTH = 500


class GradeChange(RequestModel, frozen=True):
    """What a teacher says of a student's work.

    `score` is given for the statuses that have one, from 0 to the assessment's `max_score`. `reason` says why the
    grade changed; it is kept with the version, not with the grade.
    """

    status: GradeStatus
    score: ExactNumber | None = None
    comment: Annotated[str, msgspec.Meta(max_length=COMMENT_LENGTH)] | None = None
    reason: Annotated[str, msgspec.Meta(max_length=REASON_LENGTH)] | None = None


class SyncAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a grade stands with the government; `error` is its code, when it refused."""

    status: SyncStatus
    batch_id: str | None = None
    synced_at: Timestamp | None = None
    error: str | None = None


class GradeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A grade; `sync` changes without a new version. `comment` is null too when the student's key is destroyed."""

    class_id: ClassId
    assessment_id: AssessmentId
    student_id: StudentId
    term: Term
    status: GradeStatus
    score: Decimal | None
    max_score: Decimal
    percent: Decimal | None
    letter: str | None
    version: int
    rules_version: int
    comment: str | None
    recorded_by: PersonId
    recorded_at: Timestamp
    sync: SyncAnswer

    @classmethod
    def of(cls, grade: Grade, comment: str | None) -> Self:
        """Make the answer of a stored grade and its comment in plain text."""
        return cls(
            class_id=grade.class_id,
            assessment_id=grade.assessment_id,
            student_id=grade.student_id,
            term=grade.term,
            status=grade.status,
            score=grade.score,
            max_score=grade.max_score,
            percent=grade.percent,
            letter=grade.letter,
            version=grade.version,
            rules_version=grade.rules_version,
            comment=comment,
            recorded_by=grade.recorded_by,
            recorded_at=grade.recorded_at,
            sync=SyncAnswer(
                status=grade.sync_status,
                batch_id=grade.sync_batch_id,
                synced_at=grade.synced_at,
                error=grade.sync_error,
            ),
        )


class GradeVersionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a grade was after one change: who changed it, when, to what, and why."""

    version: int
    status: GradeStatus
    score: Decimal | None
    max_score: Decimal
    percent: Decimal | None
    letter: str | None
    rules_version: int
    comment: str | None
    reason: str | None
    recorded_by: PersonId
    recorded_at: Timestamp

    @classmethod
    def of(cls, version: GradeVersion, comment: str | None, reason: str | None) -> Self:
        """Make the answer of a stored version and its texts in plain."""
        return cls(
            version=version.version,
            status=version.status,
            score=version.score,
            max_score=version.max_score,
            percent=version.percent,
            letter=version.letter,
            rules_version=version.rules_version,
            comment=comment,
            reason=reason,
            recorded_by=version.recorded_by,
            recorded_at=version.recorded_at,
        )
