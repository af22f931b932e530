"""One assessment: who teaches the class sets it up, and deletes it while nobody has a grade in it."""

from typing import Final

from aiohttp import web

from luca_interactive import scope
from luca_interactive.access import GRADERS, Caller, endpoint
from luca_interactive.api.classes import AssessmentAnswer, AssessmentChange, MaxScore
from luca_interactive.api.paths import AssessmentPath
from luca_interactive.assessment_deletion import remove_assessment
from luca_interactive.assessment_writing import store_assessment
from luca_interactive.parts import PARTS
from luca_shared.runtime import problems
from luca_shared.runtime.json_answers import answer, no_content
from luca_shared.runtime.preconditions import Create, Precondition

PATH: Final = "/v1/classes/{class_id}/assessments/{assessment_id}"

EXAMPLE: Final = AssessmentChange(category="exam", title="Prueba 1", max_score=MaxScore(10))


@endpoint(
    "PUT",
    PATH,
    may=GRADERS,
    answers={200: AssessmentAnswer, 201: AssessmentAnswer},
    example=EXAMPLE,
    conflicts=(problems.TERM_FROZEN,),
)
async def put_assessment(
    request: web.Request, caller: Caller, path: AssessmentPath, precondition: Precondition, body: AssessmentChange
) -> web.StreamResponse:
    """Set up an assessment: a new one with `If-None-Match: *` (201), a change of it with `If-Match: "3"` (200)."""
    parts = request.app[PARTS]
    await scope.class_of(caller, parts.configuration, path.class_id)
    assessment = await store_assessment(
        caller, parts.tables, parts.configuration, path.class_id, path.assessment_id, body, precondition
    )
    status = 201 if isinstance(precondition, Create) else 200
    return answer(AssessmentAnswer.of(assessment), status=status, version=assessment.version)


@endpoint("DELETE", PATH, may=GRADERS, answers={204: None}, conflicts=(problems.TERM_FROZEN,))
async def delete_assessment(
    request: web.Request, caller: Caller, path: AssessmentPath, version: int
) -> web.StreamResponse:
    """Delete an assessment that has no grades."""
    parts = request.app[PARTS]
    await scope.class_of(caller, parts.configuration, path.class_id)
    await remove_assessment(caller, parts.tables, parts.configuration, path.class_id, path.assessment_id, version)
    return no_content()
