"""The whole description, of all endpoints."""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any, Final

from luca_interactive.access import Endpoint
from luca_interactive.description.answers import HEADERS, shared_answers
from luca_interactive.description.operations import models_of_bodies, models_of_parameters, operation_of
from luca_interactive.description.schemas import REFERENCE, Schema, Schemas, words
from luca_interactive.description.tags import TAGS, tag_of
from luca_shared.runtime import problems
from luca_shared.runtime.problems import ErrorDetail

_ABOUT: Final = """\
School grades for many schools at once. Which school a request is about is what its token says, nothing else.

A role that may not use an endpoint at all is told so before anything is read: 403, naming the roles that may
(`x-roles`). After that, another school's id, another teacher's class, another student's record and an id that doesn't
exist are all the same 404. Every GET can be asked as HEAD, and every address answers OPTIONS with what it allows."""

_PROBLEM: Final[Schema] = {
    "description": "RFC 9457. Act on `type`; `title` and `detail` are for people.",
    "type": "object",
    "properties": {
        "type": {"type": "string", "enum": [*(kind.urn for kind in problems.REGISTRY.values()), "about:blank"]},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "correlation_id": {"type": "string"},
        "errors": {
            "description": "Every field that is wrong.",
            "type": "array",
            "items": {"$ref": REFERENCE + "ErrorDetail"},
        },
    },
    "required": ["type", "title", "status"],
}


def document(endpoints: Sequence[Endpoint]) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of these endpoints.

    Raises:
        LookupError: an endpoint declares something that the description has no words for.
    """
    schemas = Schemas(
        [ErrorDetail, *(model for each in endpoints for model in models_of_bodies(each))],
        [model for each in endpoints for model in models_of_parameters(each)],
    )
    paths: dict[str, dict[str, Any]] = {}
    for each in endpoints:
        paths.setdefault(each.path, {})[each.method.lower()] = operation_of(each, schemas)
    used = {tag_of(each.path) for each in endpoints}
    tags = {name: {"name": name, "description": about} for name, about in TAGS.values() if name in used}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Luca", "version": version("luca-interactive"), "description": words(_ABOUT)},
        "servers": [{"url": "/"}],
        "tags": list(tags.values()),
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "A Cognito ID token.",
                }
            },
            "schemas": dict(sorted({**schemas.components, "Problem": _PROBLEM}.items())),
            "responses": shared_answers(),
            "headers": HEADERS,
        },
    }
