"""One term: an administrator sets it up, freezes it for the government, and reopens it."""

from typing import Final

from aiohttp import web

from luca_interactive.access import ADMINISTRATORS, Caller, endpoint
from luca_interactive.api.paths import TermPath
from luca_interactive.api.terms import TermAnswer, TermChange, TermStateChange
from luca_interactive.parts import PARTS
from luca_shared.records.term import Term
from luca_shared.runtime.json_answers import answer
from luca_shared.runtime.preconditions import Create, Precondition

PATH: Final = "/v1/terms/{term}"


@endpoint(
    "PUT",
    PATH,
    may=ADMINISTRATORS,
    answers={200: TermAnswer, 201: TermAnswer},
    example=TermChange(title="Fourth quarter of 2026"),
)
async def put_term(
    request: web.Request, caller: Caller, path: TermPath, precondition: Precondition, body: TermChange
) -> web.StreamResponse:
    """Set up a term, which is open then: `If-None-Match: *` (201); or change its title: `If-Match: "3"` (200)."""
    term = await request.app[PARTS].term_writing.set_up(caller, path.term, body, precondition)
    return _answer(request, term, status=201 if isinstance(precondition, Create) else 200)


@endpoint(
    "POST",
    PATH + "/freeze",
    may=ADMINISTRATORS,
    answers={200: TermAnswer},
    example=TermStateChange(reason="the term is over"),
)
async def freeze_term(
    request: web.Request, caller: Caller, path: TermPath, version: int, body: TermStateChange
) -> web.StreamResponse:
    """Freeze a term: no grade is taken any more, and from `frozen_from` on none can come."""
    return _answer(request, await request.app[PARTS].term_writing.freeze(caller, path.term, body.reason, version))


@endpoint(
    "POST",
    PATH + "/reopen",
    may=ADMINISTRATORS,
    answers={200: TermAnswer},
    example=TermStateChange(reason="an exam was graded wrongly"),
)
async def reopen_term(
    request: web.Request, caller: Caller, path: TermPath, version: int, body: TermStateChange
) -> web.StreamResponse:
    """Reopen a term for corrections; what the government has already got, it gets again as a new version."""
    return _answer(request, await request.app[PARTS].term_writing.reopen(caller, path.term, body.reason, version))


def _answer(request: web.Request, term: Term, *, status: int = 200) -> web.Response:
    return answer(request.app[PARTS].term_writing.shown(term), status=status, version=term.version)
