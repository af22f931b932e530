"""Translates a DynamoDB request into the checks that AWS makes of it: action, resource, condition keys.

Sources: "Actions, resources, and condition keys for Amazon DynamoDB" in the service authorization reference, and in the
developer guide "Using IAM policy conditions for fine-grained access control", "IAM security policies with PartiQL" and
"Using IAM with DynamoDB transactions": a batch is one action per table; a transaction and a list of PartiQL statements
are not actions, each of their parts is; `dynamodb:LeadingKeys` holds the partition keys named by the request, those of
the index when it reads one, and is absent when it names none.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from luca_local.emulator.key_conditions import UnreadableError, equalities
from luca_local.emulator.partiql_targets import target

LEADING_KEYS = "dynamodb:LeadingKeys"
FULL_TABLE_SCAN = "dynamodb:FullTableScan"
ENCLOSING_OPERATION = "dynamodb:EnclosingOperation"

_TRANSACTION_ACTIONS = {
    "ConditionCheck": "dynamodb:ConditionCheckItem",
    "Delete": "dynamodb:DeleteItem",
    "Get": "dynamodb:GetItem",
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
}


@dataclass(frozen=True, slots=True)
class Check:
    """One question for the policies: may the caller do `action` to `resource`, in `context`?"""

    action: str
    resource: str
    keys: tuple[str, ...] | None = None
    full_scan: bool | None = None
    enclosing: str | None = None

    @property
    def context(self) -> dict[str, Any]:
        """The condition keys of the request, but for those that an absent value leaves out."""
        found: dict[str, Any] = {}
        if self.keys is not None:
            found[LEADING_KEYS] = list(self.keys)
        if self.full_scan is not None:
            found[FULL_TABLE_SCAN] = "true" if self.full_scan else "false"
        if self.enclosing is not None:
            found[ENCLOSING_OPERATION] = self.enclosing
        return found


class Tables(Protocol):
    """The tables that exist where the request goes."""

    def arn(self, table: str, index: str | None) -> str:
        """The ARN of a table, given its name or ARN, or of its index."""

    def partition_key(self, table: str, index: str | None) -> str | None:
        """The name of its partition key; None when there is no such table or index."""


class MalformedStatementError(UnreadableError):
    """A text that the parser refuses, so that it can't run either."""


Parse = Callable[[str, list[Any]], Mapping[str, Any]]
"""Parses a PartiQL statement with its parameters; ValueError when it is none."""


