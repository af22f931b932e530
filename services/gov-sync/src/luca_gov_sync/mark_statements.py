"""The PartiQL statement that marks one grade, on the condition that it still is the version that was sent."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, assert_never

from luca_gov_sync.ports import Mark, MarkKind
from luca_shared.aws.statements import Statement
from luca_shared.records.grade import SyncStatus
from luca_shared.records.submission import Batch
from luca_shared.records.timestamps import Timestamp
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext

_TABLE_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{3,255}")  # what DynamoDB allows
_PENDING: Final = ("pending_pk", "pending_sk")


@dataclass(frozen=True, slots=True)
class _Change:
    """What a mark sets, removes, and demands."""

    sets: Mapping[str, Any]
    removes: tuple[str, ...]
    where: Mapping[str, Any]


def statement_of(table: str, context: TenantContext, batch: Batch, mark: Mark, at: Timestamp) -> Statement:
    """Return the statement for a mark.

    Values travel as parameters; the text holds only names that stand in this file, and the table's.

    Raises:
        ValueError: the table's name is none; a pending mark doesn't say when its version was recorded.
    """
    if not _TABLE_NAME.fullmatch(table):
        raise ValueError("a statement names only plain tables")
    member = mark.member
    key = keys.grade(context, member.student_id, batch.period, member.class_id, member.assessment_id)
    change = _change_of(context, batch, mark, at)
    text = " ".join(
        (
            f'UPDATE "{table}"',
            *(f'SET "{name}" = ?' for name in change.sets),
            *(f'REMOVE "{name}"' for name in change.removes),
            'WHERE "pk" = ? AND "sk" = ?',
            *(f'AND "{name}" = ?' for name in change.where),
        )
    )
    return Statement(text, (*change.sets.values(), key.pk, key.sk, *change.where.values()))


def _change_of(context: TenantContext, batch: Batch, mark: Mark, at: Timestamp) -> _Change:
    as_sent = {"version": mark.member.version, "sync_status": SyncStatus.PENDING.value}
    match mark.kind:
        case MarkKind.SYNCED:
            return _Change(
                sets={"sync_status": SyncStatus.SYNCED.value, "sync_batch_id": batch.batch_id, "synced_at": at},
                removes=(*_PENDING, "sync_error"),
                where=as_sent,
            )
        case MarkKind.REFUSED:
            code = mark.code or "unknown"
            return _Change(
                sets={"sync_status": SyncStatus.REFUSED.value, "sync_batch_id": batch.batch_id, "sync_error": code},
                removes=(*_PENDING, "synced_at"),
                where=as_sent,
            )
        case MarkKind.PENDING:
            return _Change(
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
