"""The roster of a class: who is enrolled in it, by name."""

from typing import Final

from aiohttp import web

from luca_interactive import scope
from luca_interactive.access import GRADERS, STAFF, Caller, endpoint
from luca_interactive.api.lists import ListAnswer, ListQuery
from luca_interactive.api.paths import ClassPath
from luca_interactive.api.rosters import RosterEntry
from luca_interactive.parts import PARTS
from luca_interactive.ranges import part_of
from luca_interactive.roster_reading import by_name, read_names
from luca_shared.records.class_ import Enrollment
from luca_shared.runtime.csv_answers import answer_csv
from luca_shared.runtime.csv_text import CSV
from luca_shared.runtime.json_answers import answer
from luca_shared.tenancy import keys

PATH: Final = "/v1/classes/{class_id}/roster"


@endpoint("GET", PATH, may=STAFF, answers={200: ListAnswer[RosterEntry]})
async def get_roster(request: web.Request, caller: Caller, path: ClassPath, query: ListQuery) -> web.StreamResponse:
    """List a class's students, by their ids."""
    parts = request.app[PARTS]
    await scope.class_of(caller, parts.configuration, path.class_id)
    table = parts.tables.of(caller.context)
    part = await part_of(table, keys.roster(caller.context, path.class_id), query, consistent=True)
    enrollments = [Enrollment.from_item(item) for item in part.items]
    names = await read_names(table, parts.texts, [each.student_id for each in enrollments])
    items = [
        RosterEntry(student_id=each.student_id, name=names.get(each.student_id), version=each.version)
        for each in enrollments
    ]
    return answer(ListAnswer(items, part.next_cursor))


@endpoint("GET", PATH + ".csv", may=GRADERS, answers={200: CSV})
async def get_roster_csv(request: web.Request, caller: Caller, path: ClassPath) -> web.StreamResponse:
    """Save a class's roster as a file for a spreadsheet, by name; it can be imported again."""
    parts = request.app[PARTS]
    await scope.class_of(caller, parts.configuration, path.class_id)
    classroom = await parts.configuration.classroom_now(caller.context, path.class_id)
    names = await read_names(parts.tables.of(caller.context), parts.texts, classroom.roster)
    students = sorted(classroom.roster, key=lambda student_id: by_name(names.get(student_id), student_id))
    rows = [(path.class_id, student_id, names.get(student_id)) for student_id in students]
    return answer_csv([("class_id", "student_id", "name"), *rows], filename=f"roster-{path.class_id}.csv")
