"""What other rules would change, before they are put in force."""

from typing import Final

from aiohttp import web
from msgspec.structs import asdict

from luca_interactive.access import ADMINISTRATORS, Caller, endpoint
from luca_interactive.api.paths import SubjectPath
from luca_interactive.api.rules_previews import ClassPreviewAnswer, RulesPreviewAnswer, RulesPreviewRequest
from luca_interactive.configuration import DENIAL_AGE_S, Classroom, Configuration, NotSetUp
from luca_interactive.grading import Scale
from luca_interactive.in_turns import in_turns
from luca_interactive.parts import PARTS
from luca_interactive.routes import rules
from luca_interactive.rules_fitness import refuse_unfit
from luca_interactive.rules_preview import preview_of_class, total_of
from luca_interactive.subject_classes import open_classes_of
from luca_shared.runtime import problems
from luca_shared.runtime.json_answers import answer
from luca_shared.runtime.problems import ErrorDetail
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import ClassId, Subject

# Each costs two readings, and the averages of its students twice; more might not be done within a request's deadline.
MOST_CLASSES: Final = 50
_AT_ONCE: Final = 5


@endpoint(
    "POST",
    rules.PATH + "/preview",
    may=ADMINISTRATORS,
    answers={200: RulesPreviewAnswer},
    example=RulesPreviewRequest(**asdict(rules.EXAMPLE)),
)
async def preview_rules(
    request: web.Request, caller: Caller, path: SubjectPath, body: RulesPreviewRequest
) -> web.StreamResponse:
    """Tell what these rules would change for each student of a class, or of all classes; nothing is written."""
    refuse_unfit(body)
    parts = request.app[PARTS]
    context, subject = caller.context, path.subject
    table = parts.tables.of(context)

    now = await parts.rules_writing.in_force(context, subject)
    if body.class_id is not None:
        class_ids = [body.class_id]
    else:
        class_ids = [each.class_id for each in await open_classes_of(table, parts.configuration, subject)]
        if len(class_ids) > MOST_CLASSES:
            fault = f"is required: the subject has more than {MOST_CLASSES} classes"
            raise problems.validation([ErrorDetail("/class_id", fault)])
        if now is None and not class_ids:
            raise problems.not_found()

    then = parts.rules_writing.wanted(caller, subject, body, 1 if now is None else now.version + 1)
    scale_now, scale_then = None if now is None else Scale(now), Scale(then)

    async def preview(class_id: ClassId) -> ClassPreviewAnswer:
        classroom = await _classroom(context, parts.configuration, class_id, subject)
        return await preview_of_class(table, classroom, scale_now, scale_then)

    classes = await in_turns(class_ids, preview, at_once=_AT_ONCE)
    return answer(
        RulesPreviewAnswer(
            subject=subject,
            rules_version=None if now is None else now.version,
            changed=total_of(classes),
            classes=classes,
        )
    )


async def _classroom(
    context: TenantContext, configuration: Configuration, class_id: ClassId, subject: Subject
) -> Classroom:
    try:
        classroom = await configuration.classroom(context, class_id, max_age=DENIAL_AGE_S)
    except NotSetUp:
        raise problems.not_found() from None
    if classroom.info.subject != subject:
        raise problems.validation([ErrorDetail("/class_id", "must be a class of this subject")])
    return classroom
