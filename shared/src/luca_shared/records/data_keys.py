"""Wrapped data keys, in a table of their own so that no stream and no long backup keeps what was destroyed."""

from luca_shared.records.record import Record
from luca_shared.tenancy.ids import SchoolId, StudentId


class SchoolKey(Record, frozen=True, kw_only=True, tag="school-key"):
    """A school's data key, as KMS wrapped it under the encryption context `school_id`."""

    wrapped: bytes


class DestroyedSchoolKey(Record, frozen=True, kw_only=True, tag="destroyed-school-key"):
    """What stands in the place of an erased school's key, so that there never is another one."""

    school_id: SchoolId


class StudentKey(Record, frozen=True, kw_only=True, tag="student-key"):
    """A student's data key, wrapped by the school's."""

    student_id: StudentId
    wrapped: bytes


class DestroyedStudentKey(Record, frozen=True, kw_only=True, tag="destroyed-student-key"):
    """What stands in the place of an erased student's key, so that there never is another one."""

    student_id: StudentId
