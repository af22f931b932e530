"""The endpoints, a file for each resource."""

from typing import Final

from luca_interactive.access import Endpoint
from luca_interactive.routes import (
    assessment,
    assessments,
    behavior,
    class_,
    classes,
    enrollment,
    grade,
    grade_history,
    gradebook,
    grades,
    me,
    report_card,
    roster,
    roster_import,
    student,
    student_grades,
)

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    me.get_me,
    classes.get_classes,
    class_.get_class,
    class_.put_class,
    assessments.get_assessments,
    assessment.put_assessment,
    assessment.delete_assessment,
    roster.get_roster,
    roster.get_roster_csv,
    roster_import.post_roster_import,
    enrollment.put_enrollment,
    enrollment.delete_enrollment,
    gradebook.get_gradebook,
    gradebook.get_gradebook_csv,
    grade.put_grade,
    grade.get_grade,
    grade_history.get_grade_history,
    grades.put_grades,
    student_grades.get_student_grades,
    behavior.get_behavior,
    student.get_student,
    student.put_student,
    student.delete_student,
    report_card.get_report_card,
)
