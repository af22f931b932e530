"""Every error that the API answers with, as RFC 9457 problems with a stable type.

At the call site they read as what happened: `raise problems.not_found("there is no such class")`.
A detail is for the person at the other end: plain words, no other person's data, nothing of our insides.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import msgspec
from aiohttp import web

from luca_shared.runtime import correlation, json_answers

CONTENT_TYPE = "application/problem+json"
URN = "urn:luca:problem:"


@dataclass(frozen=True, slots=True)
class ProblemType:
    """A kind of problem: `name` is the last part of its URN."""

    name: str
    status: int
    title: str

    @property
    def urn(self) -> str:
        """The stable identifier that clients act on."""
        return URN + self.name


MALFORMED_JSON = ProblemType("malformed-json", 400, "The body is not JSON")
UNAUTHENTICATED = ProblemType("unauthenticated", 401, "The request does not say who it is from")
FORBIDDEN = ProblemType("forbidden", 403, "This is not allowed")
NOT_FOUND = ProblemType("not-found", 404, "There is no such thing")
METHOD_NOT_ALLOWED = ProblemType("method-not-allowed", 405, "The method is not allowed here")
CONFLICT = ProblemType("conflict", 409, "The request conflicts with the present state")
TERM_FROZEN = ProblemType("term-frozen", 409, "The term is frozen")
VERSION_CONFLICT = ProblemType("version-conflict", 412, "Somebody else has changed this meanwhile")
TOO_LARGE = ProblemType("too-large", 413, "The body is too large")
UNSUPPORTED_MEDIA_TYPE = ProblemType("unsupported-media-type", 415, "The media type is not supported")
VALIDATION = ProblemType("validation", 422, "The request is not valid")
IDEMPOTENCY_CONFLICT = ProblemType("idempotency-conflict", 422, "The Idempotency-Key was used for another request")
PRECONDITION_REQUIRED = ProblemType("precondition-required", 428, "The request must say which version it replaces")
RATE_LIMITED = ProblemType("rate-limited", 429, "Too many requests")
INTERNAL = ProblemType("internal", 500, "Something went wrong on our side")
UNAVAILABLE = ProblemType("unavailable", 503, "The service is not available at the moment")

REGISTRY: Mapping[str, ProblemType] = {
    kind.name: kind
    for kind in (
        MALFORMED_JSON, UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, METHOD_NOT_ALLOWED, CONFLICT, TERM_FROZEN,
        VERSION_CONFLICT, TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, VALIDATION, IDEMPOTENCY_CONFLICT, PRECONDITION_REQUIRED,
        RATE_LIMITED, INTERNAL, UNAVAILABLE,
    )
}  # fmt: skip


class ErrorDetail(msgspec.Struct, frozen=True):
    """One wrong field: where (an RFC 6901 JSON pointer, `/items/3/score`) and what would be right."""

    pointer: str
    detail: str


def pointer(*parts: str | int) -> str:
    """The RFC 6901 JSON pointer of a field: `pointer("items", 3, "score")` is `/items/3/score`."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


