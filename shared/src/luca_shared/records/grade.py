"""A student's grade in an assessment (OneRoster's `result`), and the versions that it has had."""

from decimal import Decimal
from enum import StrEnum
from typing import Any

from luca_shared.records.record import Record
from luca_shared.records.timestamps import Timestamp
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import AssessmentId, ClassId, PersonId, StudentId, Term
from luca_shared.tenancy.key_types import Key


class GradeStatus(StrEnum):
    """What is known of a student's work."""

    SCORED = "scored"
    LATE = "late"
    MISSING = "missing"
    INCOMPLETE = "incomplete"
    EXCUSED = "excused"

    @property
    def has_score(self) -> bool:
        """Whether a grade of this status holds a score."""
        return self in {GradeStatus.SCORED, GradeStatus.LATE}


class SyncStatus(StrEnum):
    """Where a grade stands with the government."""

    PENDING = "pending"
    SYNCED = "synced"
    REFUSED = "refused"


class GradeContent(Record, frozen=True, kw_only=True):
    """What a grade says, and by which rules; the same in the current grade and in each of its versions."""

    class_id: ClassId
    assessment_id: AssessmentId
    student_id: StudentId
    term: Term
    version: int
    status: GradeStatus
    score: Decimal | None = None
    max_score: Decimal
    percent: Decimal | None = None
    letter: str | None = None
    rules_version: int
    comment: bytes | None = None  # ciphertext under the student's data key
    recorded_by: PersonId
    recorded_at: Timestamp


class GradeVersion(GradeContent, frozen=True, kw_only=True, tag="grade-version"):
    """A grade as it was after one change; written once. What the government is sent is made from it alone."""

    reason: bytes | None = None  # ciphertext under the student's data key

    def key(self, context: TenantContext) -> Key:
        """Return where it is stored."""
        return keys.grade_version(context, self.student_id, self.term, self.class_id, self.assessment_id, self.version)


class Grade(GradeContent, frozen=True, kw_only=True, tag="grade"):
    """The current grade, and whether the government has it."""

    sync_status: SyncStatus
    sync_batch_id: str | None = None
    synced_at: Timestamp | None = None
    sync_error: str | None = None  # the government's code

    def key(self, context: TenantContext) -> Key:
        """Return where it is stored."""
        return keys.grade(context, self.student_id, self.term, self.class_id, self.assessment_id)

    def to_indexed_item(self, context: TenantContext) -> dict[str, Any]:
        """Return the attributes with those that put it into the gradebook and, while pending, among the pending."""
        item = self.to_item()
        item |= keys.by_class(context, self.class_id, self.term, self.assessment_id, self.student_id)
        if self.sync_status is SyncStatus.PENDING:
            item |= keys.pending(
                context, self.term, self.recorded_at, self.student_id, self.class_id, self.assessment_id
            )
        return item

    def as_version(self, reason: bytes | None) -> GradeVersion:
        """Return the version to keep of it."""
        content = {name: getattr(self, name) for name in GradeContent.__struct_fields__}
        return GradeVersion(**content, reason=reason)


def same_content(one: GradeContent, other: GradeContent) -> bool:
    """Whether two grades say the same of a student's work, whoever recorded them and when.

    Comments are ciphertext and differ each time they are written; who compares them decrypts them first.
    """
    fields = ("class_id", "assessment_id", "student_id", "status", "score")
    return all(getattr(one, name) == getattr(other, name) for name in fields)
