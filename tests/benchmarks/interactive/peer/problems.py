"""Errors as RFC 9457 problems."""

from typing import Any

import orjson
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError

_TITLES = {
    "unauthenticated": "The request does not say who it is from",
    "forbidden": "This is not allowed",
    "not-found": "There is no such thing",
    "conflict": "The request conflicts with the present state",
    "term-frozen": "The term is frozen",
    "version-conflict": "Somebody else has changed this meanwhile",
    "validation": "The request is not valid",
    "precondition-required": "The request must say which version it replaces",
    "rate-limited": "Too many requests",
}


class Problem(Exception):
    """An answer that is a problem."""

    def __init__(
        self,
        status: int,
        name: str,
        detail: str,
        *,
        headers: dict[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(name)
        self.status = status
        self.name = name
        self.detail = detail
        self.headers = headers or {}
        self.members = members


def not_found() -> Problem:
    """Return what missing, foreign and not yours are answered with."""
    return Problem(404, "not-found", "it does not exist, or is not yours to see")


def validation_problem(error: RequestValidationError) -> Problem:
    """Return the problem that names every wrong field."""
    errors = [{"pointer": "/" + "/".join(map(str, each["loc"][1:])), "detail": each["msg"]} for each in error.errors()]
    return Problem(422, "validation", f"{len(errors)} fields are wrong", errors=errors)


def problem_response(request: Request, problem: Problem) -> Response:
    """Return a problem as an answer."""
    body = {
        "type": f"urn:luca:problem:{problem.name}",
        "title": _TITLES[problem.name],
        "status": problem.status,
        "detail": problem.detail,
        "correlation_id": request.state.correlation_id,
        **problem.members,
    }
    headers = {"Cache-Control": "private, no-store", **problem.headers}
    return Response(
        orjson.dumps(body), status_code=problem.status, headers=headers, media_type="application/problem+json"
    )
