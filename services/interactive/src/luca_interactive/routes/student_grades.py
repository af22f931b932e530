"""A student's grades, of a term or of all that are open."""

from aiohttp import web

from luca_interactive import scope
from luca_interactive.access import EVERY_ROLE, Caller, endpoint
from luca_interactive.api.grades import GradeAnswer
from luca_interactive.api.lists import ListAnswer, TermListQuery
from luca_interactive.api.paths import StudentPath
from luca_interactive.parts import PARTS
from luca_interactive.ranges import part_of
from luca_interactive.sealed_texts import comments_of
from luca_shared.records.grade import Grade
from luca_shared.runtime.json_answers import answer
from luca_shared.tenancy import keys


@endpoint("GET", "/v1/students/{student_id}/grades", may=EVERY_ROLE, answers={200: ListAnswer[GradeAnswer]})
async def get_student_grades(
    request: web.Request, caller: Caller, path: StudentPath, query: TermListQuery
) -> web.StreamResponse:
    """List a student's current grades; a teacher sees those of the own classes."""
    parts = request.app[PARTS]
    context, student_id = caller.context, path.student_id
    table = parts.tables.of(context)

    class_ids = await scope.classes_of_record(caller, table, student_id)
    terms = (query.term,) if query.term else await parts.configuration.open_terms(context)
    part = await part_of(
        table,
        keys.grades_of_student(context, student_id, query.term),
        query,
        ranges=[keys.grades_of_student(context, student_id, term) for term in terms],
        wanted=None if class_ids is None else lambda item: item["class_id"] in class_ids,
    )
    grades = [Grade.from_item(item) for item in part.items]
    comments = await parts.texts.open_many(context, comments_of(grades))
    return answer(ListAnswer(list(map(GradeAnswer.of, grades, comments)), part.next_cursor))
