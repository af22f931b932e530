"""Every way to get at an item with DynamoDB, in forms that change nothing even if they are let through.

A write carries a condition that can't hold. Whoever may reach the item is told that it does not; whoever may not is
told nothing but that.
"""
# ruff: noqa: S608  # these statements are made of names of tables and attributes; values are parameters

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from luca_shared.aws import Item, encode_item, encode_value

LET_THROUGH: Final = frozenset({
    "OK", "ConditionalCheckFailed", "ConditionalCheckFailedException", "DuplicateItem", "DuplicateItemException",
    "TransactionCanceledException",
})  # fmt: skip
"""What a request is told that got as far as the item."""

_NEVER: Final = "attribute_exists(#never)"
_NAMES: Final = {"#never": "there_is_no_such_attribute"}


@dataclass(frozen=True, slots=True)
class Reach:
    """A request for one item, or for the partition that it is in; `form` is its kind, whatever the item is."""

    operation: str
    request: Mapping[str, Any] = field(repr=False)
    form: str
    target: str

    @property
    def what(self) -> str:
        """In words."""
        return f"{self.form} {self.target}"


def at_item(table: str, item: Item) -> Iterator[Reach]:
    """Return all ways to reach an item by its key."""
    key = encode_item({"pk": item["pk"], "sk": item["sk"]})
    conditional = {"ConditionExpression": _NEVER, "ExpressionAttributeNames": _NAMES}
    put = {"TableName": table, "Item": encode_item(item), **conditional}
    one = {"TableName": table, "Key": key}
    update = {**one, "UpdateExpression": "SET #never = :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}

    def reach(operation: str, request: Mapping[str, Any], part: str = "") -> Reach:
        return Reach(operation, request, f"{operation}{part}", f"{table} {item['pk']} {item['sk']}")

    yield reach("GetItem", one)
    yield reach("BatchGetItem", {"RequestItems": {table: {"Keys": [key]}}})
    yield reach("TransactGetItems", {"TransactItems": [{"Get": one}]})
    yield reach("PutItem", put)
    yield reach("UpdateItem", {**update, **conditional})
    yield reach("DeleteItem", {**one, **conditional})
    for name, action in (
        ("Put", put),
        ("Update", {**update, **conditional}),
        ("Delete", {**one, **conditional}),
        ("ConditionCheck", {**one, **conditional}),
    ):
        yield reach("TransactWriteItems", {"TransactItems": [{name: action}]}, f" ({name})")
    yield from _statements(table, item, reach)
    yield from at_partition(table, "pk", item["pk"])


def at_partition(table: str, attribute: str, value: str, index: str | None = None) -> Iterator[Reach]:
    """Return all ways to list a partition, of the table or of one of its indexes."""
    query = {
        "TableName": table,
        "KeyConditionExpression": "#pk = :pk",
        "ExpressionAttributeNames": {"#pk": attribute},
        "ExpressionAttributeValues": {":pk": {"S": value}},
        "Limit": 5,
    }
    target = f"{table}{f'/{index}' if index else ''} {value}"
    yield Reach("Query", {**query, **({"IndexName": index} if index else {})}, "Query", target)
    source = f'"{table}"."{index}"' if index else f'"{table}"'
    statement = {"Statement": f"SELECT * FROM {source} WHERE {attribute} = ?", "Parameters": [{"S": value}]}
    yield Reach("ExecuteStatement", statement, "ExecuteStatement", target)


def at_everything(table: str) -> Iterator[Reach]:
    """Return the ways to read a table without naming a key."""
    yield Reach("Scan", {"TableName": table, "Limit": 5}, "Scan", table)
    yield Reach(
        "ExecuteStatement", {"Statement": f'SELECT * FROM "{table}"'}, "ExecuteStatement", f"{table}, all of it"
    )


def _statements(table: str, item: Item, reach: Any) -> Iterator[Reach]:
    where = "WHERE pk = ? AND sk = ?"
    parameters = [encode_value(item["pk"]), encode_value(item["sk"])]
    texts = {
        "SELECT": f'SELECT * FROM "{table}" {where}',
        "INSERT": f"INSERT INTO \"{table}\" VALUE {{'pk': ?, 'sk': ?}}",
        "UPDATE": f'UPDATE "{table}" SET there_is_no_such_attribute = 1 {where} AND there_is_no_such_attribute = 2',
        "DELETE": f'DELETE FROM "{table}" {where} AND there_is_no_such_attribute = 2',
    }
    for verb, text in texts.items():
        statement = {"Statement": text, "Parameters": parameters}
        yield reach("ExecuteStatement", statement, f" ({verb})")
        yield reach("BatchExecuteStatement", {"Statements": [statement]}, f" ({verb})")
        yield reach("ExecuteTransaction", {"TransactStatements": [statement]}, f" ({verb})")
