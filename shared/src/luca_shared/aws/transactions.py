"""The writes that a DynamoDB transaction is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from luca_shared.aws.attributes import Item, encode_item
from luca_shared.aws.expressions import Condition, Update, merged, placeholders


@dataclass(frozen=True, slots=True)
class TransactPut:
    """Writes a whole item."""

    table: str
    item: Item = field(repr=False)
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class TransactUpdate:
    """Changes an item's attributes."""

    table: str
    key: Item = field(repr=False)
    expression: Update


@dataclass(frozen=True, slots=True)
class TransactDelete:
    """Deletes an item."""

    table: str
    key: Item = field(repr=False)
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class TransactCheck:
    """Changes nothing, and stops the transaction unless the item is as the condition demands.

    Like a write, it conflicts with whatever else is about to write the item or to check it.
    """

    table: str
    key: Item = field(repr=False)
    condition: Condition


TransactWrite = TransactPut | TransactUpdate | TransactDelete | TransactCheck


def transact_item(write: TransactWrite) -> dict[str, Any]:
    """The write as a member of `TransactItems`."""
    match write:
        case TransactPut(table, item, condition):
            return {"Put": {"TableName": table, "Item": encode_item(item), **conditional(condition)}}
        case TransactUpdate(table, key, update):
            return {"Update": {"TableName": table, "Key": encode_item(key), **updating(update)}}
        case TransactDelete(table, key, condition):
            return {"Delete": {"TableName": table, "Key": encode_item(key), **conditional(condition)}}
        case TransactCheck(table, key, condition):
            return {"ConditionCheck": {"TableName": table, "Key": encode_item(key), **conditional(condition)}}


def conditional(condition: Condition | None) -> dict[str, Any]:
    """The members that put a write on a condition, and that ask for the item when it fails (AWS charges no read)."""
    if condition is None:
        return {}
    return {
        "ConditionExpression": condition.expression,
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        **placeholders(condition.names, condition.values),
    }


def updating(update: Update) -> dict[str, Any]:
    """The members that say how an item changes, and on which condition."""
    names: Mapping[str, str] = update.names
    values: Mapping[str, Any] = update.values
    if update.condition is not None:
        names = merged(names, update.condition.names)
        values = merged(values, update.condition.values)
    members = {} if update.condition is None else conditional(update.condition)
    return {"UpdateExpression": update.expression, **members, **placeholders(names, values)}
