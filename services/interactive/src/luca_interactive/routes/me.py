"""The person who asks: who he or she is in this school, and whose data that opens."""

from aiohttp import web

from luca_interactive.access import EVERY_ROLE, Caller, endpoint
from luca_interactive.api.people import MeAnswer
from luca_interactive.configuration import Configuration
from luca_interactive.parts import PARTS
from luca_interactive.together import together
from luca_shared.records.class_ import Class, Enrollment
from luca_shared.records.student import GuardianLink
from luca_shared.runtime.json_answers import answer
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import Role
from luca_shared.tenancy.ids import ClassId, StudentId
from luca_shared.tenancy.table import TenantTable


@endpoint("GET", "/v1/me", may=EVERY_ROLE, answers={200: MeAnswer})
async def get_me(request: web.Request, caller: Caller) -> web.StreamResponse:
    """Say who the caller is."""
    parts = request.app[PARTS]
    table = parts.tables.of(caller.context)
    student_ids, class_ids = await together(_students(caller, table), _classes(caller, table, parts.configuration))
    return answer(
        MeAnswer(
            person_id=caller.person_id,
            school_id=caller.context.school_id,
            roles=sorted(caller.roles),
            student_ids=sorted(student_ids),
            class_ids=sorted(class_ids),
        )
    )


async def _students(caller: Caller, table: TenantTable) -> set[StudentId]:
    found = {StudentId(caller.person_id)} if Role.STUDENT in caller.roles else set()
    if Role.GUARDIAN in caller.roles:
        links = table.items(keys.guardian_links(caller.context, caller.person_id))
        found |= {GuardianLink.from_item(item).student_id async for item in links}
    return found


async def _classes(caller: Caller, table: TenantTable, configuration: Configuration) -> set[ClassId]:
    found: set[ClassId] = set()
    if not caller.roles & {Role.TEACHER, Role.STUDENT}:
        return found
    terms = await configuration.open_terms(caller.context)
    if Role.TEACHER in caller.roles:
        for term in terms:
            async for item in table.items(keys.class_entries(caller.context, term)):
                class_ = Class.from_item(item)
                if caller.person_id in class_.teacher_ids:
                    found.add(class_.class_id)
    if Role.STUDENT in caller.roles:
        async for item in table.items(keys.enrollments_of_student(caller.context, StudentId(caller.person_id))):
            enrollment = Enrollment.from_item(item)
            if enrollment.term in terms:
                found.add(enrollment.class_id)
    return found
