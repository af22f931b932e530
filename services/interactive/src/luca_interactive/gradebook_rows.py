"""A gradebook as the lines of a spreadsheet: a line for each student, a column for each assessment."""

from collections.abc import Iterator

from luca_interactive.api.gradebooks import GradebookAnswer
from luca_interactive.api.grades import GradeAnswer
from luca_shared.runtime.csv_text import Cell


def gradebook_rows(gradebook: GradebookAnswer) -> Iterator[list[Cell]]:
    """Yield the header and then the students, as the gradebook has them.

    A grade is its score, or its status when it has none. What has been erased, or hasn't been graded, is empty.
    """
    titles = [f"{each.title} ({each.assessment_id})" for each in gradebook.assessments]  # titles may be alike
    yield ["student_id", "name", *titles, "average", "letter"]
    for row in gradebook.students:
        grades = {grade.assessment_id: _cell(grade) for grade in row.grades}
        cells = [grades.get(each.assessment_id) for each in gradebook.assessments]
        yield [row.student_id, row.name, *cells, row.average, row.letter]


def _cell(grade: GradeAnswer) -> Cell:
    return grade.status.value if grade.score is None else grade.score
