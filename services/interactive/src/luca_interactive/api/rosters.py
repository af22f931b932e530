"""Who is enrolled in a class, and the import of many rosters at once, as they are answered."""

from typing import Self

import msgspec

from luca_shared.records.class_ import Enrollment
from luca_shared.runtime.requests import RequestModel
from luca_shared.tenancy.ids import ClassId, StudentId, Term


class EnrollmentAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A student takes a class, which is of a term."""

    class_id: ClassId
    student_id: StudentId
    term: Term
    version: int

    @classmethod
    def of(cls, enrollment: Enrollment) -> Self:
        """Make the answer of a stored enrollment."""
        return cls(
            class_id=enrollment.class_id,
            student_id=enrollment.student_id,
            term=enrollment.term,
            version=enrollment.version,
        )


class RosterEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A student on a roster; `name` is null when the student's key is destroyed, `version` is the enrollment's."""

    student_id: StudentId
    name: str | None
    version: int


class ImportQuery(RequestModel, frozen=True):
    """With `dry_run` nothing is written, and the answer says what would happen."""

    dry_run: bool = False


class ImportAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an import's lines, each enrollment counted once: `enrolled` and `already_enrolled` are `total`.

    When an interrupted import is sent again, what it had enrolled before is enrolled already.
    """

    dry_run: bool
    total: int
    enrolled: int
    already_enrolled: int
