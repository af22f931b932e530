"""The government's answers: JSON, problems and pages."""

from collections.abc import Mapping, Sequence

import msgspec
from aiohttp import web

from luca_local.government.contract import PAGE


def json_answer(answer: object, *, status: int = 200) -> web.Response:
    """Answer JSON."""
    return web.Response(status=status, body=msgspec.json.encode(answer), content_type="application/json")


def problem(status: int, code: str, detail: str, headers: Mapping[str, str] | None = None) -> web.Response:
    """Answer an RFC 9457 problem."""
    body = {"type": f"urn:government:problem:{code}", "title": code, "status": status, "detail": detail}
    return web.Response(
        status=status, body=msgspec.json.encode(body), content_type="application/problem+json", headers=headers
    )


def page(items: Sequence[Mapping[str, object]], *, key: str, cursor: str) -> web.Response:
    """Answer a page of items in the order of their keys; a cursor is the key at which the page before ended."""
    rest = sorted((item for item in items if str(item[key]) > cursor), key=lambda item: str(item[key]))
    return json_answer({"items": rest[:PAGE], "next_cursor": rest[PAGE - 1][key] if len(rest) > PAGE else None})
