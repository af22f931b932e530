"""What the government holds: records at their highest version, and every submission with its first answer."""

import hashlib
from collections.abc import Container
from dataclasses import dataclass, field

import msgspec

from luca_local.government.contract import MAX_RECORDS, Receipt, Record, Rejection, Submission, record_sha256


class Refused(Exception):
    """A whole submission is refused and nothing of it is kept."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail


class ChangedBytes(Refused):
    """A known submission id came with other bytes: the sender broke the contract."""

    def __init__(self) -> None:
        super().__init__(422, "submission-changed", "this submission_id was received with other bytes")


@dataclass(frozen=True, slots=True)
class Row:
    """A version of a record that was accepted."""

    record_id: str
    version: int
    sha256: str
    submission_id: str


@dataclass(frozen=True, slots=True)
class Received:
    """A submission as it was first received."""

    sha256: str
    receipt: Receipt
    rows: tuple[Row, ...]


@dataclass(slots=True)
class Period:
    """All that was received for one period."""

    submissions: dict[str, Received] = field(default_factory=dict)  # by id, in the order of their first arrival
    records: dict[str, dict[str, Row]] = field(default_factory=dict)  # school -> record id -> highest version


@dataclass(slots=True)
class Ledger:
    """The government's memory. It lives as long as the process; the log beside it outlives that."""

    periods: dict[str, Period] = field(default_factory=dict)

    def known(self, submission_id: str) -> Received | None:
        """Return a submission that was received in any period."""
        return next(
            (p.submissions[submission_id] for p in self.periods.values() if submission_id in p.submissions), None
        )

    def receive(
        self, body: bytes, *, idempotency_key: str | None, refused_students: Container[str], poisonous: Container[str]
    ) -> tuple[Receipt, bool, tuple[Row, ...]]:
        """Judge a submission and keep what is accepted of it.

        `refused_students` are unknown to the registry: their records are rejected one by one. `poisonous` students make
        the whole submission be refused, without its saying which record was to blame.

        Returns the receipt, whether the submission was known already, and the rows that were added.

        Raises:
            Refused: the whole submission is not acceptable.
        """
        submission, records = _parse(body)
        if idempotency_key != submission.submission_id:
            raise Refused(422, "idempotency-key", "Idempotency-Key must be the submission_id")
        sha256 = hashlib.sha256(body).hexdigest()
        if earlier := self.known(submission.submission_id):
            if earlier.sha256 != sha256:
                raise ChangedBytes
            return earlier.receipt, True, ()
        if any(record.student_id in poisonous for record, _ in records):
            raise Refused(422, "invalid-submission", "a record is not valid")

        period = self.periods.setdefault(submission.period, Period())
        held = period.records.setdefault(submission.school_id, {})
        rows: list[Row] = []
        rejected: list[Rejection] = []
        for record, raw in records:
            row = Row(record.record_id, record.version, record_sha256(raw), submission.submission_id)
            if code := _rejection(record, row, held.get(record.record_id), refused_students):
                rejected.append(Rejection(record_id=record.record_id, code=code, message=_MESSAGES[code]))
            else:
                rows.append(row)
                held[record.record_id] = row
        receipt = Receipt(submission_id=submission.submission_id, accepted=len(rows), rejected=rejected)
        period.submissions[submission.submission_id] = Received(sha256, receipt, tuple(rows))
        return receipt, False, tuple(rows)


_MESSAGES = {
    "unknown-student": "the registry has no such student",
    "conflict": "this version was received with another content",
    "stale": "a higher version was received",
}


def _rejection(record: Record, row: Row, held: Row | None, refused_students: Container[str]) -> str | None:
    if record.student_id in refused_students:
        return "unknown-student"
    if held and held.version > row.version:
        return "stale"
    if held and held.version == row.version and held.sha256 != row.sha256:
        return "conflict"
    return None


def _parse(body: bytes) -> tuple[Submission, list[tuple[Record, bytes]]]:
    try:
        submission = msgspec.json.decode(body, type=Submission)
    except msgspec.ValidationError as error:
        raise Refused(422, "invalid-submission", str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Refused(400, "malformed-json", "the body is not JSON") from None
    if len(submission.records) > MAX_RECORDS:
        raise Refused(422, "too-many-records", f"at most {MAX_RECORDS} records")
    try:
        records = [(msgspec.json.decode(raw, type=Record), bytes(raw)) for raw in submission.records]
    except msgspec.ValidationError as error:
        raise Refused(422, "invalid-submission", str(error)) from None
    if len({record.record_id for record, _ in records}) != len(records):
        raise Refused(422, "invalid-submission", "a record_id stands twice")
    return submission, records
