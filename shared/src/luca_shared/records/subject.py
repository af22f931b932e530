"""A subject in a school's directory: that it is taught, and which of its grading rules are in force."""

from luca_shared.records.record import Record
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import Subject as SubjectId
from luca_shared.tenancy.key_types import Key


class Subject(Record, frozen=True, kw_only=True, tag="subject"):
    """A subject, by which a school's subjects are listed; written in one transaction with its rules."""

    subject: SubjectId
    rules_version: int

    def directory_key(self, context: TenantContext) -> Key:
        """Return where it is stored in the school's directory."""
        return keys.subject_entry(context, self.subject)
