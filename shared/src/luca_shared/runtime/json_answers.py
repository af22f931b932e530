"""How answers become JSON: numbers exact, times in one form."""

from collections.abc import Mapping
from typing import Any

import msgspec
from aiohttp import web

from luca_shared.runtime.exact_numbers import encode_hook

_encoder = msgspec.json.Encoder(decimal_format="number", enc_hook=encode_hook)


def encode(value: Any) -> bytes:
    """JSON of structs, dicts, lists, strings, ints and decimals."""
    return _encoder.encode(value)


def etag(version: int) -> str:
    """The strong entity tag of a version: `"3"`, quotes included."""
    return f'"{version}"'


def answer(
    value: Any, *, status: int = 200, version: int | None = None, headers: Mapping[str, str] | None = None
) -> web.Response:
    """An answer with personal data: no cache may keep it. `version` becomes its ETag."""
    all_headers = {"Cache-Control": "private, no-store", **(headers or {})}
    if version is not None:
        all_headers["ETag"] = etag(version)
    return web.Response(body=encode(value), status=status, headers=all_headers, content_type="application/json")
