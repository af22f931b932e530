"""What a demo school consists of, before any of it is written."""

from dataclasses import dataclass, field

from luca_shared.records.assessment import Assessment
from luca_shared.records.class_ import Class, Enrollment
from luca_shared.records.grade import Grade
from luca_shared.records.rules import Rules
from luca_shared.records.school import School
from luca_shared.records.student import GuardianLink
from luca_shared.records.term import Term
from luca_shared.tenancy.context import Role
from luca_shared.tenancy.ids import AssessmentId, ClassId, PersonId, StudentId


@dataclass(frozen=True, slots=True)
class StudentPlan:
    """A student, the name still in the clear: what is stored of it is ciphertext."""

    student_id: StudentId
    name: str = field(repr=False)
    guardian_ids: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True)
class AccountPlan:
    """A person who can log in."""

    username: str
    role: Role
    person_id: PersonId


@dataclass(frozen=True, slots=True)
class Ungraded:
    """A grade that is left for a first try, by the teacher with that user name."""

    username: str
    class_id: ClassId
    assessment_id: AssessmentId
    student_id: StudentId


@dataclass(frozen=True, slots=True)
class SchoolPlan:
    """A whole school."""

    school: School
    terms: tuple[Term, ...]
    rules: tuple[Rules, ...]
    classes: tuple[Class, ...]
    assessments: tuple[Assessment, ...]
    students: tuple[StudentPlan, ...]
    enrollments: tuple[Enrollment, ...]
    guardian_links: tuple[GuardianLink, ...]
    grades: tuple[Grade, ...]
    accounts: tuple[AccountPlan, ...]
    ungraded: Ungraded
