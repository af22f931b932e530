"""Batches and grades for tests that look at one thing."""

from decimal import Decimal
from typing import Any

from luca_gov_sync.batching import batches_of
from luca_shared.records.grade import Grade, GradeStatus, SyncStatus
from luca_shared.records.submission import Batch, BatchState
from luca_shared.records.timestamps import Timestamp
from luca_shared.tenancy.ids import AssessmentId, ClassId, PersonId, SchoolId, StudentId, Term

NORTE, TERM = SchoolId("norte"), Term("2026-Q4")
AT = Timestamp("2026-11-24T14:03:07.120Z")


def grade(number: int = 1, **changes: Any) -> Grade:
    values: dict[str, Any] = {
        "class_id": ClassId("c1"),
        "assessment_id": AssessmentId("a1"),
        "student_id": StudentId(f"s{number:03d}"),
        "term": TERM,
        "version": 1,
        "status": GradeStatus.SCORED,
        "score": Decimal("8.5"),
        "max_score": Decimal(10),
        "letter": "B",
        "rules_version": 1,
        "recorded_by": PersonId("p9"),
        "recorded_at": AT,
        "sync_status": SyncStatus.PENDING,
    }
    return Grade(**values | changes)


def batch_of(*grades: Grade, state: BatchState = BatchState.SEND_BATCH, **changes: Any) -> tuple[Batch, bytes]:
    """A batch of these grades, and its bytes."""
    [prepared] = batches_of(NORTE, TERM, grades)
    values: dict[str, Any] = {
        "batch_id": prepared.batch_id,
        "period": TERM,
        "state": state,
        "epoch": 1,
        "members": prepared.members,
        "payload_key": f"norte/{TERM}/{prepared.batch_id}.json",
        "payload_sha256": prepared.payload_sha256,
    }
    return Batch(**values | changes), prepared.payload


def batch(size: int = 3, state: BatchState = BatchState.SEND_BATCH, **changes: Any) -> Batch:
    return batch_of(*map(grade, range(size)), state=state, **changes)[0]
