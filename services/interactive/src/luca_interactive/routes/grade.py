"""One grade: a teacher records it, and whom it concerns reads it."""

from typing import Final

from aiohttp import web

from luca_interactive import scope
from luca_interactive.access import EVERY_ROLE, GRADERS, Caller, endpoint
from luca_interactive.api.grades import GradeAnswer, GradeChange
from luca_interactive.api.paths import GradePath
from luca_interactive.grade_outcomes import Recorded, Superseded
from luca_interactive.parts import PARTS
from luca_interactive.sealed_texts import comment_of
from luca_shared.records.grade import Grade, GradeStatus
from luca_shared.runtime import problems
from luca_shared.runtime.exact_numbers import ExactNumber
from luca_shared.runtime.json_answers import answer, etag
from luca_shared.runtime.preconditions import Create, Precondition
from luca_shared.runtime.problems import Problem
from luca_shared.tenancy import keys

PATH: Final = "/v1/classes/{class_id}/assessments/{assessment_id}/grades/{student_id}"

EXAMPLE: Final = GradeChange(status=GradeStatus.SCORED, score=ExactNumber("8.5"), comment="Bien", reason="first mark")


@endpoint(
    "PUT",
    PATH,
    may=GRADERS,
    answers={200: GradeAnswer, 201: GradeAnswer},
    example=EXAMPLE,
    conflicts=(problems.CONFLICT, problems.TERM_FROZEN),
)
async def put_grade(
    request: web.Request, caller: Caller, path: GradePath, precondition: Precondition, body: GradeChange
) -> web.StreamResponse:
    """Record a grade: the first one with `If-None-Match: *` (201), another with `If-Match: "3"` (200)."""
    parts = request.app[PARTS]

    cell = await scope.cell_to_grade(caller, parts.configuration, path)
    match await parts.grade_writing.record(caller, cell, body, precondition):
        case Recorded(grade, comment):
            status = 201 if isinstance(precondition, Create) else 200
            return answer(GradeAnswer.of(grade, comment), status=status, version=grade.version)
        case Superseded() as superseded:
            raise version_conflict(superseded)


@endpoint("GET", PATH, may=EVERY_ROLE, answers={200: GradeAnswer})
async def get_grade(request: web.Request, caller: Caller, path: GradePath) -> web.StreamResponse:
    """Read a grade, as it was last written."""
    parts = request.app[PARTS]
    table = parts.tables.of(caller.context)

    cell = await scope.cell_to_read(caller, parts.configuration, table, path)
    key = keys.grade(caller.context, path.student_id, cell.assessment.term, path.class_id, path.assessment_id)
    item = await table.get(key, consistent=True)
    if item is None:
        raise problems.not_found()
    grade = Grade.from_item(item)
    comment = await parts.texts.open(caller.context, comment_of(grade))
    return answer(GradeAnswer.of(grade, comment), version=grade.version)


def version_conflict(superseded: Superseded) -> Problem:
    """Return the answer 412, with the grade that stands there."""
    current = superseded.current
    if current is None:
        return problems.version_conflict(current=None, detail="there is no grade yet; create it with If-None-Match: *")
    return problems.version_conflict(current=GradeAnswer.of(current, superseded.comment), etag=etag(current.version))
