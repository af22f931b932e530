"""What has not the form of a token, or more in its form than a token of ours."""

import json
from typing import Any

from luca_local.isolation.token_wall.minting import KID, segment, signed
from luca_local.isolation.token_wall.theirs import Made, theirs


def headers() -> Made:
    """Asking in their header for what we don't do."""
    anything: tuple[Any, ...] = (["exp"], [], ["b64"], "b64", None, {})
    for critical in anything:
        yield f"crit {critical!r}", signed(theirs(), {"alg": "RS256", "kid": KID, "crit": critical, "b64": False})
    for kind in ("at+jwt", "JWE", "dpop+jwt", "logout+jwt", "", 5, None, ["JWT"]):
        yield f"typ {kind!r}", signed(theirs(), {"alg": "RS256", "kid": KID, "typ": kind})


def mangled() -> Made:
    """Not of a token's form."""
    token = signed(theirs())
    head, said, signature = token.split(".")
    yield from (
        ("nothing", ""),
        ("a dot", "."),
        ("two dots", ".."),
        ("two parts", "a.b"),
        ("a dot at the end", token + "."),
        ("four parts", token + ".AAAA"),
        ("five parts, as JWE has", "AAAA." + token + ".AAAA"),
        ("padding", token + "="),
        ("a line feed", token + "\n"),
        ("a character that is none", f"{head}.{said}.!{signature}"),
        ("a blank inside", f"{head}. {said}.{signature}"),
        ("a line feed inside", f"{head}.{said[:9]}\n{said[9:]}.{signature}"),
        ("plain Base64", token.replace("_", "/").replace("-", "+") + "+"),
        ("Bearer twice", "Bearer " + token),
        ("half a surrogate pair", "\ud800." + token),
        ("a Cyrillic letter", "\u0430" + token[1:]),
        ("a list as header", f"{segment(b'[]')}.{said}.{signature}"),
        ("no JSON", f"{segment(b'no')}.{said}.{signature}"),
        ("deep JSON", f"{segment(b'[' * 3000)}.{said}.{signature}"),
        ("JSON serialization", json.dumps({"payload": said})),
        ("a list as claims", signed(json.dumps([theirs()]).encode())),
        ("no claims", signed(b"{}")),
        ("claims that are no UTF-8", signed(json.dumps(theirs()).encode().replace(b"norte-2", b"norte-\xff"))),
        ("claims in UTF-16", signed(json.dumps(theirs()).encode("utf-16"))),
        ("a byte order mark", signed(b"\xef\xbb\xbf" + json.dumps(theirs()).encode())),
    )


def huge() -> Made:
    """Far too long."""
    for size in (8_000, 60_000, 500_000):
        yield f"claims of {size} bytes", signed(theirs(padding="x" * size))
        yield f"a header of {size} bytes", signed(theirs(), {"alg": "RS256", "kid": KID, "padding": "x" * size})
    yield "a megabyte of nothing", "x" * 1_000_000
    yield "a million dots", "." * 1_000_000
