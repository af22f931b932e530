"""Many grades of an assessment, recorded with one request."""

from collections.abc import Mapping
from typing import Final

from aiohttp import web

from luca_interactive import scope
from luca_interactive.access import GRADERS, Caller, endpoint
from luca_interactive.api.bulk_grades import GradeLine, GradeLineAnswer, GradesAnswer, GradesChange
from luca_interactive.api.grades import GradeAnswer
from luca_interactive.api.paths import AssessmentPath
from luca_interactive.failures import problem_of
from luca_interactive.fitness import refuse_unfit_lines
from luca_interactive.grade_outcomes import Failed, Outcome, Recorded, Superseded
from luca_interactive.parts import PARTS
from luca_interactive.routes.grade import version_conflict
from luca_shared.records.grade import GradeStatus
from luca_shared.runtime import correlation, problems
from luca_shared.runtime.exact_numbers import ExactNumber
from luca_shared.runtime.json_answers import answer
from luca_shared.runtime.preconditions import Create
from luca_shared.runtime.problem_middleware import DEADLINE
from luca_shared.runtime.problems import Problem
from luca_shared.tenancy.ids import StudentId

PATH: Final = "/v1/classes/{class_id}/assessments/{assessment_id}/grades"

EXAMPLE: Final = GradesChange(
    items=[
        GradeLine(student_id=StudentId("s42"), if_match=3, status=GradeStatus.SCORED, score=ExactNumber("8.5")),
        GradeLine(student_id=StudentId("s43"), if_match=None, status=GradeStatus.MISSING, reason="absent"),
    ]
)

_UNKNOWN: Final = "it isn't known to be written; send this grade again as it is, and it is written once"


@endpoint("PUT", PATH, may=GRADERS, answers={200: GradesAnswer}, example=EXAMPLE)
async def put_grades(
    request: web.Request, caller: Caller, path: AssessmentPath, body: GradesChange
) -> web.StreamResponse:
    """Record the grades of up to 100 students, each by itself; the answer says of each what became of it."""
    parts = request.app[PARTS]

    students = {line.student_id for line in body.items}
    column = await scope.column_to_grade(caller, parts.configuration, path, students)
    refuse_unfit_lines(body.items, column.assessment)
    outcomes = await parts.bulk_writing.record(caller, column, body.items, deadline=request[DEADLINE])
    failures = {error: _meaning(error) for error in {of.error for of in outcomes if isinstance(of, Failed)}}
    items = [_line_answer(line, outcome, failures) for line, outcome in zip(body.items, outcomes, strict=True)]
    # Asked to come back for some of them, the client may do so with the same `Idempotency-Key`.
    headers = {"Retry-After": "1"} if any(item.status >= 500 for item in items) else {}
    return answer(GradesAnswer(items), headers=headers)


def _line_answer(line: GradeLine, outcome: Outcome, failures: Mapping[Exception, Problem]) -> GradeLineAnswer:
    match outcome:
        case Recorded(grade, comment):
            status = 201 if isinstance(line.precondition, Create) else 200
            return GradeLineAnswer(student_id=line.student_id, status=status, grade=GradeAnswer.of(grade, comment))
        case Superseded():
            return _refusal(line, version_conflict(outcome))
        case Failed(error):
            return _refusal(line, failures[error])


def _meaning(failure: Exception) -> Problem:
    problem = problem_of(failure)
    return problems.unavailable(_UNKNOWN) if problem.status == 503 else problem


def _refusal(line: GradeLine, problem: Problem) -> GradeLineAnswer:
    body = problems.to_body(problem, correlation.current())
    return GradeLineAnswer(student_id=line.student_id, status=problem.status, problem=body)
