"""The expressions that DynamoDB requests carry, with their names and values kept apart from their text."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from luca_shared.aws.attributes import Item, encode_item, encode_value

T = TypeVar("T")

_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold of the item for a write to happen (or for a queried item to be returned).

    Attributes:
        expression: DynamoDB's condition syntax, such as `#version = :was_version`.
        names: Attribute names by placeholder (`#version`).
        values: Plain values by placeholder (`:was_version`).
    """

    expression: str
    names: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def __and__(self, other: "Condition") -> "Condition":
        return Condition(
            f"({self.expression}) AND ({other.expression})",
            merged(self.names, other.names),
            merged(self.values, other.values),
        )


def absent(attribute: str = "pk") -> Condition:
    """The item has no such attribute; of a key attribute: there is no such item."""
    return Condition(f"attribute_not_exists({_name(attribute)})", {_name(attribute): attribute})


def present(attribute: str = "pk") -> Condition:
    """The item has such an attribute; of a key attribute: there is such an item."""
    return Condition(f"attribute_exists({_name(attribute)})", {_name(attribute): attribute})


def equals(attribute: str, value: Any) -> Condition:
    """The item's attribute has this value."""
    was = f":was_{attribute}"  # not `:{attribute}`, which the update beside it sets to the new value
    return Condition(f"{_name(attribute)} = {was}", {_name(attribute): attribute}, {was: value})


@dataclass(frozen=True, slots=True)
class Update:
    """A change of an item's attributes, on a condition or none.

    A lost answer makes the client send it again. `SET a = :a` is then harmless, `ADD` and `SET a = a + :n` are not:
    give those a condition that their first success makes false.
    """

    expression: str
    names: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)
    condition: Condition | None = None


def assign(attributes: Mapping[str, Any], *, remove: Sequence[str] = (), condition: Condition | None = None) -> Update:
    """An update that sets these attributes and removes those."""
    clauses = []
    if attributes:
        clauses.append("SET " + ", ".join(f"{_name(name)} = :{name}" for name in attributes))
    if remove:
        clauses.append("REMOVE " + ", ".join(_name(name) for name in remove))
    if not clauses:
        raise ValueError("an update changes at least one attribute")
    return Update(
        " ".join(clauses),
        {_name(name): name for name in (*attributes, *remove)},
        {f":{name}": value for name, value in attributes.items()},
        condition,
    )


@dataclass(frozen=True, slots=True)
class BeginsWith:
    """The sort keys that begin with a prefix."""

    attribute: str
    prefix: str


@dataclass(frozen=True, slots=True)
class Between:
    """The sort keys from `low` to `high`, both included."""

    attribute: str
    low: str
    high: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """The items of one partition, in the order of their sort keys.

    Attributes:
        partition: The partition key's attribute and value.
        sort: Which sort keys; None for all.
        index: A secondary index; None for the table itself.
        limit: How many items AWS looks at (before the filter) for a page; None for 1 MB of them.
        start: The `last_key` of the page before.
        consistent: Read what was last written; not on an index.
        filter: Which of the items read are returned; those left out are paid for all the same.
    """

    partition: tuple[str, str]
    sort: BeginsWith | Between | None = None
    index: str | None = None
    limit: int | None = None
    start: Item | None = None
    ascending: bool = True
    consistent: bool = False
    filter: Condition | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A part of a query's items; `last_key` is where the next part starts, None when this was the last."""

    items: list[T] = field(repr=False)
    last_key: Item | None


def query_members(query: Query) -> dict[str, Any]:
    """The request members of a query, but for its table."""
    attribute, value = query.partition
    expression = "#partition = :partition"
    names = {"#partition": attribute}
    values: dict[str, Any] = {":partition": value}
    match query.sort:
        case BeginsWith(attribute, prefix):
            expression += " AND begins_with(#sort, :prefix)"
            names["#sort"] = attribute
            values[":prefix"] = prefix
        case Between(attribute, low, high):
            expression += " AND #sort BETWEEN :low AND :high"
            names["#sort"] = attribute
            values |= {":low": low, ":high": high}
    members: dict[str, Any] = {"KeyConditionExpression": expression}
    if query.filter is not None:
        members["FilterExpression"] = query.filter.expression
        names = merged(names, query.filter.names)
        values = merged(values, query.filter.values)
    if query.index is not None:
        members["IndexName"] = query.index
    if query.limit is not None:
        members["Limit"] = query.limit
    if query.start is not None:
        members["ExclusiveStartKey"] = encode_item(query.start)
    if not query.ascending:
        members["ScanIndexForward"] = False
    if query.consistent:
        members["ConsistentRead"] = True
    return members | placeholders(names, values)


def placeholders(names: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, Any]:
    """The request members that explain the placeholders; DynamoDB refuses empty ones."""
    members: dict[str, Any] = {}
    if names:
        members["ExpressionAttributeNames"] = dict(names)
    if values:
        members["ExpressionAttributeValues"] = {name: encode_value(value) for name, value in values.items()}
    return members


def merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Both; a placeholder that they use for two different things is a ValueError."""
    for name in one.keys() & other.keys():
        if one[name] != other[name]:
            raise ValueError(f"two expressions use the placeholder {name} differently")
    return {**one, **other}


def _name(attribute: str) -> str:
    if not _PLAIN_NAME.fullmatch(attribute):
        raise ValueError("an attribute named in a condition has letters, digits and underscores only")
    return f"#{attribute}"
