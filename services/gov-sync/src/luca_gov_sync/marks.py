"""What a mark changes of a grade, on the condition that the grade still is the version that was sent."""

from typing import Final, assert_never

from luca_gov_sync.ports import Mark, MarkKind
from luca_shared.records.grade import SyncStatus
from luca_shared.records.submission import Batch
from luca_shared.records.timestamps import Timestamp
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.table import Amendment

_PENDING: Final = ("pending_pk", "pending_sk")


def amendment_of(context: TenantContext, batch: Batch, mark: Mark, at: Timestamp) -> Amendment:
    """Return the change of the grade's item that a mark is.

    Raises:
        ValueError: a pending mark doesn't say when its version was recorded.
    """
    member = mark.member
    key = keys.grade(context, member.student_id, batch.period, member.class_id, member.assessment_id)
    as_sent = {"version": mark.member.version, "sync_status": SyncStatus.PENDING.value}
    match mark.kind:
        case MarkKind.SYNCED:
            return Amendment(
                key,
                sets={"sync_status": SyncStatus.SYNCED.value, "sync_batch_id": batch.batch_id, "synced_at": at},
                removes=(*_PENDING, "sync_error"),
                where=as_sent,
            )
        case MarkKind.REFUSED:
            code = mark.code or "unknown"
            return Amendment(
                key,
                sets={"sync_status": SyncStatus.REFUSED.value, "sync_batch_id": batch.batch_id, "sync_error": code},
                removes=(*_PENDING, "synced_at"),
                where=as_sent,
            )
        case MarkKind.PENDING:
            return Amendment(
                key,
                sets={"sync_status": SyncStatus.PENDING.value, **_pending(context, batch, mark)},
                removes=("sync_batch_id", "synced_at", "sync_error"),
                where={
                    "version": mark.member.version,
                    "sync_status": SyncStatus.SYNCED.value,
                    "sync_batch_id": batch.batch_id,
                },
            )
        case never:
            assert_never(never)


def _pending(context: TenantContext, batch: Batch, mark: Mark) -> dict[str, str]:
    if mark.recorded_at is None:
        raise ValueError("a grade that is to be pending again needs the time of its version")
    member = mark.member
    return keys.pending(
        context, batch.period, mark.recorded_at, member.student_id, member.class_id, member.assessment_id
    )
