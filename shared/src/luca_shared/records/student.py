"""A student's profile, and whose guardian a person is."""

from luca_shared.records.record import Record
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import PersonId, StudentId
from luca_shared.tenancy.key_types import Key


class Student(Record, frozen=True, kw_only=True, tag="student"):
    """A student; `name` is ciphertext under the student's own data key."""

    student_id: StudentId
    version: int
    name: bytes
    guardian_ids: tuple[PersonId, ...] = ()

    def key(self, context: TenantContext) -> Key:
        """Return where it is stored."""
        return keys.profile(context, self.student_id)


class GuardianLink(Record, frozen=True, kw_only=True, tag="guardian-link"):
    """A person is a student's guardian."""

    person_id: PersonId
    student_id: StudentId

    def key(self, context: TenantContext) -> Key:
        """Return where it is stored."""
        return keys.guardian_link(context, self.person_id, self.student_id)