class Problem(Exception):
    """An answer that is a problem; `str()` names its type alone, so that it may be logged."""

    def __init__(
        self,
        kind: ProblemType,
        detail: str,
        *,
        errors: Sequence[ErrorDetail] = (),
        extensions: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(kind.name)
        self.kind = kind
        self.type = kind.urn
        self.title = kind.title
        self.status = kind.status
        self.detail = detail
        self.errors = tuple(errors)
        self.extensions = dict(extensions or {})
        self.headers = dict(headers or {})


def malformed_json(detail: str) -> Problem:
    """400: the body can't be read as JSON; say where."""
    return Problem(MALFORMED_JSON, detail)


def unauthenticated(detail: str = "send a valid token in the Authorization header") -> Problem:
    """401, with the challenge that RFC 9110 demands."""
    return Problem(UNAUTHENTICATED, detail, headers={"WWW-Authenticate": "Bearer"})


def forbidden(detail: str) -> Problem:
    """403: this role may not use this endpoint at all; name the roles that may."""
    return Problem(FORBIDDEN, detail)


def not_found(detail: str = "it does not exist, or is not yours to see") -> Problem:
    """404: missing, foreign and not yours are one answer."""
    return Problem(NOT_FOUND, detail)


def method_not_allowed(allowed: Sequence[str]) -> Problem:
    """405, naming the methods that are allowed."""
    methods = ", ".join(sorted(allowed))
    return Problem(METHOD_NOT_ALLOWED, f"allowed here: {methods}", headers={"Allow": methods})


def conflict(detail: str, *, retry_after: float | None = None) -> Problem:
    """409; with `retry_after` (seconds) when waiting helps."""
    return Problem(CONFLICT, detail, headers=_retry_after(retry_after))


def term_frozen(detail: str = "its grades can no longer be changed") -> Problem:
    """409: the term takes no more changes."""
    return Problem(TERM_FROZEN, detail)


def version_conflict(*, current: Any, etag: str | None = None, detail: str | None = None) -> Problem:
    """412, with what is there now (`current`, anything that an answer can hold; None when nothing is)."""
    return Problem(
        VERSION_CONFLICT,
        detail or "compare with the current one, then send the change again",
        extensions={"current": current},
        headers={} if etag is None else {"ETag": etag},
    )


def too_large(limit: int) -> Problem:
    """413; `limit` in bytes."""
    return Problem(TOO_LARGE, f"the body may have at most {limit} bytes")


def unsupported_media_type(expected: str) -> Problem:
    """415, naming the media type that is expected (RFC 9110 lets Accept say it in a header too)."""
    return Problem(UNSUPPORTED_MEDIA_TYPE, f"send the body as {expected}", headers={"Accept": expected})


def validation(errors: Sequence[ErrorDetail]) -> Problem:
    """422, naming every wrong field."""
    count = len(errors)
    return Problem(VALIDATION, "1 field is wrong" if count == 1 else f"{count} fields are wrong", errors=errors)


def idempotency_conflict() -> Problem:
    """422: the same key came with another payload."""
    return Problem(IDEMPOTENCY_CONFLICT, "use a new Idempotency-Key for a new request")


def precondition_required(detail: str) -> Problem:
    """428: a change must name what it replaces."""
    return Problem(PRECONDITION_REQUIRED, detail)


def rate_limited(*, retry_after: float, headers: Mapping[str, str] | None = None) -> Problem:
    """429; `retry_after` in seconds, `headers` for the RateLimit fields."""
    return Problem(RATE_LIMITED, "slow down", headers={**_retry_after(retry_after), **(headers or {})})


def internal() -> Problem:
    """500; says nothing but the correlation id, by which the log tells the rest."""
    return Problem(INTERNAL, "it has been noted; quote the correlation id when you report it")


def unavailable(detail: str = "try again in a moment", *, retry_after: float = 1) -> Problem:
    """503, with `retry_after` in seconds."""
    return Problem(UNAVAILABLE, detail, headers=_retry_after(retry_after))


def other(status: int, *, headers: Mapping[str, str] | None = None) -> Problem:
    """A status that Luca has no type for; RFC 9457 calls it `about:blank` and gives it HTTP's own phrase."""
    problem = Problem(ProblemType("", status, HTTPStatus(status).phrase), "", headers=headers)
    problem.type = "about:blank"
    return problem


def to_body(problem: Problem, correlation_id: str | None) -> dict[str, Any]:
    """The problem's JSON members, as an answer or a bulk answer's item carries them."""
    body: dict[str, Any] = {"type": problem.type, "title": problem.title, "status": problem.status}
    if problem.detail:
        body["detail"] = problem.detail
    if correlation_id is not None:
        body["correlation_id"] = correlation_id
    if problem.errors:
        body["errors"] = problem.errors
    return body | {name: value for name, value in problem.extensions.items() if name not in body}


def to_response(problem: Problem, correlation_id: str | None) -> web.Response:
    """The problem as an answer; never stored by a cache, since `current` may hold personal data."""
    headers = {"Cache-Control": "private, no-store", **problem.headers}
    if correlation_id is not None:
        headers[correlation.HEADER] = correlation_id
    return web.Response(
        body=json_answers.encode(to_body(problem, correlation_id)),
        status=problem.status,
        headers=headers,
        content_type=CONTENT_TYPE,
    )


def _retry_after(seconds: float | None) -> dict[str, str]:
    # Whole seconds only (RFC 9110 section 10.2.3), rounded up: too early would be refused again.
    return {} if seconds is None else {"Retry-After": str(max(1, math.ceil(seconds)))}
