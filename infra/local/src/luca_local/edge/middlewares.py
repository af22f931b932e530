"""What the edge does to every request, whatever it asks for: its correlation id, and the stage throttle."""

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from luca_local.edge.token_bucket import TokenBucket
from luca_shared.runtime import correlation, problems
from luca_shared.runtime.correlation_middleware import CORRELATION_ID


@web.middleware
async def new_correlation_id(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give each request an id of its own, like API Gateway's `extendedRequestId`; a client can't choose it."""
    request[CORRELATION_ID] = correlation_id = correlation.new()
    with correlation.bind(correlation_id):
        return await handler(request)


def stage_throttle(bucket: TokenBucket, *, without: frozenset[str]) -> Middleware:
    """Return the middleware; requests for the paths `without` cost nothing."""

    @web.middleware
    async def throttle(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path not in without and (wait := bucket.take()):
            raise problems.rate_limited(retry_after=wait)
        return await handler(request)

    return throttle
