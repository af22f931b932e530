"""The answers of an endpoint: what it gives, and the problems that it can answer with instead."""

from http import HTTPStatus
from typing import Any, Final

import msgspec

from luca_interactive.access import Endpoint
from luca_interactive.description.parameters import VERSION
from luca_interactive.description.possible_problems import problems_of
from luca_interactive.description.schemas import REFERENCE, Schema, Schemas, resolved
from luca_interactive.description.specimens import specimen
from luca_shared.runtime import problems
from luca_shared.runtime.problems import ProblemType
from luca_shared.runtime.requests import JSON

Answer = dict[str, Any]

_MEANINGS: Final = {
    HTTPStatus.OK: "It is done, or this is it.",
    HTTPStatus.CREATED: "It has been created.",
    HTTPStatus.NO_CONTENT: "It is done; there is nothing to say.",
}

_ID: Final = "0198f5d2a4c07d3e8b6f2c1d9e5a7b40"

HEADERS: Final[dict[str, Any]] = {
    "X-Correlation-Id": {
        "description": "The id under which this request is known; quote it when you report something.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9_=:.-]{1,128}$"},
    },
    "RateLimit": {
        "description": "What is left of the school's rate: `r` requests, and whole again in `t` seconds.",
        "required": True,
        "schema": {"type": "string"},
        "example": '"school";r=399;t=1',
    },
    "RateLimit-Policy": {
        "description": "The school's rate: `q` requests at once.",
        "required": True,
        "schema": {"type": "string"},
        "example": '"school";q=400',
    },
    "Cache-Control": {
        "description": "Personal data: no cache may keep it.",
        "required": True,
        "schema": {"type": "string", "const": "private, no-store"},
    },
    "ETag": {
        "description": "The version, a strong tag in quotes: what `If-Match` names to change it.",
        "schema": VERSION,
        "example": '"3"',
    },
    "Retry-After": {
        "description": "When to try again, in seconds.",
        "schema": {"type": "string", "pattern": "^[1-9][0-9]*$"},
    },
    "WWW-Authenticate": {
        "description": "The challenge; with `error` when a token was sent.",
        "required": True,
        "schema": {"type": "string"},
        "example": 'Bearer error="invalid_token"',
    },
    "Allow": {
        "description": "The methods that there are.",
        "required": True,
        "schema": {"type": "string"},
        "example": "GET, HEAD, OPTIONS",
    },
}
_OF_ALL: Final = ("X-Correlation-Id", "Cache-Control")
_OF_A_SCHOOL: Final = ("RateLimit", "RateLimit-Policy")
_OF_PROBLEM: Final = {
    problems.UNAUTHENTICATED: ("WWW-Authenticate",),
    problems.METHOD_NOT_ALLOWED: ("Allow",),
    problems.CONFLICT: ("Retry-After",),
    problems.VERSION_CONFLICT: ("ETag",),
    problems.RATE_LIMITED: ("Retry-After",),
    problems.UNAVAILABLE: ("Retry-After",),
}
# Before a token has been verified there is no school whose rate could be told.
_OF_NO_SCHOOL: Final = frozenset({problems.UNAUTHENTICATED, problems.UNAVAILABLE})


def answers_of(endpoint: Endpoint, schemas: Schemas) -> dict[str, Answer]:
    """Return them by status."""
    given = {str(status): _success(status, model, schemas) for status, model in sorted(endpoint.answers.items())}
    refused = {str(status): _problem(endpoint, kinds, schemas) for status, kinds in problems_of(endpoint).items()}
    return given | refused


def shared_answers() -> dict[str, Answer]:
    """Return the problems that are the same wherever they are answered, by their names."""
    return {
        kind.name: _problem_answer([kind])
        for kind in problems.REGISTRY.values()
        if kind is not problems.VERSION_CONFLICT
    }


def _success(status: int, model: Any, schemas: Schemas) -> Answer:
    names = [*_OF_ALL, *_OF_A_SCHOOL, *(["ETag"] if _is_versioned(model) else [])]
    answer: Answer = {
        "description": _MEANINGS.get(HTTPStatus(status), HTTPStatus(status).phrase),
        "headers": _headers(names),
    }
    if model is None:
        return answer
    if isinstance(model, str):
        return answer | {"content": {model: {"schema": {"type": "string"}}}}
    schema = schemas.of(model)
    content = {"schema": schema, "example": specimen(schema, schemas.components)}
    if about := resolved(schema, schemas.components).get("description"):
        answer["description"] = f"It has been created. {about}" if status == HTTPStatus.CREATED else about
    return answer | {"content": {JSON: content}}


def _is_versioned(model: Any) -> bool:
    """Whether it is one thing that counts its changes; the version is then its entity tag."""
    return isinstance(model, type) and issubclass(model, msgspec.Struct) and "version" in model.__struct_fields__


def _problem(endpoint: Endpoint, kinds: list[ProblemType], schemas: Schemas) -> Answer:
    if kinds == [problems.VERSION_CONFLICT]:
        current = [schemas.of(model) for _, model in sorted(endpoint.answers.items()) if _is_versioned(model)][:1]
        shows = {"anyOf": [*current, {"type": "null"}]} if current else {}
        schema = {"allOf": [_PROBLEM], "type": "object", "properties": {"current": shows}, "required": ["current"]}
        return _problem_answer(kinds, schema=schema, more={"current": specimen(shows, schemas.components)})
    if len(kinds) == 1:
        return {"$ref": f"#/components/responses/{kinds[0].name}"}
    return _problem_answer(kinds)


_PROBLEM: Final = {"$ref": REFERENCE + "Problem"}


def _problem_answer(kinds: list[ProblemType], *, schema: Schema | None = None, more: Schema | None = None) -> Answer:
    names = [name for kind in kinds for name in _OF_PROBLEM.get(kind, ())]
    if not _OF_NO_SCHOOL.intersection(kinds):
        names = [*_OF_A_SCHOOL, *names]
    examples = {kind.name: {"value": _example(kind) | (more or {})} for kind in kinds}
    return {
        "description": " ".join(f"{kind.title} (`{kind.name}`)." for kind in kinds),
        "headers": _headers([*_OF_ALL, *names]),
        "content": {problems.CONTENT_TYPE: {"schema": schema or _PROBLEM, "examples": examples}},
    }


def _example(kind: ProblemType) -> dict[str, Any]:
    example: dict[str, Any] = {"type": kind.urn, "title": kind.title, "status": kind.status, "correlation_id": _ID}
    if kind is problems.VALIDATION:
        example["errors"] = [{"pointer": "/score", "detail": "must be between 0 and 10"}]
    return example


def _headers(names: list[str]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
