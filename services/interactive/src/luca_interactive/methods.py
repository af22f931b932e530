"""Which methods a resource has: told to OPTIONS with 204, and to any other method that it doesn't have with 405.

Both need a token and read nothing: whether there is a thing of that name, and whose, doesn't show.
"""

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from luca_shared.runtime import problems


@web.middleware
async def allowed_methods(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer a method for which there is no endpoint."""
    refused = request.match_info.http_exception
    if not isinstance(refused, web.HTTPMethodNotAllowed):
        return await handler(request)
    methods = sorted({*refused.allowed_methods, hdrs.METH_OPTIONS})
    if request.method != hdrs.METH_OPTIONS:
        raise problems.method_not_allowed(methods)
    return web.Response(status=204, headers={hdrs.ALLOW: ", ".join(methods), hdrs.CACHE_CONTROL: "private, no-store"})
