"""The ids in the addresses of resources."""

from luca_shared.runtime.requests import RequestModel
from luca_shared.tenancy.ids import AssessmentId, ClassId, StudentId, Subject, Term


class ClassPath(RequestModel, frozen=True):
    """A class."""

    class_id: ClassId


class AssessmentPath(RequestModel, frozen=True):
    """An assessment of a class."""

    class_id: ClassId
    assessment_id: AssessmentId


class EnrollmentPath(RequestModel, frozen=True):
    """A student's place on the roster of a class."""

    class_id: ClassId
    student_id: StudentId


class GradePath(RequestModel, frozen=True):
    """A student's grade in an assessment of a class."""

    class_id: ClassId
    assessment_id: AssessmentId
    student_id: StudentId


class StudentPath(RequestModel, frozen=True):
    """A student."""

    student_id: StudentId


class SubjectPath(RequestModel, frozen=True):
    """A subject."""

    subject: Subject


class TermPath(RequestModel, frozen=True):
    """A term."""

    term: Term
