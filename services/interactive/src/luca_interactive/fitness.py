"""Whether well-formed grades fit their assessment: a score where there must be one, and within bounds."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from luca_interactive.api.bulk_grades import GradeLine
from luca_interactive.api.grades import GradeChange
from luca_shared.records.assessment import Assessment
from luca_shared.runtime import problems
from luca_shared.runtime.exact_numbers import canonical_text
from luca_shared.runtime.problems import ErrorDetail, pointer
from luca_shared.tenancy.ids import StudentId


def refuse_unfit(change: GradeChange, assessment: Assessment) -> None:
    """Refuse a grade that doesn't fit.

    Raises:
        Problem: 422, pointing at the score.
    """
    fault = _fault_of_score(change, assessment)
    if fault is not None:
        raise problems.validation([ErrorDetail("/score", fault)])


def refuse_unfit_lines(lines: Sequence[GradeLine], assessment: Assessment) -> None:
    """Refuse lines of which one doesn't fit, or two are about the same student: which of them is meant?

    Raises:
        Problem: 422, pointing at every one of them.
    """
    faults = [*_repeated(lines), *_unfit(lines, assessment)]
    if faults:
        raise problems.validation(faults)


def _unfit(lines: Sequence[GradeLine], assessment: Assessment) -> Iterator[ErrorDetail]:
    for index, line in enumerate(lines):
        fault = _fault_of_score(line, assessment)
        if fault is not None:
            yield ErrorDetail(pointer("items", index, "score"), fault)


def _repeated(lines: Sequence[GradeLine]) -> Iterator[ErrorDetail]:
    indexes: defaultdict[StudentId, list[int]] = defaultdict(list)
    for index, line in enumerate(lines):
        indexes[line.student_id].append(index)
    for same in indexes.values():
        for index in same if len(same) > 1 else ():
            others = ", ".join(pointer("items", other) for other in same if other != index)
            yield ErrorDetail(pointer("items", index, "student_id"), f"must be given once only, and is in {others} too")


def _fault_of_score(change: GradeChange, assessment: Assessment) -> str | None:
    if change.score is None:
        return f"is required when the status is {change.status}" if change.status.has_score else None
    if not change.status.has_score:
        return f"must be null when the status is {change.status}"
    if not 0 <= change.score <= assessment.max_score:
        return f"must be between 0 and {canonical_text(assessment.max_score)}"
    return None
