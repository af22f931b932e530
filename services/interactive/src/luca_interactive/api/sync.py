"""What the government has not got, and how its submissions stand, as it is asked for and answered."""

from datetime import date
from typing import Self

import msgspec

from luca_interactive.api.lists import ListQuery
from luca_shared.records.submission import BatchState
from luca_shared.records.timestamps import Timestamp
from luca_shared.tenancy.ids import AssessmentId, ClassId, StudentId, Term
from luca_shared.tenancy.keys import pending_at


class PendingQuery(ListQuery, frozen=True):
    """Grades that changed last on the UTC days `from` to `to`, both included; of one term, or of every one."""

    from_: date | None = msgspec.field(default=None, name="from")
    to: date | None = None
    term: Term | None = None


class PendingGradeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A grade whose last change the government has not got yet."""

    term: Term
    class_id: ClassId
    assessment_id: AssessmentId
    student_id: StudentId
    changed_at: Timestamp

    @classmethod
    def at(cls, position: str) -> Self:
        """Make the answer of a position among the pending grades."""
        pending = pending_at(position)
        return cls(
            term=pending.term,
            class_id=pending.class_id,
            assessment_id=pending.assessment_id,
            student_id=pending.student_id,
            changed_at=Timestamp(pending.updated_at),
        )


class RecordCounts(msgspec.Struct, frozen=True, kw_only=True):
    """Versions of grades in the submissions: a grade that was corrected and sent again counts each time.

    `waiting` are on their way; the government has `accepted` or `refused` the others, or they could not be delivered.
    """

    waiting: int
    accepted: int
    refused: int
    undelivered: int


class SyncRunAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """How the school's submission of a term stands: its batches by their state, and what is in them."""

    term: Term
    batches: dict[BatchState, int]
    records: RecordCounts
    last_activity: Timestamp | None
