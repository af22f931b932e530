"""What a PartiQL statement does, to which table or index, and which partitions it names.

Works on the syntax tree of ministack's own parser, so that what is authorised is what runs. Whether a select scans the
whole table follows "PartiQL select statements for DynamoDB" in the developer guide: it does unless its condition
bounds the partition key by equality or IN, in every branch of an OR.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ACTIONS = {
    "SELECT": "dynamodb:PartiQLSelect",
    "EXISTS": "dynamodb:PartiQLSelect",
    "INSERT": "dynamodb:PartiQLInsert",
    "UPDATE": "dynamodb:PartiQLUpdate",
    "DELETE": "dynamodb:PartiQLDelete",
}


@dataclass(frozen=True, slots=True)
class Target:
    """A statement's action, its table (and index), and where its partition keys are written."""

    action: str
    table: str
    index: str | None
    item: Mapping[str, Any] | None
    condition: tuple[Any, ...] | None

    def partitions(self, key: str) -> list[Any] | None:
        """The attribute values that the partition key `key` is bound to, None when it is not bound."""
        if self.item is not None:
            return [self.item[key]] if key in self.item else None
        return _bound(self.condition, key)

    @property
    def reads(self) -> bool:
        """Whether it is a select: only selects can scan a table."""
        return self.action == ACTIONS["SELECT"]


def target(statement: Mapping[str, Any]) -> Target:
    """The target of a statement as ministack's parser gives it."""
    source = statement["select"] if statement["op"] == "EXISTS" else statement
    item = None
    if statement["op"] == "INSERT":
        item = statement["item"]
        if set(item) == {"M"}:  # a map given as one parameter
            item = item["M"]
    return Target(ACTIONS[statement["op"]], source["table"], source["index"], item, source.get("where"))


def _bound(node: tuple[Any, ...] | None, key: str) -> list[Any] | None:
    if node is None:
        return None
    kind = node[0]
    if kind in ("and", "or"):
        sides = [_bound(node[1], key), _bound(node[2], key)]
        if kind == "or" and None in sides:
            return None
        bounds = [side for side in sides if side is not None]
        return [value for bound in bounds for value in bound] if bounds else None
    if kind == "cmp" and node[1] == "=":
        for attribute, value in ((node[2], node[3]), (node[3], node[2])):
            if _is_attribute(attribute, key) and value[0] == "lit":
                return [value[1]]
    if kind == "in" and _is_attribute(node[1], key):
        return _choices(node[2])
    return None


def _is_attribute(node: tuple[Any, ...], key: str) -> bool:
    return node[0] == "path" and list(node[1]) == [key]


def _choices(options: tuple[Any, ...]) -> list[Any] | None:
    if options[0] == "options":
        return [option[1] for option in options[1]] if all(option[0] == "lit" for option in options[1]) else None
    return list(options[1]["L"])  # one parameter that holds the list
