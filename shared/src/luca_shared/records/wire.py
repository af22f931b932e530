"""Records read straight from DynamoDB's JSON, with no dict of an item and of each of its attributes in between.

A gradebook has more than a hundred grades of twenty attributes each; to make dicts of them, plain values of those, and
then records takes longer than everything else about it together. Here msgspec decodes the JSON into a struct which
nests as DynamoDB does (`{"score": {"N": "9.5"}}`), and the record is made of that.
"""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache
from operator import attrgetter
from typing import Any, Generic, Literal, NamedTuple, TypeVar

import msgspec
from msgspec import inspect

from luca_shared.aws.item_types import ItemType
from luca_shared.records.record import CorruptItem, Record

R = TypeVar("R", bound=Record)
T = TypeVar("T")


class _S(msgspec.Struct, Generic[T], frozen=True, gc=False):
    S: T


class _N(msgspec.Struct, Generic[T], frozen=True, gc=False):
    N: T


class _B(msgspec.Struct, Generic[T], frozen=True, gc=False):
    B: T


class _L(msgspec.Struct, Generic[T], frozen=True, gc=False):
    L: T


class _Attribute(NamedTuple):
    """A record's attribute: its kind and type on the wire, and the form that a text has, or each text of a list."""

    field: msgspec.structs.FieldInfo
    kind: type[_S[Any] | _N[Any] | _B[Any] | _L[Any]]
    type: Any
    pattern: str | None = None

    @property
    def path(self) -> str:
        """From the item to the value: `score.N`."""
        return f"{self.field.name}.{self.kind.__struct_fields__[0]}"

    @property
    def value(self) -> str:
        """The value of `wire`, as Python says it."""
        path = f"wire.{self.path}"
        return f"tuple([each.S for each in {path}])" if self.kind is _L else path

    def texts(self, wires: Sequence[Any]) -> set[str]:
        """All texts that many items have there; one may have none."""
        found = map(attrgetter(self.path), wires)
        return {text.S for texts in found for text in texts} if self.kind is _L else set(found) - {None}


@cache
def item_type(record: type[R]) -> ItemType[R]:
    """Return how items of a kind of record are read, as `Record.from_item` would; raises CorruptItem, too.

    Raises:
        TypeError: The record has an attribute other than texts, numbers, bytes and lists of texts, or bounds other than
            a text's form.
    """
    attributes = [_attribute(field) for field in msgspec.structs.fields(record)]
    return ItemType(_wire_type(record, attributes), _maker(record, attributes), record.from_item)


def _wire_type(record: type[Record], attributes: Sequence[_Attribute]) -> type[msgspec.Struct]:
    entity = record.__struct_config__.tag
    members: list[Any] = [("entity", _S[Literal[entity]])]  # type: ignore[valid-type]  # a literal that is known now
    for field, kind, type_, _ in attributes:
        member = (field.name, kind[type_])  # type: ignore[index]  # mypy sees no generic class behind a variable
        members.append(member if field.required else (*member, kind(field.default)))
    return msgspec.defstruct(f"{record.__name__}OnTheWire", members, frozen=True, gc=False, kw_only=True)


def _maker(record: type[R], attributes: Sequence[_Attribute]) -> Callable[[Sequence[Any]], list[R]]:
    # Written out, as `dataclass` writes out `__init__`: a loop over the names takes twice as long.
    arguments = ", ".join(f"{attribute.field.name}={attribute.value}" for attribute in attributes)
    make: Callable[[Any], R] = eval(f"lambda wire: record({arguments})", {"record": record})  # noqa: S307
    # msgspec's own look at a text's form takes longer than to read the text; and most of a range's texts are alike.
    forms = [(each, re.compile(each.pattern).search) for each in attributes if each.pattern is not None]

    def make_all(wires: Sequence[Any]) -> list[R]:
        for attribute, search in forms:
            if not all(map(search, attribute.texts(wires))):
                raise CorruptItem(str(record.__struct_config__.tag), attribute.field.name)
        return [make(wire) for wire in wires]

    return make_all


def _attribute(field: msgspec.structs.FieldInfo) -> _Attribute:
    match inspect.type_info(field.type):
        case inspect.UnionType(types=(kind, inspect.NoneType()) | (inspect.NoneType(), kind)):
            pass
        case kind:
            pass
    match kind:
        case inspect.StrType(min_length=None, max_length=None, pattern=pattern):
            return _Attribute(field, _S, str, pattern)
        case inspect.EnumType(cls=enum):
            return _Attribute(field, _S, enum)
        case inspect.IntType(gt=None, ge=None, lt=None, le=None, multiple_of=None):
            return _Attribute(field, _N, int)
        case inspect.DecimalType():
            return _Attribute(field, _N, Decimal)
        case inspect.BytesType(min_length=None, max_length=None):
            return _Attribute(field, _B, bytes)
        case inspect.VarTupleType(
            item_type=inspect.StrType(min_length=None, max_length=None, pattern=pattern),
            min_length=None,
            max_length=None,
        ):
            return _Attribute(field, _L, tuple[_S[str], ...], pattern)
        case _:
            raise TypeError(f"{field.name} is no attribute that can be read so")
