"""The parameters of an endpoint: in its path, in the query, and the headers that make a write conditional."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from luca_interactive.access import Endpoint
from luca_interactive.description.schemas import Schema, Schemas
from luca_interactive.description.specimens import specimen
from luca_interactive.description.taken import taken_by

Parameter = dict[str, Any]

_MEANINGS: Final = {
    "limit": "How many items at most.",
    "cursor": "Where the list goes on: the `next_cursor` of the part before.",
    "dry_run": "Whether only to say what would happen.",
}

VERSION: Final = {"type": "string", "pattern": '^"[1-9][0-9]{0,14}"$'}

IF_MATCH: Final = {
    "name": "If-Match",
    "in": "header",
    "description": "The version that is replaced or deleted, one strong tag in quotes: the `ETag` that was read.",
    "schema": VERSION,
    "example": '"3"',
}
IF_NONE_MATCH: Final = {
    "name": "If-None-Match",
    "in": "header",
    "description": "`*` to create: there must be nothing yet. One of `If-None-Match` and `If-Match` must be sent.",
    "schema": {"type": "string", "enum": ["*"]},
}
IDEMPOTENCY_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "A name for this request: sent again with it, it is answered like the first time.",
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"},
}

# What an input's name stands for (`inputs`), when it is a header.
HEADERS: Final[Mapping[str, tuple[Parameter, ...]]] = {
    "precondition": (IF_MATCH, IF_NONE_MATCH),
    "version": ({**IF_MATCH, "required": True},),
    "idempotency_key": (IDEMPOTENCY_KEY,),
}


def parameters_of(endpoint: Endpoint, schemas: Schemas) -> list[Parameter]:
    """Return what an endpoint takes beside its body."""
    models = endpoint.inputs.models
    found = [
        parameter for place in ("path", "query") if place in models for parameter in _of(models[place], place, schemas)
    ]
    return found + [parameter for name in taken_by(endpoint) for parameter in HEADERS.get(name, ())]


def _of(model: Any, place: str, schemas: Schemas) -> Iterator[Parameter]:
    fields, required = schemas.fields(model)
    for name, schema in fields.items():
        parameter: Parameter = {"name": name, "in": place, "required": place == "path" or name in required}
        if name in _MEANINGS:
            parameter["description"] = _MEANINGS[name]
        given = _given(schema)
        example = {"example": specimen(given, {}, name)} if place == "path" else {}
        yield {**parameter, "schema": given, **example}


def _given(schema: Schema) -> Schema:
    """What a parameter is when it is given: never null."""
    arms = [arm for arm in schema.get("anyOf", ()) if arm.get("type") != "null"]
    if len(arms) != 1:
        return schema
    return {**arms[0], **{key: value for key, value in schema.items() if key != "anyOf"}}
