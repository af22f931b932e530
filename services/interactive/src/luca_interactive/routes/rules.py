"""A subject's grading rules: the staff reads them, an administrator changes them and tries out others."""

from typing import Final

from aiohttp import web

from luca_interactive.access import ADMINISTRATORS, STAFF, Caller, endpoint
from luca_interactive.api.paths import SubjectPath
from luca_interactive.api.rules import CategoryChange, RulesAnswer, RulesChange
from luca_interactive.parts import PARTS
from luca_shared.records.rules import Rounding
from luca_shared.runtime import problems
from luca_shared.runtime.exact_numbers import ExactNumber
from luca_shared.runtime.json_answers import answer
from luca_shared.runtime.preconditions import Create, Precondition

PATH: Final = "/v1/rules/{subject}"

EXAMPLE: Final = RulesChange(
    categories={
        "exam": CategoryChange(weight=ExactNumber(60)),
        "homework": CategoryChange(weight=ExactNumber(40), drop_lowest=1),
    },
    letters={"A": ExactNumber(90), "B": ExactNumber(80), "C": ExactNumber(60)},
    passing=ExactNumber(60),
    missing_as_zero=True,
    late_penalty_percent=ExactNumber(10),
    rounding=Rounding.HALF_UP,
    decimals=1,
)


@endpoint("GET", PATH, may=STAFF, answers={200: RulesAnswer})
async def get_rules(request: web.Request, caller: Caller, path: SubjectPath) -> web.StreamResponse:
    """Read the rules of a subject that are in force."""
    rules = await request.app[PARTS].rules_writing.in_force(caller.context, path.subject)
    if rules is None:
        raise problems.not_found()
    return answer(RulesAnswer.of(rules), version=rules.version)


@endpoint("PUT", PATH, may=ADMINISTRATORS, answers={200: RulesAnswer, 201: RulesAnswer}, example=EXAMPLE)
async def put_rules(
    request: web.Request, caller: Caller, path: SubjectPath, precondition: Precondition, body: RulesChange
) -> web.StreamResponse:
    """Give a subject its first rules with `If-None-Match: *` (201), others with `If-Match: "3"` (200)."""
    rules = await request.app[PARTS].rules_writing.change(caller, path.subject, body, precondition)
    status = 201 if isinstance(precondition, Create) else 200
    return answer(RulesAnswer.of(rules), status=status, version=rules.version)
