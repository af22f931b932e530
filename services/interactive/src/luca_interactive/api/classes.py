"""A class and its assessments as they are asked for and answered."""

from decimal import Decimal
from typing import Annotated, Self

import msgspec

from luca_shared.records.assessment import Assessment
from luca_shared.records.class_ import Class
from luca_shared.runtime.exact_numbers import ExactNumber
from luca_shared.runtime.requests import RequestModel
from luca_shared.tenancy.ids import AssessmentId, ClassId, PersonId, Subject, Term

NAME_LENGTH = 200
MOST_TEACHERS = 50

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_LENGTH)]


class ClassChange(RequestModel, frozen=True):
    """What an administrator says of a class. Its term stays what it was at first."""

    subject: Subject
    term: Term
    name: Name
    teacher_ids: Annotated[tuple[PersonId, ...], msgspec.Meta(max_length=MOST_TEACHERS)]


class MaxScore(ExactNumber, low=Decimal("0.0001"), high=10_000):
    """What can be reached in an assessment."""


class AssessmentChange(RequestModel, frozen=True):
    """What a teacher says of an assessment.

    `category` is one of the subject's grading rules. Without a `term` it is of the class's. The term stays what it was
    at first, and `max_score` too once there are grades.
    """

    category: str
    title: Name
    max_score: MaxScore
    term: Term | None = None


class ClassAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A class."""

    class_id: ClassId
    term: Term
    subject: Subject
    name: str
    teacher_ids: tuple[PersonId, ...]
    version: int

    @classmethod
    def of(cls, class_: Class) -> Self:
        """Make the answer of a stored class."""
        return cls(
            class_id=class_.class_id,
            term=class_.term,
            subject=class_.subject,
            name=class_.name,
            teacher_ids=class_.teacher_ids,
            version=class_.version,
        )


class AssessmentAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An assessment of a class."""

    assessment_id: AssessmentId
    term: Term
    category: str
    title: str
    max_score: Decimal
    version: int

    @classmethod
    def of(cls, assessment: Assessment) -> Self:
        """Make the answer of a stored assessment."""
        return cls(
            assessment_id=assessment.assessment_id,
            term=assessment.term,
            category=assessment.category,
            title=assessment.title,
            max_score=assessment.max_score,
            version=assessment.version,
        )
