"""Hands a request on to a service and its answer back, both as they are."""

import io

import aiohttp
from aiohttp import hdrs, web
from multidict import CIMultiDict
from yarl import URL

from luca_local.edge import forwarded_headers
from luca_shared.runtime import correlation, problems
from luca_shared.runtime.problems import Problem

_CHUNK = 64 * 1024
_MAYBE_DONE = "whether it was carried out is unknown: read what is there before you send it again"


class Proxy:
    """Requests to one service.

    A request's body is read whole before anything is sent, as API Gateway does it: one that is too large reaches no
    service, and a slow client holds none of its connections. Answers are streamed.

    Args:
        session: Made by `client_session`.
        origin: Scheme, host and port of the service.
        timeout: Of everything that the service does for a request, in seconds.
    """

    def __init__(self, session: aiohttp.ClientSession, origin: str, *, timeout: float) -> None:
        self._session = session
        self._origin = origin.rstrip("/")
        self._timeout = aiohttp.ClientTimeout(total=timeout)

    async def hand_on(self, request: web.Request) -> web.StreamResponse:
        """Return the service's answer, already under way to the client.

        Raises:
            Problem: 413, or 502, 503 and 504 when the service could not be asked or did not answer.
        """
        if not request.raw_path.startswith("/"):  # an absolute URI, which could name another host
            raise problems.not_found()
        url = URL(self._origin + request.raw_path, encoded=True)  # not one percent sign of it is changed
        # As a file, because aiohttp warns of bytes that are many.
        body = io.BytesIO(await request.read()) if request.can_read_body else None
        try:
            async with self._session.request(
                request.method,
                url,
                headers=_headers(request),
                data=body,
                allow_redirects=False,
                timeout=self._timeout,
            ) as answer:
                return await _hand_back(request, answer)
        except aiohttp.ClientConnectorError:
            raise problems.unavailable("the service does not answer; try again in a moment") from None
        except TimeoutError:
            raise _gateway_problem(504, f"the service took too long; {_MAYBE_DONE}") from None
        except aiohttp.ClientError:
            raise _gateway_problem(502, f"the service gave no answer that can be read; {_MAYBE_DONE}") from None


def client_session() -> aiohttp.ClientSession:
    """Return a session that adds nothing to a request and changes nothing of an answer."""
    return aiohttp.ClientSession(
        auto_decompress=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        skip_auto_headers=[hdrs.ACCEPT, hdrs.ACCEPT_ENCODING, hdrs.CONTENT_TYPE, hdrs.USER_AGENT],
        # Shorter than the service's own patience, so that a connection is never used while it is being closed.
        connector=aiohttp.TCPConnector(limit=1000, keepalive_timeout=15),
    )


def _headers(request: web.Request) -> CIMultiDict[str]:
    return forwarded_headers.to_service(
        request.headers,
        peer=request.remote or "unknown",
        scheme=request.scheme,
        host=request.host,
        correlation_id=correlation.current() or correlation.new(),
    )


async def _hand_back(request: web.Request, answer: aiohttp.ClientResponse) -> web.StreamResponse:
    response = web.StreamResponse(
        status=answer.status, reason=answer.reason, headers=forwarded_headers.to_client(answer.headers)
    )
    await response.prepare(request)
    try:
        async for chunk in answer.content.iter_chunked(_CHUNK):
            await response.write(chunk)
    except (aiohttp.ClientError, TimeoutError):
        # Half of an answer is with the client already: only a cut connection tells it that the rest is missing.
        if request.transport is not None:
            request.transport.abort()
        return response
    await response.write_eof()
    return response


def _gateway_problem(status: int, detail: str) -> Problem:
    problem = problems.other(status)
    problem.detail = detail
    return problem
