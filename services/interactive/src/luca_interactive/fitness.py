"""Whether a well-formed grade fits its assessment: a score where there must be one, and within bounds."""

from luca_interactive.api.grades import GradeChange
from luca_shared.records.assessment import Assessment
from luca_shared.runtime import problems
from luca_shared.runtime.exact_numbers import canonical_text
from luca_shared.runtime.problems import ErrorDetail


def refuse_unfit(change: GradeChange, assessment: Assessment) -> None:
    """Refuse a grade that doesn't fit.

    Raises:
        Problem: 422, pointing at the score.
    """
    fault = _fault_of_score(change, assessment)
    if fault is not None:
        raise problems.validation([ErrorDetail("/score", fault)])


def _fault_of_score(change: GradeChange, assessment: Assessment) -> str | None:
    if change.score is None:
        return f"is required when the status is {change.status}" if change.status.has_score else None
    if not change.status.has_score:
        return f"must be null when the status is {change.status}"
    if not 0 <= change.score <= assessment.max_score:
        return f"must be between 0 and {canonical_text(assessment.max_score)}"
    return None
