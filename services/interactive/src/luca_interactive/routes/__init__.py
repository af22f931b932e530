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
    grades,
    me,
    student_grades,
)

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    me.get_me,
    classes.get_classes,
    class_.get_class,
    gradebook.get_gradebook,
    grade.put_grade,
    grade.get_grade,
    grade_history.get_grade_history,
    grades.put_grades,
    student_grades.get_student_grades,
    behavior.get_behavior,
)
