"""Answers are sent compressed to whoever takes gzip, where that helps and gives nothing away.

What is compressed together can be guessed from the length (BREACH), if an attacker can have a victim send requests and
puts guesses into the answer beside a secret. Nobody's browser adds a bearer token by itself, and no answer holds one;
still, problems are sent as they are, for they repeat what the client sent. Nor is anything with an entity tag
compressed: a strong tag names the bytes, and those of one version must be the same for everybody. What remains is what
gains: lists, gradebooks and tables.
"""

from typing import Final

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler
from aiohttp.web_response import ContentCoding

from luca_shared.runtime.accept import preferences

LEAST: Final = 1024  # bytes; below it, a packet is a packet


@web.middleware
async def compression(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Compress an answer of success that is large enough and has no entity tag."""
    response = await handler(request)
    if not isinstance(response, web.Response) or hdrs.ETAG in response.headers or response.status != 200:
        return response
    if isinstance(response.body, bytes) and len(response.body) >= LEAST:
        response.headers[hdrs.VARY] = hdrs.ACCEPT_ENCODING
        if accepts_gzip(request):
            response.enable_compression(ContentCoding.gzip)
    return response


def accepts_gzip(request: web.Request) -> bool:
    """Whether `Accept-Encoding` takes gzip (RFC 9110 section 12.5.3); aiohttp would also take `gzip;q=0` for yes."""
    weights = dict(preferences(",".join(request.headers.getall(hdrs.ACCEPT_ENCODING, []))))
    return weights.get("gzip", weights.get("*", 0.0)) > 0
