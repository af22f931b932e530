"""Whatever goes wrong in a handler becomes a problem that the client can act on, logged once when it is our fault."""

import asyncio
import logging

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from luca_shared.runtime import correlation, problems
from luca_shared.runtime.metrics import NO_ANSWER
from luca_shared.runtime.problems import Problem

DEADLINE: web.RequestKey[float] = web.RequestKey("deadline", float)
"""The loop's time at which a request is given up, for what wants to answer before."""

_log = logging.getLogger(__name__)


def problem_middleware(*, deadline: float) -> Middleware:
    """Turn exceptions into problems, and give each request `deadline` seconds, reading its body included."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        request[DEADLINE] = asyncio.get_running_loop().time() + deadline
        try:
            async with asyncio.timeout_at(request[DEADLINE]):
                return await handler(request)
        except Exception as error:  # the client gets an answer, the log gets the rest
            if isinstance(error, web.HTTPException) and error.status < 400:
                raise  # a redirect is an answer
            if isinstance(error, ConnectionError) and request.transport is None:
                return web.Response(status=NO_ANSWER)
            return problems.to_response(_problem_of(request, error), correlation.current())

    return middleware


def _problem_of(request: web.Request, error: Exception) -> Problem:
    match error:
        case Problem():
            if error.status >= 500:
                _log.warning("a request could not be served", exc_info=error)
            problem = error
        case web.HTTPException():
            problem = _translated(request, error)
        case web.RequestPayloadError():
            problem = problems.malformed_json("the body is not what its headers say")
        case TimeoutError():  # the deadline, or something below that waited as long as it could
            _log.warning("a request took too long", exc_info=error)
            problem = problems.unavailable("this took too long; try again")
        case _:
            _log.error("a request failed", exc_info=error)
            problem = problems.internal()
    return problem


def _translated(request: web.Request, error: web.HTTPException) -> Problem:
    """The problem for an error that aiohttp raises by itself."""
    match error:
        case web.HTTPNotFound():
            return problems.not_found("there is nothing at this address")
        case web.HTTPMethodNotAllowed():
            return problems.method_not_allowed(sorted(error.allowed_methods))
        case web.HTTPRequestEntityTooLarge():
            return problems.too_large(request.client_max_size)
        case web.HTTPUnsupportedMediaType():
            return problems.unsupported_media_type("application/json")
        case _:
            return problems.other(error.status)
