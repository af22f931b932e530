"""A quarterly submission to the government: its run, its share of each school, and its batches."""

import hashlib
from enum import StrEnum
from typing import Any, Final

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
    HALTED = "halted"  # until an operator resumes it
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

    @property
    def open(self) -> bool:
        """Whether something is still to be done for a batch in this state."""
        return self not in _SETTLED


_SETTLED: Final = frozenset({BatchState.SYNCED, BatchState.SPLIT, BatchState.CLIENT_ERROR, BatchState.DLQ})


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
    beat_at: Timestamp | None = None  # when the counters were true
    outage_since: Timestamp | None = None  # of the government; operators have been told
    reason: str | None = None  # why it is halted or timed out
    ended_at: Timestamp | None = None
    report_key: str | None = None


class RunSchool(Record, frozen=True, kw_only=True, tag="run-school"):
    """What a run has done for one school."""

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


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A member that the government did not accept; `member` is its place in the batch, from 0."""

    member: int
    code: str


class Batch(Record, frozen=True, kw_only=True, tag="batch"):
    """At most 100 grade versions of one school, sent as one submission; its members and bytes never change.

    Attributes:
        epoch: Of the holder of the run's lease that wrote it last; every write is conditional on it.
        attempts: How often it was sent, or was about to be when the task was killed.
        retries: How many of them were retries since it was prepared or redriven.
        refused: What the government said of single members; known from `MarkSynced` on.
        digest: SHA-256 over the accepted `record_id:version:sha256` lines, as the government computes it; None when it
            has received nothing.
        parent: The batch that this is a half of.
    """

    batch_id: str  # UUIDv5 over period, school and ordered members with versions
    period: Term
    state: BatchState
    epoch: int
    members: tuple[Member, ...]
    payload_key: str
    payload_sha256: str
    attempts: int = 0
    retries: int = 0
    next_attempt_at: Timestamp | None = None
    refused: tuple[Refusal, ...] = ()
    digest: str | None = None
    parent: str | None = None
    created_at: Timestamp | None = None
    sent_at: Timestamp | None = None  # the latest attempt
    settled_at: Timestamp | None = None

    def key(self, context: TenantContext) -> Key:
        """Return where it is stored, under the school's own role."""
        return keys.batch(context, self.period, self.batch_id)

    def to_indexed_item(self) -> dict[str, Any]:
        """Return the attributes with those that list it, while it is open, in the index `open`."""
        item = self.to_item()
        if self.state.open and self.next_attempt_at is not None:
            item |= open_index(self.period, open_shard(self.batch_id), self.next_attempt_at, self.batch_id)
        return item


def run_key(period: Term) -> dict[str, str]:
    """Return the primary key of a run; only a platform role may use it."""
    return {"pk": f"RUN#{period}", "sk": "RUN"}


def run_school_key(period: Term, school_id: SchoolId) -> dict[str, str]:
    """Return the primary key of a school's share of a run; only a platform role may use it."""
    return {"pk": f"RUN#{period}", "sk": f"SCHOOL#{school_id}"}


OPEN_SHARDS: Final = 8


def open_shard(batch_id: str) -> int:
    """Return the shard of the index `open` in which a batch is listed: a hash, so that writes spread."""
    return hashlib.sha256(batch_id.encode()).digest()[0] % OPEN_SHARDS


def open_index(period: Term, shard: int, next_attempt_at: Timestamp, batch_id: str) -> dict[str, str]:
    """Return the attributes that list an unfinished batch in the index `open`; they hold ids and times only."""
    return {"open_pk": f"RUN#{period}#OPEN#{shard}", "open_sk": f"{next_attempt_at}#{batch_id}"}
