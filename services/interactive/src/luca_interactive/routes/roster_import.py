"""The import of rosters: many students into many classes, from one CSV file."""

from typing import Final

from aiohttp import web

from luca_interactive.access import ADMINISTRATORS, Caller, endpoint
from luca_interactive.api.rosters import ImportAnswer, ImportQuery
from luca_interactive.parts import PARTS
from luca_interactive.roster_import import import_rosters
from luca_shared.runtime.json_answers import answer

EXAMPLE: Final = "class_id,student_id\r\n"


@endpoint("POST", "/v1/rosters/import", may=ADMINISTRATORS, answers={200: ImportAnswer}, example=EXAMPLE)
async def post_roster_import(request: web.Request, caller: Caller, query: ImportQuery, csv: str) -> web.StreamResponse:
    """Enroll what a file of `class_id` and `student_id` says; with `dry_run=true`, only say what would happen."""
    parts = request.app[PARTS]
    return answer(await import_rosters(caller.context, parts.tables, parts.configuration, csv, dry_run=query.dry_run))
