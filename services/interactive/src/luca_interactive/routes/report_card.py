"""A student's report card, of a term or of all that are open."""

from aiohttp import web

from luca_interactive.access import EVERY_ROLE, Caller, endpoint
from luca_interactive.api.paths import StudentPath
from luca_interactive.api.report_cards import ReportCardAnswer, ReportCardQuery
from luca_interactive.parts import PARTS
from luca_interactive.report_card import read_report_card
from luca_shared.runtime.json_answers import answer


@endpoint("GET", "/v1/students/{student_id}/report-card", may=EVERY_ROLE, answers={200: ReportCardAnswer})
async def get_report_card(
    request: web.Request, caller: Caller, path: StudentPath, query: ReportCardQuery
) -> web.StreamResponse:
    """Read what a student's grades come to in each class; a teacher sees the own classes."""
    parts = request.app[PARTS]
    terms = (query.term,) if query.term else await parts.configuration.open_terms(caller.context)
    return answer(await read_report_card(caller, parts.tables.of(caller.context), path.student_id, terms))
