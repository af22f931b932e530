"""An assessment of a class (OneRoster's `lineItem`), and what is left of one that was deleted."""

from decimal import Decimal
from typing import Self

from luca_shared.records.record import Record
from luca_shared.records.timestamps import Timestamp
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import AssessmentId, ClassId, PersonId, Term
from luca_shared.tenancy.key_types import Key


class AssessmentContent(Record, frozen=True, kw_only=True):
    """What an assessment says; the same while there is one and in what is left of it."""

    class_id: ClassId
    assessment_id: AssessmentId
    version: int
    term: Term
    category: str
    title: str
    max_score: Decimal


class Assessment(AssessmentContent, frozen=True, kw_only=True, tag="assessment"):
    """What is graded: in a term, in a category of the grading rules, up to a score."""

    def key(self, context: TenantContext) -> Key:
        """Return where it is stored."""
        return keys.assessment(context, self.class_id, self.assessment_id)


class DeletedAssessment(AssessmentContent, frozen=True, kw_only=True, tag="deleted-assessment"):
    """An assessment that was deleted, in the version that it had then.

    It is kept, since a grade may have been on its way to the assessment when that was deleted.
    """

    deleted_by: PersonId
    deleted_at: Timestamp

    @classmethod
    def of(cls, assessment: Assessment, deleted_by: PersonId, deleted_at: Timestamp) -> Self:
        """Return what is left of an assessment."""
        content = {name: getattr(assessment, name) for name in AssessmentContent.__struct_fields__}
        return cls(**content, deleted_by=deleted_by, deleted_at=deleted_at)

    def as_assessment(self) -> Assessment:
        """Return the assessment as it was."""
        return Assessment(**{name: getattr(self, name) for name in AssessmentContent.__struct_fields__})

    def key(self, context: TenantContext) -> Key:
        """Return where it is stored."""
        return keys.deleted_assessment(context, self.class_id, self.assessment_id)
