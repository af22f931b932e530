"""How the items of an answer are read when there are many: straight from its JSON into what they stand for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar, cast

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


class WirePage(msgspec.Struct, frozen=True):
    """A query's answer with typed items."""

    Items: list[Any]
    LastEvaluatedKey: dict[str, Any] | None = None


WireAnswer = WirePage | dict[str, Any]


@cache
def page_reader(wire: Any) -> Callable[[bytes], WireAnswer | None]:
    """Return what reads a query's answer: typed if it fits, else as any JSON object; None if it is none."""
    page = msgspec.defstruct("Page", [("Items", list[wire])], bases=(WirePage,), frozen=True)
    # Not strict, for DynamoDB's numbers are texts.
    decoder: msgspec.json.Decoder[WirePage] = msgspec.json.Decoder(cast("type[WirePage]", page), strict=False)

    def read(body: bytes) -> WireAnswer | None:
        try:
            return decoder.decode(body)
        except msgspec.DecodeError:
            return json_object(body)

    return read


def page_of(answer: WireAnswer, items: ItemType[T]) -> Page[T]:
    """Return what `page_reader` has read as a page; raises as the items' type does for what it can't be made of."""
    if isinstance(answer, WirePage):
        found, last_key = items.of_wires(answer.Items), answer.LastEvaluatedKey
    else:
        found = [items.of_item(decode_item(item)) for item in answer["Items"]]
        last_key = answer.get("LastEvaluatedKey")
    return Page(found, decode_item(last_key) if last_key else None)
