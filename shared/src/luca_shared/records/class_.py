"""A class (OneRoster's `class`) and who is enrolled in it (`enrollment`)."""

from luca_shared.records.record import Record
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import ClassId, PersonId, StudentId, Subject, Term
from luca_shared.tenancy.key_types import Key


class Class(Record, frozen=True, kw_only=True, tag="class"):
    """A class: one subject, taught in one term by some teachers.

    It is stored twice with the same attributes: in its own partition, and in the school's directory, by which a
    school's classes are listed. Both are written in one transaction.
    """

    class_id: ClassId
    version: int
    term: Term
    subject: Subject
    name: str
    teacher_ids: tuple[PersonId, ...]

    def key(self, context: TenantContext) -> Key:
        """Return where it is stored in the class's own partition."""
        return keys.class_info(context, self.class_id)

    def directory_key(self, context: TenantContext) -> Key:
        """Return where it is stored in the school's directory."""
        return keys.class_entry(context, self.term, self.class_id)


class Enrollment(Record, frozen=True, kw_only=True, tag="enrollment"):
    """A student takes a class.

    It is stored twice with the same attributes: with the class, for the roster, and with the student, for his or her
    classes. Both are written in one transaction.
    """

    class_id: ClassId
    student_id: StudentId
    term: Term
    version: int

    def key(self, context: TenantContext) -> Key:
        """Return where it is stored in the class's partition."""
        return keys.enrollment(context, self.class_id, self.student_id)

    def student_key(self, context: TenantContext) -> Key:
        """Return where it is stored in the student's partition."""
        return keys.student_enrollment(context, self.student_id, self.term, self.class_id)
