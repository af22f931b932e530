"""The history of a grade: every version that it has had, oldest first."""

from aiohttp import web

from luca_interactive import scope
from luca_interactive.access import EVERY_ROLE, Caller, endpoint
from luca_interactive.api.grades import GradeVersionAnswer
from luca_interactive.api.lists import ListAnswer, ListQuery
from luca_interactive.api.paths import GradePath
from luca_interactive.parts import PARTS
from luca_interactive.ranges import part_of
from luca_interactive.routes import grade
from luca_interactive.sealed_texts import comments_of, reason_of
from luca_shared.records.grade import GradeVersion
from luca_shared.runtime import problems
from luca_shared.runtime.json_answers import answer
from luca_shared.tenancy import keys


@endpoint("GET", grade.PATH + "/history", may=EVERY_ROLE, answers={200: ListAnswer[GradeVersionAnswer]})
async def get_grade_history(
    request: web.Request, caller: Caller, path: GradePath, query: ListQuery
) -> web.StreamResponse:
    """List a grade's versions: who recorded what, when and why."""
    parts = request.app[PARTS]
    table = parts.tables.of(caller.context)

    cell = await scope.cell_to_read(caller, parts.configuration, table, path)
    term = cell.assessment.term
    versions_of_it = keys.versions_of_grade(caller.context, path.student_id, term, path.class_id, path.assessment_id)
    part = await part_of(table, versions_of_it, query)
    if not part.items and query.cursor is None:
        raise problems.not_found()

    versions = [GradeVersion.from_item(item) for item in part.items]
    opened = await parts.texts.open_many(caller.context, [*comments_of(versions), *map(reason_of, versions)])
    comments, reasons = opened[: len(versions)], opened[len(versions) :]
    items = list(map(GradeVersionAnswer.of, versions, comments, reasons))
    return answer(ListAnswer(items, part.next_cursor))
