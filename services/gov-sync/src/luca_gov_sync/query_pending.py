"""QueryPending: which of a school's pending grades no batch has taken care of yet."""

from collections.abc import Iterable
from typing import TypeAlias

from luca_gov_sync.batching import member_of
from luca_shared.records.grade import Grade, SyncStatus
from luca_shared.records.submission import Batch, BatchState, Member
from luca_shared.records.timestamps import Timestamp
from luca_shared.tenancy.ids import AssessmentId, ClassId, StudentId

GradeName: TypeAlias = tuple[ClassId, AssessmentId, StudentId]


def name_of(member: Member) -> GradeName:
    """Return which grade it is, of whatever version."""
    return member.class_id, member.assessment_id, member.student_id


def to_be_sent(grades: Iterable[Grade], batches: Iterable[Batch]) -> list[Grade]:
    """Return the pending grades that are to be put into batches.

    Not those that an open batch holds, at whatever version: one version of a grade at a time is on its way, so that a
    higher one never overtakes a lower. And not those versions that this run has given up: they are among the dead
    letters, or were refused alone.
    """
    in_work: set[GradeName] = set()
    given_up: set[Member] = set()
    for batch in batches:
        if batch.state.open:
            in_work.update(map(name_of, batch.members))
        elif batch.state in {BatchState.DLQ, BatchState.CLIENT_ERROR}:
            given_up.update(batch.members)
    return [
        grade
        for grade in grades
        if grade.sync_status is SyncStatus.PENDING
        and name_of(member := member_of(grade)) not in in_work
        and member not in given_up
    ]


def older_than(grades: Iterable[Grade], cutoff: Timestamp) -> bool:
    """Whether one of the grades was recorded before the run's cutoff, or right then."""
    return any(grade.recorded_at <= cutoff for grade in grades)
