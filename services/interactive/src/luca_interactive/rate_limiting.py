"""Each school has a rate of its own, so that a busy one is slowed down and no other notices."""

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from luca_interactive.authentication import CONTEXT
from luca_shared.runtime import problems
from luca_shared.tenancy.limits import Allowance, SchoolRateLimit

ALLOWANCE: web.RequestKey[Allowance] = web.RequestKey("allowance", Allowance)


def rate_limiting(limit: SchoolRateLimit) -> Middleware:
    """A middleware, inside of authentication, that answers 429 to a school that has used up its rate."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        allowance = request[ALLOWANCE] = limit.take(request[CONTEXT].school_id)
        if not allowance.granted:
            raise problems.rate_limited(retry_after=allowance.retry_after_s)
        return await handler(request)

    return middleware


async def send_rate_limit(request: web.Request, response: web.StreamResponse) -> None:
    """Say in every answer what is left (draft-ietf-httpapi-ratelimit-headers-10); an `on_response_prepare` signal."""
    allowance = request.get(ALLOWANCE)
    if allowance is not None:
        response.headers["RateLimit-Policy"] = f'"school";q={allowance.limit}'
        response.headers["RateLimit"] = f'"school";r={allowance.remaining};t={allowance.reset_s}'
