"""A student's erasure: when, by whom, what was removed and what is kept; nothing of the student but the id."""

from luca_shared.records.record import Record
from luca_shared.records.timestamps import Timestamp
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import PersonId, StudentId
from luca_shared.tenancy.key_types import Key


class Erasure(Record, frozen=True, kw_only=True, tag="erasure"):
    """An erasure, under way or complete. It stays for good: the id is not given to anybody else.

    It is first written as the student's data key is destroyed; the counts are written with what they count, so that
    each thing is counted once, however often the erasure is interrupted.

    Attributes:
        version: Counts the steps, each of which is taken by one alone.
        enrollments: How many were removed.
        guardian_links: How many were removed.
        events: How many were removed.
        grades: How many are kept.
        grade_versions: How many are kept.
        unreadable_from: When the last process has forgotten the data key; None while the erasure is under way.
    """

    student_id: StudentId
    version: int
    erased_at: Timestamp
    erased_by: PersonId
    enrollments: int = 0
    guardian_links: int = 0
    events: int = 0
    grades: int = 0
    grade_versions: int = 0
    unreadable_from: Timestamp | None = None

    @property
    def complete(self) -> bool:
        """Whether nothing is left to be removed."""
        return self.unreadable_from is not None

    def key(self, context: TenantContext) -> Key:
        """Return where it is stored."""
        return keys.erasure(context, self.student_id)
