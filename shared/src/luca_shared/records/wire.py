"""Records read straight from DynamoDB's JSON, with no dict of an item and of each of its attributes in between.

A gradebook has more than a hundred grades of twenty attributes each; to make dicts of them, plain values of those, and
then records takes longer than everything else about it together. Here msgspec decodes the JSON into a struct which
nests as DynamoDB does (`{"score": {"N": "9.5"}}`), and the record is made of that.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any, Final, Generic, Literal, NamedTuple, TypeVar

import msgspec
from msgspec import inspect

from luca_shared.aws.item_types import ItemType
from luca_shared.records.record import CorruptItem, Record

R = TypeVar("R", bound=Record)
T = TypeVar("T")

_KNOWN_TEXTS: Final = 20_000  # ids and times come again and again: each form is looked at once


class _S(msgspec.Struct, Generic[T], frozen=True, gc=False):
    S: T


class _N(msgspec.Struct, Generic[T], frozen=True, gc=False):
    N: T


class _B(msgspec.Struct, Generic[T], frozen=True, gc=False):
    B: T


class _Attribute(NamedTuple):
    """An attribute on the wire: the member that holds its value, that value's type, and the form of a text."""

    kind: type[_S[Any] | _N[Any] | _B[Any]]
    type: Any
    pattern: str | None = None


@cache
def item_type(record: type[R]) -> ItemType[R]:
    """Return how items of a kind of record are read, as `Record.from_item` would; raises CorruptItem, too.

    Raises:
        TypeError: The record has an attribute that is a list, a map or a set.
    """
    entity = str(record.__struct_config__.tag)
    fields = {field.name: (field, _attribute(field.type)) for field in msgspec.structs.fields(record)}
    members: list[Any] = [("entity", _S[Literal[entity]])]  # type: ignore[valid-type]  # a literal that is known now
    for name, (field, (kind, type_, _)) in fields.items():
        member = (name, kind[type_])  # type: ignore[index]
        members.append(member if field.required else (*member, kind(field.default)))
    wire = msgspec.defstruct(f"{record.__name__}OnTheWire", members, frozen=True, gc=False, kw_only=True)
    return ItemType(wire, _maker(record, entity, fields), record.from_item)


def _maker(record: type[R], entity: str, fields: dict[str, Any]) -> Callable[[Any], R]:
    names = tuple(fields)
    values = attrgetter(*(f"{name}.{kind.__struct_fields__[0]}" for name, (_, (kind, *_)) in fields.items()))
    checks = [
        (place, name, _form(pattern)) for place, (name, (_, (*_, pattern))) in enumerate(fields.items()) if pattern
    ]

    def make(wire: Any) -> R:
        found = values(wire)
        for place, name, has_form in checks:
            if found[place] is not None and not has_form(found[place]):
                raise CorruptItem(entity, name)
        return record(**dict(zip(names, found, strict=True)))

    return make


@cache
def _form(pattern: str) -> Callable[[str], bool]:
    """Return what looks whether a text has a form; msgspec's own look takes longer than it takes to read the text."""
    search = re.compile(pattern).search
    return lru_cache(_KNOWN_TEXTS)(lambda text: search(text) is not None)


def _attribute(annotation: Any) -> _Attribute:
    match inspect.type_info(annotation):
        case inspect.UnionType(types=types) if any(isinstance(each, inspect.NoneType) for each in types):
            (kind,) = (each for each in types if not isinstance(each, inspect.NoneType))
        case kind:
            pass
    match kind:
        case inspect.StrType(pattern=pattern):
            return _Attribute(_S, str, pattern)
        case inspect.EnumType(cls=cls):
            return _Attribute(_S, cls)
        case inspect.IntType():
            return _Attribute(_N, int)
        case inspect.DecimalType():
            return _Attribute(_N, Decimal)
        case inspect.BytesType():
            return _Attribute(_B, bytes)
        case _:
            raise TypeError(f"{annotation} is no flat attribute")
