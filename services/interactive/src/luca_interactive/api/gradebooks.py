"""The gradebook of a class: a grid of its students and its assessments."""

from decimal import Decimal

import msgspec

from luca_interactive.api.classes import AssessmentAnswer, ClassAnswer
from luca_interactive.api.grades import GradeAnswer
from luca_shared.runtime.requests import RequestModel
from luca_shared.tenancy.ids import StudentId, Term


class GradebookQuery(RequestModel, frozen=True):
    """The term, when it isn't the class's own."""

    term: Term | None = None


class GradebookRow(msgspec.Struct, frozen=True, kw_only=True):
    """An enrolled student, the average by the rules in force, and the grades that there are.

    `name` is null when the student's key has been destroyed, `average` and `letter` when nothing counts yet.
    """

    student_id: StudentId
    name: str | None
    average: Decimal | None
    letter: str | None
    grades: list[GradeAnswer]


class GradebookAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A class's assessments in a term, and a row for each enrolled student, by name.

    Grades come from an index, which follows a write within a moment: a grade that is missing here, or older than
    one just written, is not lost. What counts when two people edit is the grade's own ETag.
    """

    class_: ClassAnswer = msgspec.field(name="class")
    term: Term
    rules_version: int
    assessments: list[AssessmentAnswer]
    students: list[GradebookRow]
