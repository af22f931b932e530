"""An assessment of a class (OneRoster's `lineItem`)."""

from decimal import Decimal

from luca_shared.records.record import Record
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import AssessmentId, ClassId, Term
from luca_shared.tenancy.key_types import Key


class Assessment(Record, frozen=True, kw_only=True, tag="assessment"):
    """What is graded: in a term, in a category of the grading rules, up to a score."""

    class_id: ClassId
    assessment_id: AssessmentId
    version: int
    term: Term
    category: str
    title: str
    max_score: Decimal

    def key(self, context: TenantContext) -> Key:
        """Return where it is stored."""
        return keys.assessment(context, self.class_id, self.assessment_id)
