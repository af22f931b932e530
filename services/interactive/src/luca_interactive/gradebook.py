"""Putting a class's gradebook together, from as few readings as it can be."""

from collections import defaultdict
from collections.abc import Mapping

from luca_interactive.api.classes import AssessmentAnswer, ClassAnswer
from luca_interactive.api.gradebooks import GradebookAnswer, GradebookRow
from luca_interactive.api.grades import GradeAnswer
from luca_interactive.assessment_deletion import bring_back
from luca_interactive.configuration import Classroom, Configuration
from luca_interactive.grading import Mark, Scale
from luca_interactive.roster_reading import by_name, read_students
from luca_interactive.sealed_texts import SealedTexts, comments_of, name_of
from luca_interactive.together import together
from luca_shared.records.assessment import Assessment
from luca_shared.records.grade import Grade
from luca_shared.records.wire import item_type
from luca_shared.tenancy import keys
from luca_shared.tenancy.ids import AssessmentId, StudentId, Term
from luca_shared.tenancy.table import TenantTable


async def read_gradebook(
    table: TenantTable,
    texts: SealedTexts,
    configuration: Configuration,
    classroom: Classroom,
    scale: Scale,
    term: Term,
) -> GradebookAnswer:
    """Read names by one batch and grades by the class's index, at once; then open all texts together.

    A grade that reached its assessment while that was being deleted brings it back.
    """
    range_ = keys.grades_of_class(table.context, classroom.info.class_id, term)
    students, grades = await together(read_students(table, classroom.roster), table.read(range_, item_type(Grade)))
    late = {grade.assessment_id for grade in grades} & classroom.deleted.keys()
    brought_back = await bring_back(table, configuration, [classroom.deleted[each] for each in late])
    opened = await texts.open_many(table.context, [*map(name_of, students), *comments_of(grades)])

    names = {student.student_id: name for student, name in zip(students, opened, strict=False)}
    answers: defaultdict[StudentId, list[GradeAnswer]] = defaultdict(list)
    for grade, comment in zip(grades, opened[len(students) :], strict=True):
        answers[grade.student_id].append(GradeAnswer.of(grade, comment))

    known = {**classroom.assessments, **brought_back}
    assessments = {key: each for key, each in sorted(known.items()) if each.term == term}
    rows = [_row(scale, assessments, each, names.get(each), answers[each]) for each in classroom.roster]
    return GradebookAnswer(
        class_=ClassAnswer.of(classroom.info),
        term=term,
        rules_version=scale.rules.version,
        assessments=[AssessmentAnswer.of(each) for each in assessments.values()],
        students=sorted(rows, key=lambda row: by_name(row.name, row.student_id)),
    )


def _row(
    scale: Scale,
    assessments: Mapping[AssessmentId, Assessment],
    student_id: StudentId,
    name: str | None,
    grades: list[GradeAnswer],
) -> GradebookRow:
    marks = [
        Mark(assessments[grade.assessment_id].category, grade.status, grade.score, grade.max_score)
        for grade in grades
        if grade.assessment_id in assessments
    ]
    result = scale.average(marks)
    return GradebookRow(student_id=student_id, name=name, average=result.percent, letter=result.letter, grades=grades)
