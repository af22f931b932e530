"""What the government's API receives and answers; `docs/government-api.yaml` says the same in OpenAPI."""

import hashlib
from typing import Annotated, Any, Final, Literal

import msgspec
import rfc8785

MAX_RECORDS: Final = 100
MAX_BYTES: Final = 1_000_000
PAGE: Final = 1_000

OpaqueId = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{1,64}$(?!\n)")]
Status = Literal["scored", "late", "missing", "incomplete", "excused"]


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One version of one grade."""

    record_id: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_.-]{1,400}$(?!\n)")]
    version: Annotated[int, msgspec.Meta(ge=1)]
    student_id: OpaqueId
    status: Status
    score: float | None
    max_score: Annotated[float, msgspec.Meta(gt=0)]
    letter: str | None
    recorded_at: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$(?!\n)")]
    metadata: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET


class Submission(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """At most 100 records of one school in one period, under an id that names exactly these bytes."""

    submission_id: OpaqueId
    period: OpaqueId
    school_id: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$(?!\n)")]
    records: Annotated[list[msgspec.Raw], msgspec.Meta(min_length=1)]


class Rejection(msgspec.Struct, frozen=True, kw_only=True):
    """A record that was not accepted, and why."""

    record_id: str
    code: str
    message: str


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a submission; asking again gives the same one."""

    submission_id: str
    accepted: int
    rejected: list[Rejection]


def record_sha256(record: bytes) -> str:
    """Return the hash by which a version of a record is known: SHA-256 over its RFC 8785 canonical JSON, as sent."""
    return hashlib.sha256(rfc8785.dumps(msgspec.json.decode(record))).hexdigest()


def submission_digest(accepted: list[tuple[str, int, str]]) -> str:
    """Return the digest of what was accepted: SHA-256 over its sorted `record_id:version:sha256` lines."""
    lines = sorted(f"{record_id}:{version}:{sha256}" for record_id, version, sha256 in accepted)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
