"""A write with an `Idempotency-Key` is answered once: a repeat is given the first answer, and nothing is done again.

The key is of one person and one route. Which answers are kept is said here, and how a repeat is known.
"""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from luca_interactive.failures import problem_of
from luca_interactive.first_answers import Answer, Claim, FirstAnswers, InWork, KeyedRequest, OtherRequest
from luca_shared.runtime import correlation, problems
from luca_shared.runtime.preconditions import parse_idempotency_key
from luca_shared.runtime.problem_middleware import DEADLINE
from luca_shared.runtime.problems import Problem
from luca_shared.tenancy.context import TenantContext

FIRST_ANSWERS: Final[web.AppKey[FirstAnswers]] = web.AppKey("first_answers", FirstAnswers)

REPLAYED: Final = "Idempotent-Replayed"

_HEADERS: Final = ("Content-Type", "Cache-Control", "ETag", "Location")
_PRECONDITIONS: Final = ("If-Match", "If-None-Match")
_RETRY_AFTER_S: Final = 1.0
_MARGIN_S: Final = 0.1  # before the request's time is over: a late answer is better than a kept one
_GIVING_UP_S: Final = 0.5  # the failure that led to it may be the table's own

_log = logging.getLogger(__name__)


async def answered_once(
    request: web.Request, context: TenantContext, work: Callable[[], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Answer by doing the work, or by what a request with the same key was answered.

    Raises:
        Problem: 422, the key is none or came with another request; 409, that request is in work; whatever the work
            raises that passes.
    """
    key = parse_idempotency_key(request)
    if key is None:
        return await work()
    keyed = await _keyed(request, context, key)
    found = await request.app[FIRST_ANSWERS].claim(context, keyed, within=_time_left(request))
    match found:
        case Answer(status, headers, body):
            return web.Response(status=status, headers={**headers, REPLAYED: "true"}, body=body)
        case OtherRequest():
            raise problems.idempotency_conflict()
        case InWork():
            raise problems.conflict("the first request with this key is in work", retry_after=_RETRY_AFTER_S)
        case Claim() as claim:
            return await _worked(request, context, keyed, claim, work)


async def _worked(
    request: web.Request,
    context: TenantContext,
    keyed: KeyedRequest,
    claim: Claim,
    work: Callable[[], Awaitable[web.StreamResponse]],
) -> web.StreamResponse:
    """Do the work and keep its answer. What is cancelled gives nothing up: its record is over when its time is."""
    try:
        response = await _answer_of(work)
    except Exception:
        await _give_up(request, context, keyed, claim)
        raise
    answer = _lasting(response)
    if answer is None:
        await _give_up(request, context, keyed, claim)
    else:
        await _keep(request, context, keyed, claim, answer)
    return response


async def _answer_of(work: Callable[[], Awaitable[web.StreamResponse]]) -> web.StreamResponse:
    """Return the answer, a refusal too: it is as final as any other."""
    try:
        return await work()
    except Problem as problem:
        if problem.status >= 500:
            raise
        return problems.to_response(problem, correlation.current())


def _lasting(response: web.StreamResponse) -> Answer | None:
    """Return what is kept of an answer: nothing of one that passes, or that asks the client to come back."""
    if response.status >= 500 or response.status == 429 or "Retry-After" in response.headers:
        return None
    if not isinstance(response, web.Response) or not isinstance(response.body, bytes | None):
        return None
    headers = {name: response.headers[name] for name in _HEADERS if name in response.headers}
    return Answer(response.status, headers, response.body or b"")


async def _keep(
    request: web.Request, context: TenantContext, keyed: KeyedRequest, claim: Claim, answer: Answer
) -> None:
    """Keep an answer, if that can be done in time. The work is done and said so either way."""
    try:
        async with asyncio.timeout_at(request[DEADLINE] - _MARGIN_S):
            await request.app[FIRST_ANSWERS].keep(context, keyed, claim, answer)
    except Exception as error:  # noqa: BLE001  # whatever it is, it is noted, and the answer goes out
        _log.warning("an answer was not kept for repeats of its request")
        problem_of(error)


async def _give_up(request: web.Request, context: TenantContext, keyed: KeyedRequest, claim: Claim) -> None:
    try:
        async with asyncio.timeout(_GIVING_UP_S):
            await request.app[FIRST_ANSWERS].give_up(context, keyed, claim)
    except Exception as error:  # noqa: BLE001  # what led to it is told
        _log.warning("a request that may be repeated is taken to be in work for some seconds")
        problem_of(error)


async def _keyed(request: web.Request, context: TenantContext, key: str) -> KeyedRequest:
    route = (request.method, request.path_qs)
    preconditions = [f"{name}:{value}" for name in _PRECONDITIONS for value in request.headers.getall(name, [])]
    asked = [*(part.encode() for part in (*route, *preconditions)), await request.read()]
    digest = _sha256(*(part.encode() for part in (context.person_id or "", *route, key)))
    return KeyedRequest(digest, _sha256(*asked), key)


def _sha256(*parts: bytes) -> str:
    """Hash texts, each with its length, so that no two lists of them read alike."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()


def _time_left(request: web.Request) -> float:
    return max(0.0, request[DEADLINE] - asyncio.get_running_loop().time())
