"""The endpoints, a file for each resource."""

from typing import Final

from luca_interactive.access import Endpoint
from luca_interactive.routes import (
    behavior,
    class_,
    classes,
    grade,
    grade_history,
    gradebook,
    me,
    rules,
    rules_preview,
    student_grades,
    sync_pending,
    sync_runs,
    term,
    terms,
)

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    me.get_me,
    classes.get_classes,
    class_.get_class,
    gradebook.get_gradebook,
    grade.put_grade,
    grade.get_grade,
    grade_history.get_grade_history,
    student_grades.get_student_grades,
    behavior.get_behavior,
    rules.get_rules,
    rules.put_rules,
    rules_preview.preview_rules,
    terms.get_terms,
    term.put_term,
    term.freeze_term,
    term.reopen_term,
    sync_pending.get_pending,
    sync_runs.get_runs,
)
