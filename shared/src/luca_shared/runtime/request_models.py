"""The structs that requests are parsed into, and what makes one fit for it."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec
from msgspec import inspect


class RequestModel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base of whatever is parsed from a request: fields that it doesn't know are refused."""


@cache
def type_of(model: Any) -> inspect.Type:
    """What msgspec knows of a type."""
    return inspect.type_info(model)


@cache
def refuse_unfit(model: Any) -> None:
    """Check that a model refuses what it doesn't know, and has no number that isn't exact.

    Raises:
        TypeError: naming the struct, or saying which type to use instead.
    """
    for kind in _within(type_of(model), set()):
        match kind:
            case inspect.StructType(forbid_unknown_fields=False):
                raise TypeError(f"{kind.cls.__name__} must be a RequestModel: it would let unknown fields pass")
            case inspect.DecimalType() | inspect.FloatType():
                raise TypeError("use ExactNumber or int in a request: other numbers are not exact, or accept texts")
            case inspect.AnyType():
                raise TypeError("use msgspec.Raw in a request for what is passed on as it is: Any would lose numbers")
            case _:
                pass


def _within(kind: inspect.Type, seen: set[type]) -> Iterator[inspect.Type]:
    yield kind
    parts: tuple[inspect.Type, ...] = ()
    match kind:
        case inspect.Metadata():
            parts = (kind.type,)
        case inspect.UnionType():
            parts = kind.types
        case inspect.StructType() if kind.cls not in seen:
            seen.add(kind.cls)  # a struct may hold itself
            parts = tuple(field.type for field in kind.fields)
        case inspect.DictType():
            parts = (kind.key_type, kind.value_type)
        case inspect.CollectionType():
            parts = (kind.item_type,)
        case _:
            pass
    for part in parts:
        yield from _within(part, seen)
