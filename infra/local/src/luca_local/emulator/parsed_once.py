"""Parses each PartiQL statement of a request once: its authorisation and its execution see the same tree.

Parsing is what a batch of statements costs most in ministack 1.5.33, which does it twice by itself.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from ministack.services import dynamodb

from luca_local.emulator.patching import original, replace

_trees: ContextVar[dict[str, Mapping[str, Any]] | None] = ContextVar("trees of the request under way", default=None)


def install() -> None:
    """Have ministack's own parsing remember, within `one_request`."""
    parse = original(dynamodb, "_parse_partiql", "statement", "parameters")

    def _parse_partiql(statement: str, parameters: list[Any]) -> Mapping[str, Any]:
        trees = _trees.get()
        if trees is None:
            return parse(statement, parameters)
        key = json.dumps([statement, parameters])
        if key not in trees:
            trees[key] = parse(statement, parameters)
        return trees[key]

    replace(dynamodb, "_parse_partiql", _parse_partiql)


@contextmanager
def one_request() -> Iterator[None]:
    """Trees are remembered inside, and forgotten at the end: what they hold becomes part of the tables."""
    token = _trees.set({})
    try:
        yield
    finally:
        _trees.reset(token)
