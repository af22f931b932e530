"""A class and its assessments as they are answered."""

from decimal import Decimal
from typing import Self

import msgspec

from luca_shared.records.assessment import Assessment
from luca_shared.records.class_ import Class
from luca_shared.tenancy.ids import AssessmentId, ClassId, PersonId, Subject, Term


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
