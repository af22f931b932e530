"""What the workflow needs of the world, one protocol for each thing; the simulation has its own of every one."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from luca_gov_sync.outcomes import OursToMend, Outcome, Received, Retry
from luca_shared.records.grade import Grade
from luca_shared.records.submission import Batch, Member, Refusal, Run, RunSchool
from luca_shared.records.timestamps import Timestamp
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import SchoolId, Term

Gate = Callable[[], Awaitable[None]]
"""Passed by every request to the government when nothing but its bytes is left to be sent: pace and lease."""


class Fenced(Exception):
    """Somebody else has written a batch since: this task no longer is the one that may."""


class Runs(Protocol):
    """The run's own state, under the platform's role."""

    async def get(self, period: Term) -> Run | None:
        """Read a run consistently."""
        ...

    async def create(self, run: Run) -> bool:
        """Write a run that must not exist; return whether it is now this one."""
        ...

    async def replace(self, run: Run, was: Run) -> bool:
        """Write a run in place of `was`, by epoch and owner; return whether it is now this one."""
        ...

    async def schools(self) -> list[SchoolId]:
        """Return all schools of the directory."""
        ...

    async def save_school(self, school: RunSchool) -> None:
        """Write what was done for one school."""
        ...


class Batches(Protocol):
    """The batches of one school, under its own role."""

    async def all(self, context: TenantContext, period: Term) -> list[Batch]:
        """Read them consistently."""
        ...

    async def get(self, context: TenantContext, period: Term, batch_id: str) -> Batch | None:
        """Read one consistently."""
        ...

    async def add(self, context: TenantContext, batch: Batch) -> bool:
        """Write a batch that must not exist; return whether it was written."""
        ...

    async def stamp(self, context: TenantContext, batch: Batch, epoch: int) -> Batch:
        """Set a batch's epoch, and nothing else; return it as it is stored then.

        Raises:
            Fenced: its stored epoch is not the one that it was read with.
        """
        ...

    async def save(self, context: TenantContext, batch: Batch) -> None:
        """Write a batch whole.

        Raises:
            Fenced: its stored epoch is not its own.
        """
        ...

    async def split(self, context: TenantContext, parent: Batch, halves: Sequence[Batch]) -> None:
        """Write a parent and those of its halves that are new, all or nothing.

        Raises:
            Fenced: the parent's stored epoch is not its own.
        """
        ...


class Payloads(Protocol):
    """The bytes that are sent, under the school's own role."""

    async def put(self, context: TenantContext, key: str, payload: bytes) -> None:
        """Store; the same key always gets the same bytes."""
        ...

    async def get(self, context: TenantContext, key: str) -> bytes:
        """Return what was stored."""
        ...


class MarkKind(StrEnum):
    """What a grade is marked as."""

    SYNCED = "synced"
    REFUSED = "refused"
    PENDING = "pending"  # again: the government turned out not to have it


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark on a grade, made only if it is at the version that was sent."""

    member: Member
    kind: MarkKind
    code: str | None = None  # the government's, of a refusal
    recorded_at: Timestamp | None = None  # of that version, when it is to be pending again


class Grades(Protocol):
    """The grades of one school, under its own role."""

    async def pending(self, context: TenantContext, period: Term) -> list[Grade]:
        """Return the grades that are pending now; the index that lists them is never believed alone."""
        ...

    async def mark(self, context: TenantContext, batch: Batch, marks: Sequence[Mark], at: Timestamp) -> int:
        """Mark grades; return how many were: the others have changed, or were marked before."""
        ...

    async def versions(
        self, context: TenantContext, period: Term, members: Sequence[Member]
    ) -> list[tuple[Member, Grade]]:
        """Return those members whose grades still are at that version, with the grades."""
        ...


@dataclass(frozen=True, slots=True)
class NotReceived:
    """The government knows nothing of such a submission."""


@dataclass(frozen=True, slots=True)
class SubmissionPage:
    """A page of what the government has received: accepted and digest by submission id."""

    items: dict[str, tuple[int, str]]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class RecordPage:
    """A page of the records that the government holds of a school: version and SHA-256 by record id."""

    items: dict[str, tuple[int, str]]
    next_cursor: str | None


class Government(Protocol):
    """The government's API. None of these raises because of what the government does."""

    async def submit(self, batch_id: str, payload: bytes) -> Outcome:
        """Send a batch."""
        ...

    async def ask(self, batch_id: str) -> Received | NotReceived | OursToMend | Retry:
        """Ask whether a batch was received."""
        ...

    async def submissions(self, period: Term, cursor: str | None) -> SubmissionPage | OursToMend | Retry:
        """List what was received."""
        ...

    async def records(self, period: Term, school_id: SchoolId, cursor: str | None) -> RecordPage | OursToMend | Retry:
        """List what is held of a school."""
        ...


class DeadLetters(Protocol):
    """The queue of batches that the government would not take."""

    async def put(self, context: TenantContext, batch: Batch, reason: str) -> None:
        """Put one there: its ids, and nothing of its content."""
        ...


class AlertKind(StrEnum):
    """What operators are told."""

    DEAD_LETTER = "dead-letter"
    OUTAGE = "outage"
    OUTAGE_OVER = "outage-over"
    HALTED = "halted"
    TIMED_OUT = "timed-out"
    INCOMPLETE = "incomplete"
    COMPLETED = "completed"


class Alerts(Protocol):
    """Operators' topic. Telling them never fails the work that they are told of."""

    async def tell(self, kind: AlertKind, period: Term, **facts: str | int) -> None:
        """Publish; facts are ids of runs, schools and batches, and counts: never people."""
        ...


class Reports(Protocol):
    """Where reports go, under the platform's role."""

    async def put(self, name: str, content: bytes, content_type: str) -> str:
        """Store one; return its key."""
        ...


@dataclass(frozen=True, slots=True)
class Ports:
    """All of them."""

    runs: Runs
    batches: Batches
    payloads: Payloads
    grades: Grades
    dead_letters: DeadLetters
    alerts: Alerts
    reports: Reports


__all__ = [
    "AlertKind",
    "Alerts",
    "Batches",
    "DeadLetters",
    "Fenced",
    "Gate",
    "Government",
    "Grades",
    "Mark",
    "MarkKind",
    "NotReceived",
    "Payloads",
    "Ports",
    "RecordPage",
    "Refusal",
    "Reports",
    "Runs",
    "SubmissionPage",
]
