"""One endpoint as OpenAPI's operation."""

from typing import Any, Final

import msgspec

from luca_interactive.access import Endpoint
from luca_interactive.description.answers import answers_of
from luca_interactive.description.parameters import HEADERS, parameters_of
from luca_interactive.description.schemas import Schemas, words
from luca_interactive.description.tags import tag_of
from luca_shared.runtime import json_answers
from luca_shared.runtime.csv_text import CSV
from luca_shared.runtime.requests import JSON

Operation = dict[str, Any]

_PARAMETERS: Final = frozenset({"path", "query"})
_BODIES: Final = {"body": JSON, "csv": CSV}


def operation_of(endpoint: Endpoint, schemas: Schemas) -> Operation:
    """Return what the description says of an endpoint.

    Raises:
        LookupError: it takes something of a request that the description has no words for.
    """
    if unknown := endpoint.inputs.models.keys() - _PARAMETERS - _BODIES.keys() - HEADERS.keys():
        raise LookupError(f"{endpoint.method} {endpoint.path}: how is {', '.join(sorted(unknown))} described?")
    summary, _, description = words(endpoint.handle.__doc__).partition("\n\n")
    operation: Operation = {
        "tags": [tag_of(endpoint.path)],
        "operationId": endpoint.handle.__name__,
        "summary": summary.removesuffix("."),
    }
    if about := description.partition("Raises:")[0].strip():
        operation["description"] = about
    operation["x-roles"] = sorted(endpoint.may)
    if parameters := parameters_of(endpoint, schemas):
        operation["parameters"] = parameters
    for name, media_type in _BODIES.items():
        if name in endpoint.inputs.models:
            operation["requestBody"] = _body(endpoint, media_type, endpoint.inputs.models[name], schemas)
    return operation | {"responses": answers_of(endpoint, schemas)}


def models_of_bodies(endpoint: Endpoint) -> list[Any]:
    """Return the models of what an endpoint takes and gives as JSON."""
    answered = [model for model in endpoint.answers.values() if model is not None and not isinstance(model, str)]
    return [*([endpoint.inputs.models["body"]] if "body" in endpoint.inputs.models else []), *answered]


def models_of_parameters(endpoint: Endpoint) -> list[Any]:
    """Return the structs of its path's and its query's parameters."""
    return [endpoint.inputs.models[name] for name in sorted(_PARAMETERS & endpoint.inputs.models.keys())]


def _body(endpoint: Endpoint, media_type: str, model: Any, schemas: Schemas) -> dict[str, Any]:
    example: Any = endpoint.example
    content: dict[str, Any] = {"schema": {"type": "string"}, "example": example}
    if not isinstance(example, str):
        content = {"schema": schemas.of(model), "example": msgspec.json.decode(json_answers.encode(example))}
    return {"required": True, "content": {media_type: content}}
