"""How answers become JSON: numbers exact, and each number in one form only."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec
from aiohttp import web

from luca_shared.runtime.exact_numbers import canonical_text, encode_hook

_encoder = msgspec.json.Encoder(decimal_format="number", enc_hook=encode_hook)

# A Decimal is printed as it is: 84.0 after rounding to one decimal, 1E+2 after a division. These find it, and now and
# then a text that looks like it, which costs nothing but time. Apart they are ten times as fast as joined: each
# begins with a literal. (A timestamp's `.120Z` is no such number, nor is what an id has after its hyphens.)
_NOT_CANONICAL = tuple(
    map(re.compile, (rb"\.[0-9]*0(?![0-9Z])", rb"E[+-]", rb"-0(?![0-9.])(?<![^:,\[]-0)", rb"NaN", rb"Infinity"))
)


def encode(value: Any) -> bytes:
    """JSON of structs, dicts, lists, texts, ints and decimals; 85 for the decimals 85, 85.0 and 8.5E+1.

    Raises:
        ValueError: a decimal is infinite or not a number.
    """
    body = _encoder.encode(value)
    if any(pattern.search(body) for pattern in _NOT_CANONICAL):
        return _encoder.encode(
            _canonical(msgspec.to_builtins(value, builtin_types=(Decimal, msgspec.Raw), enc_hook=_as_decimal))
        )
    return body


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


def no_content() -> web.Response:
    """The answer to what is done and leaves nothing to show."""
    return web.Response(status=204, headers={"Cache-Control": "private, no-store"})


def _as_decimal(value: Any) -> Any:
    if isinstance(value, Decimal):
        return Decimal(value)
    raise NotImplementedError(f"no way to encode {type(value).__name__}")


def _canonical(value: Any) -> Any:
    match value:
        case Decimal():
            return msgspec.Raw(canonical_text(value).encode())
        case dict():
            return {name: _canonical(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_canonical(inner) for inner in value]
        case _:
            return value
