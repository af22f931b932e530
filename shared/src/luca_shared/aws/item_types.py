"""How the items of an answer are read when there are many: straight from its JSON into what they stand for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Generic, TypeVar

import msgspec

from luca_shared.aws.answers import json_object
from luca_shared.aws.attributes import Item, decode_item
from luca_shared.aws.expressions import Page

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ItemType(Generic[T]):
    """A kind of items, read in one of two ways that come to the same.

    Attributes:
        wire: msgspec's type of such an item in DynamoDB's JSON; what it doesn't name is passed over.
        of_wires: Makes of many of those what the items stand for, in their order.
        of_item: Makes it of plain values: what doesn't fit `wire` is read this slower way, which can say why.
    """

    wire: Any
    of_wires: Callable[[Sequence[Any]], list[T]]
    of_item: Callable[[Item], T]


PLAIN: Final[ItemType[Item]] = ItemType(dict[str, Any], lambda wires: list(map(decode_item, wires)), lambda item: item)
"""Items of any kind, as plain values."""


class WirePage(msgspec.Struct, frozen=True):
    """A query's answer with typed items."""

    Items: list[Any]
    LastEvaluatedKey: dict[str, Any] | None = None


class WireBatch(msgspec.Struct, frozen=True):
    """A batch's answer with typed items, and what it has left undone."""

    Responses: dict[str, list[Any]]
    UnprocessedKeys: dict[str, Any] | None = None


Untyped = dict[str, Any]
"""An answer whose items don't fit."""


@cache
def page_reader(wire: Any) -> Callable[[bytes], WirePage | Untyped | None]:
    """Return what reads a query's answer: typed if it fits, else as any JSON object; None if it is none."""
    return _reader(msgspec.defstruct("Page", [("Items", list[wire])], bases=(WirePage,), frozen=True))


@cache
def batch_reader(wire: Any) -> Callable[[bytes], WireBatch | Untyped | None]:
    """Return what reads a batch's answer, as `page_reader` does a query's."""
    return _reader(msgspec.defstruct("Batch", [("Responses", dict[str, list[wire]])], bases=(WireBatch,), frozen=True))


def page_of(answer: WirePage | Untyped, items: ItemType[T]) -> Page[T]:
    """Return what `page_reader` has read as a page; raises as the items' type does for what it can't be made of."""
    if isinstance(answer, WirePage):
        found, last_key = items.of_wires(answer.Items), answer.LastEvaluatedKey
    else:
        found, last_key = _of_untyped(answer["Items"], items), answer.get("LastEvaluatedKey")
    return Page(found, decode_item(last_key) if last_key else None)


def batch_of(answer: WireBatch | Untyped, table: str, items: ItemType[T]) -> tuple[list[T], list[Any]]:
    """Return what a batch has found in a table, and the keys (in DynamoDB's JSON) that it has left undone."""
    if isinstance(answer, WireBatch):
        found, left = items.of_wires(answer.Responses.get(table, ())), answer.UnprocessedKeys
    else:
        found, left = _of_untyped(answer["Responses"].get(table, ()), items), answer.get("UnprocessedKeys")
    return found, (left or {}).get(table, {}).get("Keys", [])


def _reader(answer: Any) -> Callable[[bytes], Any]:
    decoder = msgspec.json.Decoder(answer, strict=False)  # not strict, for DynamoDB's numbers are texts

    def read(body: bytes) -> Any:
        try:
            return decoder.decode(body)
        except msgspec.DecodeError:
            return json_object(body)

    return read


def _of_untyped(wires: Sequence[Any], items: ItemType[T]) -> list[T]:
    return [items.of_item(decode_item(wire)) for wire in wires]
