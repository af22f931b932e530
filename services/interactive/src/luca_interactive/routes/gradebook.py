"""The gradebook of a class: its students, its assessments, every grade, and the averages."""

from typing import Final

from aiohttp import web

from luca_interactive import scope
from luca_interactive.access import STAFF, Caller, endpoint
from luca_interactive.api.gradebooks import GradebookAnswer, GradebookQuery
from luca_interactive.api.paths import ClassPath
from luca_interactive.configuration import NotSetUp
from luca_interactive.gradebook import read_gradebook
from luca_interactive.gradebook_rows import gradebook_rows
from luca_interactive.parts import PARTS, Parts
from luca_shared.runtime import problems
from luca_shared.runtime.csv_answers import answer_csv
from luca_shared.runtime.csv_text import CSV
from luca_shared.runtime.json_answers import answer

PATH: Final = "/v1/classes/{class_id}/gradebook"


@endpoint("GET", PATH, may=STAFF, answers={200: GradebookAnswer}, conflicts=(problems.CONFLICT,))
async def get_gradebook(
    request: web.Request, caller: Caller, path: ClassPath, query: GradebookQuery
) -> web.StreamResponse:
    """Read a class's gradebook in one term, the class's own when none is given."""
    return answer(await _gradebook(request.app[PARTS], caller, path, query))


@endpoint("GET", PATH + ".csv", may=STAFF, answers={200: CSV}, conflicts=(problems.CONFLICT,))
async def get_gradebook_csv(
    request: web.Request, caller: Caller, path: ClassPath, query: GradebookQuery
) -> web.StreamResponse:
    """Save a class's gradebook in one term as a file for a spreadsheet: a line for each student."""
    gradebook = await _gradebook(request.app[PARTS], caller, path, query)
    filename = f"gradebook-{gradebook.class_.class_id}-{gradebook.term}.csv"
    return answer_csv(gradebook_rows(gradebook), filename=filename)


async def _gradebook(parts: Parts, caller: Caller, path: ClassPath, query: GradebookQuery) -> GradebookAnswer:
    configuration = parts.configuration
    classroom = await scope.class_of(caller, configuration, path.class_id)
    try:
        scale = await configuration.scale(caller.context, classroom.info.subject)
    except NotSetUp:
        raise problems.conflict("the subject has no grading rules yet") from None
    table = parts.tables.of(caller.context)
    term = query.term or classroom.info.term
    return await read_gradebook(table, parts.texts, configuration, classroom, scale, term)
