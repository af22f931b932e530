"""What rules would change: every student's average by the rules in force, and by others. Nothing is written."""

from collections import defaultdict
from collections.abc import Iterable

from luca_interactive.api.rules_previews import (
    ChangedAnswer,
    ClassPreviewAnswer,
    StandingAnswer,
    StudentPreviewAnswer,
)
from luca_interactive.configuration import Classroom
from luca_interactive.grading import Mark, Scale
from luca_shared.records.grade import Grade
from luca_shared.records.wire import item_type
from luca_shared.tenancy import keys
from luca_shared.tenancy.ids import StudentId
from luca_shared.tenancy.table import TenantTable

_NOTHING = StandingAnswer(average=None, letter=None, passed=None)


async def preview_of_class(
    table: TenantTable, classroom: Classroom, now: Scale | None, then: Scale
) -> ClassPreviewAnswer:
    """Compare the averages of a class's students in its term; the grades are those of the gradebook."""
    info = classroom.info
    assessments = {key: each for key, each in classroom.assessments.items() if each.term == info.term}
    marks: defaultdict[StudentId, list[Mark]] = defaultdict(list)
    range_ = keys.grades_of_class(table.context, info.class_id, info.term)
    for grade in await table.read(range_, item_type(Grade)):
        if (of := assessments.get(grade.assessment_id)) is not None:
            marks[grade.student_id].append(Mark(of.category, grade.status, grade.score, grade.max_score))
    students = [
        StudentPreviewAnswer(
            student_id=student_id,
            now=_standing(now, marks[student_id]),
            then=_standing(then, marks[student_id]),
        )
        for student_id in sorted(classroom.roster)
    ]
    return ClassPreviewAnswer(
        class_id=info.class_id,
        term=info.term,
        categories_left_out=sorted({each.category for each in assessments.values()} - then.rules.categories.keys()),
        changed=_changed(students),
        students=students,
    )


def total_of(classes: Iterable[ClassPreviewAnswer]) -> ChangedAnswer:
    """Count what would change in all classes together; a student of two of them counts twice."""
    return _changed([student for each in classes for student in each.students])


def _standing(scale: Scale | None, marks: Iterable[Mark]) -> StandingAnswer:
    if scale is None:
        return _NOTHING
    result = scale.average(marks)
    passed = None if result.percent is None else result.percent >= scale.rules.passing
    return StandingAnswer(average=result.percent, letter=result.letter, passed=passed)


def _changed(students: Iterable[StudentPreviewAnswer]) -> ChangedAnswer:
    pairs = [(student.now, student.then) for student in students]
    return ChangedAnswer(
        students=sum(now != then for now, then in pairs),
        averages=sum(now.average != then.average for now, then in pairs),
        letters=sum(now.letter != then.letter for now, then in pairs),
        passed=sum(now.passed != then.passed for now, then in pairs),
    )
