"""How grades become batches: always the same batches for the same grades, whoever makes them and how often."""

import hashlib
import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

import msgspec

from luca_gov_sync.government_record import government_record, record_id
from luca_shared.records.grade import GradeContent
from luca_shared.records.submission import Member
from luca_shared.tenancy.ids import SchoolId, Term

MAX_RECORDS: Final = 100
MAX_BYTES: Final = 1_000_000
# Our own namespace of RFC 9562 (section 5.5): it must never change, or the same batch would get another id.
_NAMESPACE: Final = uuid.UUID("8f7be1a6-3f0c-5c1e-9d5b-6a1d0c2f4e7a")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch, its bytes included."""

    batch_id: str
    members: tuple[Member, ...]
    payload: bytes

    @property
    def payload_sha256(self) -> str:
        """The hash by which the stored payload is checked before it is sent."""
        return sha256(self.payload).hexdigest()


class _Submission(msgspec.Struct, frozen=True):
    """A payload, as far as it is read again: its records stay the bytes that they are."""

    records: list[msgspec.Raw]


def batches_of(
    school_id: SchoolId,
    period: Term,
    grades: Iterable[GradeContent],
    *,
    max_records: int = MAX_RECORDS,
    max_bytes: int = MAX_BYTES,
) -> Iterator[Prepared]:
    """Cut a school's grades into batches, in the order of their record ids.

    The cut goes from the front, so that grades which follow don't move the batches before them: who was killed half-way
    and begins again with what was not yet batched goes on with the same cut.

    Raises:
        ValueError: one record alone is larger than a submission may be.
    """
    ordered = sorted(grades, key=lambda grade: _record_id(school_id, grade))
    frame = len(_payload("0" * 36, school_id, period, []))
    members: list[GradeContent] = []
    encoded: list[bytes] = []
    size = frame
    for grade in ordered:
        record = government_record(school_id, grade)
        if frame + len(record) > max_bytes:
            raise ValueError("one record is larger than a submission may be")
        if members and (len(members) == max_records or size + 1 + len(record) > max_bytes):
            yield _prepared(school_id, period, _members(members), encoded)
            members, encoded, size = [], [], frame
        size += len(record) + bool(members)  # the comma
        members.append(grade)
        encoded.append(record)
    if members:
        yield _prepared(school_id, period, _members(members), encoded)


def halves(school_id: SchoolId, period: Term, members: Sequence[Member], payload: bytes) -> tuple[Prepared, Prepared]:
    """Cut a batch that was refused whole in two, to find the record that is to blame.

    The halves are made of the very bytes that were sent, whatever has become of the grades since.

    Raises:
        ValueError: a single record can't be cut.
    """
    if len(members) < 2:
        raise ValueError("a single record can't be cut")
    records = records_of(payload)
    middle = len(members) // 2
    return (
        _prepared(school_id, period, tuple(members[:middle]), records[:middle]),
        _prepared(school_id, period, tuple(members[middle:]), records[middle:]),
    )


def records_of(payload: bytes) -> list[bytes]:
    """Return a payload's records, byte by byte as they are in it."""
    return [bytes(record) for record in msgspec.json.decode(payload, type=_Submission).records]


def record_ids(school_id: SchoolId, period: Term, members: Sequence[Member]) -> list[str]:
    """Return the names of a batch's records, in their order."""
    return [record_id(school_id, period, m.class_id, m.assessment_id, m.student_id) for m in members]


def digest(names: Sequence[str], members: Sequence[Member], payload: bytes, refused: Collection[int]) -> str:
    """Return the digest of what was accepted of a batch, as the government computes it.

    SHA-256 over the sorted `record_id:version:sha256` lines, joined by a line feed, without those at the places
    `refused`.
    """
    described = zip(names, members, records_of(payload), strict=True)
    lines = [
        f"{name}:{member.version}:{sha256(record).hexdigest()}"
        for place, (name, member, record) in enumerate(described)
        if place not in refused
    ]
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def batch_id(school_id: SchoolId, period: Term, members: Sequence[Member]) -> str:
    """Return the UUIDv5 that names exactly these versions of these grades of this school in this period."""
    parts = [period, school_id]
    parts += [f"{name}:{m.version}" for name, m in zip(record_ids(school_id, period, members), members, strict=True)]
    return str(uuid.uuid5(_NAMESPACE, "\n".join(parts)))


def member_of(grade: GradeContent) -> Member:
    """Return what a batch keeps of a grade."""
    return Member(
        class_id=grade.class_id,
        assessment_id=grade.assessment_id,
        student_id=grade.student_id,
        version=grade.version,
    )


def _members(grades: Sequence[GradeContent]) -> tuple[Member, ...]:
    return tuple(map(member_of, grades))


def _record_id(school_id: SchoolId, grade: GradeContent) -> str:
    return record_id(school_id, grade.term, grade.class_id, grade.assessment_id, grade.student_id)


def _prepared(school_id: SchoolId, period: Term, members: tuple[Member, ...], records: Sequence[bytes]) -> Prepared:
    name = batch_id(school_id, period, members)
    return Prepared(name, members, _payload(name, school_id, period, records))


def _payload(name: str, school_id: SchoolId, period: Term, records: Sequence[bytes]) -> bytes:
    # No part needs escaping: ids are of A-Z a-z 0-9 _ - only, and the records are JSON already.
    head = f'{{"submission_id":"{name}","period":"{period}","school_id":"{school_id}","records":['
    return head.encode() + b",".join(records) + b"]}"