class Translation:
    """Translates requests to the tables of one account and region."""

    def __init__(self, tables: Tables, parse: Parse) -> None:
        self._tables = tables
        self._parse = parse
        self._by_operation: dict[str, Callable[[Mapping[str, Any], str], Iterator[Check]]] = {
            "GetItem": self._keyed,
            "DeleteItem": self._keyed,
            "UpdateItem": self._keyed,
            "PutItem": self._put,
            "Query": self._query,
            "Scan": self._scan,
            "BatchGetItem": self._batch_get,
            "BatchWriteItem": self._batch_write,
            "TransactGetItems": self._transaction,
            "TransactWriteItems": self._transaction,
            "ExecuteStatement": self._statement,
            "ExecuteTransaction": self._statements,
        }

    def knows(self, operation: str) -> bool:
        """Whether requests of `operation` are about items; those about tables are not translated."""
        return operation in self._by_operation

    def checks(self, operation: str, request: Mapping[str, Any]) -> list[Check]:
        """The checks that all have to pass before `request` runs.

        Raises:
            MalformedStatementError: a statement can't be parsed, so it can't run either.
            UnreadableError: they can't be told; the request must not run.
        """
        try:
            found = list(dict.fromkeys(self._by_operation[operation](request, operation)))
        except (AttributeError, IndexError, KeyError, TypeError) as error:
            raise UnreadableError(f"not a request of {operation}") from error
        if not found:
            raise UnreadableError(f"a request of {operation} about nothing")
        return found

    def statement(self, request: Mapping[str, Any]) -> Check:
        """The check of one statement of a BatchExecuteStatement, each of which is answered by itself.

        Raises:
            MalformedStatementError: the statement can't be parsed, so it can't run either.
            UnreadableError: it can't be told; the statement must not run.
        """
        return self.checks("ExecuteStatement", request)[0]

    def _keyed(self, request: Mapping[str, Any], operation: str) -> Iterator[Check]:
        yield self._item(f"dynamodb:{operation}", request["TableName"], [request["Key"]])

    def _put(self, request: Mapping[str, Any], operation: str) -> Iterator[Check]:
        yield self._item(f"dynamodb:{operation}", request["TableName"], [request["Item"]])

    def _query(self, request: Mapping[str, Any], operation: str) -> Iterator[Check]:
        table, index = request["TableName"], request.get("IndexName")
        key = self._tables.partition_key(table, index)
        found = [value for name, value in equalities(request) if name == key]
        if key is not None and len(found) != 1:
            raise UnreadableError("a Query demands one value of the partition key")
        yield Check(f"dynamodb:{operation}", self._tables.arn(table, index), _texts(found) if key else None)

    def _scan(self, request: Mapping[str, Any], operation: str) -> Iterator[Check]:
        yield Check(f"dynamodb:{operation}", self._tables.arn(request["TableName"], request.get("IndexName")))

    def _batch_get(self, request: Mapping[str, Any], operation: str) -> Iterator[Check]:
        for table, wanted in request["RequestItems"].items():
            yield self._item(f"dynamodb:{operation}", table, wanted["Keys"])

    def _batch_write(self, request: Mapping[str, Any], operation: str) -> Iterator[Check]:
        for table, writes in request["RequestItems"].items():
            items = [part["Item"] for write in writes for kind, part in write.items() if kind == "PutRequest"]
            keys = [part["Key"] for write in writes for kind, part in write.items() if kind == "DeleteRequest"]
            yield self._item(f"dynamodb:{operation}", table, items + keys)

    def _transaction(self, request: Mapping[str, Any], operation: str) -> Iterator[Check]:
        for member in request["TransactItems"]:
            if not member:
                raise UnreadableError("a transaction's part that does nothing")
            for kind, part in member.items():
                item = part["Item"] if kind == "Put" else part["Key"]
                # A condition check is nothing outside of a transaction, and the reference gives it no such key.
                enclosing = None if kind == "ConditionCheck" else operation
                yield self._item(_TRANSACTION_ACTIONS[kind], part["TableName"], [item], enclosing=enclosing)

    def _statements(self, request: Mapping[str, Any], operation: str) -> Iterator[Check]:
        for part in request["TransactStatements"]:
            yield from self._statement(part, operation, enclosing=operation)

    def _statement(self, request: Mapping[str, Any], _operation: str, enclosing: str | None = None) -> Iterator[Check]:
        try:
            found = target(self._parse(request["Statement"], request.get("Parameters") or []))
        except ValueError as error:
            raise MalformedStatementError(str(error)) from error
        key = self._tables.partition_key(found.table, found.index)
        bound = None if key is None else found.partitions(key)
        yield Check(
            found.action,
            self._tables.arn(found.table, found.index),
            None if bound is None else _texts(bound),
            full_scan=bound is None if found.reads else None,
            enclosing=enclosing,
        )

    def _item(self, action: str, table: str, items: list[Mapping[str, Any]], *, enclosing: str | None = None) -> Check:
        """A check on items of a table, given whole or by their keys."""
        key = self._tables.partition_key(table, None)
        values = [item[key] for item in items if key is not None]
        return Check(action, self._tables.arn(table, None), _texts(values) if values else None, enclosing=enclosing)


def _texts(values: list[Any]) -> tuple[str, ...]:
    """Attribute values of keys (strings, numbers, binary) as the texts that a policy compares."""
    return tuple(dict.fromkeys(_text(value) for value in values))


def _text(value: Mapping[str, Any]) -> str:
    if len(value) != 1:
        raise UnreadableError("an attribute value has one type")
    (kind, text) = next(iter(value.items()))
    if kind not in ("S", "N", "B") or not isinstance(text, str):
        raise UnreadableError("a key is text, a number or binary")
    return text
