"""Answers what can't be read as a request at all, which no middleware ever sees: with a problem like everywhere else.

aiohttp would repeat what it could not read, in its answer and in the log: a piece of a header may be a token.
"""

import logging

from aiohttp import hdrs, web
from aiohttp.http_exceptions import HttpProcessingError, LineTooLong

from luca_shared.runtime import correlation, problems
from luca_shared.runtime.log_values import Public
from luca_shared.runtime.problems import Problem
from luca_shared.runtime.server_name import SERVER

_MOST = 8190  # aiohttp's, of the request's line and of each header

_log = logging.getLogger(__name__)


class AppRunner(web.AppRunner):
    """aiohttp's, but for these answers."""

    async def _make_server(self) -> web.Server:
        server = await super()._make_server()
        return _Server(
            server.request_handler,
            request_factory=server.request_factory,
            handler_cancellation=server.handler_cancellation,
            **server._kwargs,  # noqa: SLF001  # aiohttp hands them on like this too, and has no other way to them
        )


class _Server(web.Server):
    def __call__(self) -> web.RequestHandler:
        return _Connection(self, loop=self._loop, **self._kwargs)


class _Connection(web.RequestHandler):
    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002  # has in it what could not be read
    ) -> web.StreamResponse:
        if isinstance(exc, HttpProcessingError):
            _log.info("a request could not be read", extra={"kind": Public(type(exc).__name__)})
        else:
            _log.error("a request failed before it was handled", exc_info=exc)
        if request.writer.output_size > 0:
            raise ConnectionError("half of an answer has been sent already")
        response = problems.to_response(_problem(status, exc), correlation.new())
        response.headers[hdrs.SERVER] = SERVER
        response.force_close()
        return response


def _problem(status: int, error: BaseException | None) -> Problem:
    if status >= 500:
        return problems.internal()
    if isinstance(error, LineTooLong):
        problem = problems.other(431)
        problem.detail = f"the address and each header may have at most {_MOST} bytes"
    else:
        problem = problems.other(status)
        problem.detail = "this can't be read as an HTTP request"
    return problem
