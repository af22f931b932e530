"""What anybody may read without a token: the API's description and the page that shows it; bytes, fixed at the start.

There is no code in a public file that could read anything of a school. That is why it may stand before authentication,
which lets nothing else past.
"""

import base64
import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any, Final

import msgspec
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from luca_interactive.compression import accepts_gzip
from luca_shared.runtime.requests import JSON

DESCRIPTION: Final = "/openapi.json"
PAGE: Final = "/docs"
STYLE: Final = "/docs/page.css"
SCRIPT: Final = "/docs/page.js"

_PAGE_POLICY: Final = "; ".join([
    "default-src 'none'", "connect-src 'self'", "script-src 'self'", "style-src 'self'", "img-src data:",
    "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'",
    "trusted-types 'none'",
])  # fmt: skip
_FILES: Final = resources.files("luca_interactive.docs_page")


@dataclass(frozen=True, slots=True)
class PublicFile:
    """A file that anybody may read.

    Attributes:
        headers: Of every answer, beside those that tell of the file itself.
    """

    path: str
    media_type: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    compressed: bytes = field(init=False)
    tag: str = field(init=False)

    def __post_init__(self) -> None:
        digest = hashlib.sha256(self.body).digest()[:12]
        object.__setattr__(self, "compressed", gzip.compress(self.body, mtime=0))
        object.__setattr__(self, "tag", base64.urlsafe_b64encode(digest).decode())

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer with the file, or 304 to whoever has it already."""
        packed = accepts_gzip(request)
        tag = f"{self.tag}-gzip" if packed else self.tag  # strong, so it names the bytes (RFC 9110 section 8.8.3.3)
        headers = {
            hdrs.ETAG: f'"{tag}"',
            hdrs.CACHE_CONTROL: "public, no-cache",  # kept, and asked for anew each time
            hdrs.VARY: hdrs.ACCEPT_ENCODING,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            **self.headers,
        }
        if any(each.value in {tag, "*"} for each in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        if packed:
            headers[hdrs.CONTENT_ENCODING] = "gzip"
        headers[hdrs.CONTENT_TYPE] = self.media_type
        return web.Response(body=self.compressed if packed else self.body, headers=headers)


def public_files(description: Mapping[str, Any]) -> tuple[PublicFile, ...]:
    """Return all that is public, for this description."""
    return (
        PublicFile(DESCRIPTION, JSON, msgspec.json.encode(description)),
        PublicFile(PAGE, "text/html; charset=utf-8", _read("page.html"), {"Content-Security-Policy": _PAGE_POLICY}),
        PublicFile(STYLE, "text/css; charset=utf-8", _read("page.css")),
        PublicFile(SCRIPT, "text/javascript; charset=utf-8", _read("page.js")),
    )


@web.middleware
async def public_first(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer what is public; everything else goes on, to be authenticated."""
    found = getattr(request.match_info.handler, "__self__", None)
    if isinstance(found, PublicFile):
        return await found.answer(request)
    return await handler(request)


def _read(name: str) -> bytes:
    return _FILES.joinpath(name).read_bytes()
