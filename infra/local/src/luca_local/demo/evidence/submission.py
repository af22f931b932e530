"""What reached the government, by its own raw log, and what should have."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    """A request that reached the government; `at` is its own steady clock, in seconds."""

    number: int
    at: float
    method: str
    target: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Row:
    """A version of a record that the government accepted, in the order in which it did."""

    request: int
    record_id: str
    version: int
    sha256: str
    submission_id: str


@dataclass(frozen=True, slots=True)
class Journal:
    """The government's raw log."""

    requests: tuple[Request, ...]
    rows: tuple[Row, ...]
    met: Mapping[int, str]  # request number -> the misbehaviour that it met
    violations: tuple[str, ...]  # the rules that were broken


@dataclass(frozen=True, slots=True)
class GradeToSend:
    """What the government must hold of a grade: the newest version, as its immutable copy in the table says it.

    `record` has the members of the government's contract. A grade of a student whom the government does not accept
    is never held: `refused`.
    """

    record_id: str
    school_id: str
    version: int
    record: Mapping[str, Any]
    refused: bool
    sync_status: str


@dataclass(frozen=True, slots=True)
class SyncEvidence:
    """The raw log against the table."""

    period: str
    journal: Journal
    grades: tuple[GradeToSend, ...]
    corrections: int  # writes of grades while it ran
    kills: int
    kills_wanted: int
    faults_wanted: frozenset[str]  # each has to have been met by a request
    rate_limit: int  # requests a second
    completed: bool  # the last task ended by itself, in order
