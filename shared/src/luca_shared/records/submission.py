"""A quarterly submission to the government: its run, its share of each school, and its batches."""

from enum import StrEnum
from typing import Final

import msgspec

from luca_shared.records.record import Record
from luca_shared.records.timestamps import Timestamp
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import AssessmentId, ClassId, SchoolId, StudentId, Term
from luca_shared.tenancy.key_types import Key


class RunState(StrEnum):
    """Where a run stands."""

    RUNNING = "running"
    HALTED = "halted"
    TIMED_OUT = "timed-out"
    COMPLETED = "completed"


class BatchState(StrEnum):
    """Where a batch stands; the names are the workflow's states."""

    PREP_BATCH = "PrepBatch"
    SEND_BATCH = "SendBatch"
    RETRY_5S = "Retry5s"
    RETRY_15S = "Retry15s"
    RETRY_45S = "Retry45s"
    MARK_SYNCED = "MarkSynced"
    SYNCED = "Synced"
    SPLIT = "Split"
    PARKED = "Parked"
    CLIENT_ERROR = "ClientError"
    DLQ = "DLQ"


class Run(Record, frozen=True, kw_only=True, tag="run"):
    """A run of one period, under the platform's role."""

    period: Term
    state: RunState
    cutoff: Timestamp
    started_at: Timestamp
    epoch: int
    owner: str | None = None
    lease_expires_at: Timestamp | None = None
    last_departures: tuple[Timestamp, ...] = ()
    counters: dict[str, int] = msgspec.field(default_factory=dict)


class RunSchool(Record, frozen=True, kw_only=True, tag="run-school"):
    """How far a run has read one school's pending grades."""

    period: Term
    school_id: SchoolId
    cursor: str | None = None
    counters: dict[str, int] = msgspec.field(default_factory=dict)


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A grade version in a batch."""

    class_id: ClassId
    assessment_id: AssessmentId
    student_id: StudentId
    version: int


class Batch(Record, frozen=True, kw_only=True, tag="batch"):
    """At most 100 grade versions of one school, sent as one submission; its members and bytes never change."""

    batch_id: str  # UUIDv5 over period, school and ordered members with versions
    period: Term
    state: BatchState
    epoch: int
    members: tuple[Member, ...]
    payload_key: str
    payload_sha256: str
    attempts: int = 0
    next_attempt_at: Timestamp | None = None

    def key(self, context: TenantContext) -> Key:
        """Return where it is stored, under the school's own role."""
        return keys.batch(context, self.period, self.batch_id)


def run_key(period: Term) -> dict[str, str]:
    """Return the primary key of a run; only a platform role may use it."""
    return {"pk": f"RUN#{period}", "sk": "RUN"}


def run_school_key(period: Term, school_id: SchoolId) -> dict[str, str]:
    """Return the primary key of a school's share of a run; only a platform role may use it."""
    return {"pk": f"RUN#{period}", "sk": f"SCHOOL#{school_id}"}


OPEN_SHARDS: Final = 8


def open_index(period: Term, shard: int, next_attempt_at: Timestamp, batch_id: str) -> dict[str, str]:
    """Return the attributes that list an unfinished batch in the index `open`; they hold ids and times only."""
    return {"open_pk": f"RUN#{period}#OPEN#{shard}", "open_sk": f"{next_attempt_at}#{batch_id}"}
