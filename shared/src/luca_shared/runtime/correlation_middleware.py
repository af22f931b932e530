"""Each request works for one correlation id, and its answer carries it, whatever the answer is."""

from aiohttp import web
from aiohttp.typedefs import Handler

from luca_shared.runtime import correlation

CORRELATION_ID: web.RequestKey[str] = web.RequestKey("correlation_id", str)


@web.middleware
async def correlation_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Adopt the caller's `X-Correlation-Id` where it is acceptable, else make one."""
    correlation_id = correlation.adopt(request.headers.get(correlation.HEADER))
    request[CORRELATION_ID] = correlation_id
    with correlation.bind(correlation_id):
        return await handler(request)


async def send_correlation_id(request: web.Request, response: web.StreamResponse) -> None:
    """Set the header; an `on_response_prepare` signal, so that streams and redirects have it too."""
    response.headers[correlation.HEADER] = request.get(CORRELATION_ID) or correlation.new()
