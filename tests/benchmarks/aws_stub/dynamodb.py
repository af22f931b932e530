"""DynamoDB's operations on the store: as many as grades need, with true conditions; what it doesn't know it refuses."""

import re
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson
from tests.benchmarks.aws_stub.store import Store, Stored, Wire

Request = Mapping[str, Any]

_ABSENT: Final = re.compile(r"attribute_not_exists\s*\(\s*(#?\w+)\s*\)")
_EQUAL: Final = re.compile(r"(#?\w+)\s*=\s*(:\w+)")
_KEYS: Final = re.compile(
    r"(#?\w+)\s*=\s*(:\w+)(?:\s+AND\s+(?:#?\w+\s+BETWEEN\s+(:\w+)\s+AND\s+(:\w+)|begins_with\s*\(\s*#?\w+\s*,\s*(:\w+)\s*\)))?"
)
_LAST: Final = "\U0010ffff"
_REMEMBERED_TOKENS: Final = 100_000


class Refused(Exception):
    """AWS's error answer: its code, and what goes with it."""

    def __init__(self, code: str, message: str = "", **members: Any) -> None:
        super().__init__(code)
        self.body = orjson.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": message, **members})


class DynamoDB:
    """Carries out one operation at a time; what it returns is JSON."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._tokens: set[str] = set()
        self._token_order: deque[str] = deque()
        self._operations: dict[str, Callable[[Request, str], bytes]] = {
            "GetItem": self._get_item,
            "BatchGetItem": self._batch_get_item,
            "Query": self._query,
            "PutItem": self._put_item,
            "TransactWriteItems": self._transact_write_items,
        }

    def carry_out(self, operation: str, request: Request, school_id: str) -> bytes:
        """Carry out an operation as a school; as somebody who may do anything, when it is the empty text.

        Raises:
            Refused: with AWS's code.
        """
        known = self._operations.get(operation)
        if known is None:
            raise Refused("UnknownOperationException", operation)
        return known(request, f"TENANT#{school_id}#" if school_id else "TENANT#")

    def forget_tokens(self) -> None:
        """Take every transaction for a new one."""
        self._tokens.clear()
        self._token_order.clear()

    def _get_item(self, request: Request, own: str) -> bytes:
        pk, sk = _primary(request["Key"], own)
        found = self._store.get(request["TableName"], pk, sk)
        return b"{}" if found is None else b'{"Item":%s}' % found.json

    def _batch_get_item(self, request: Request, own: str) -> bytes:
        parts = []
        for table, wanted in request["RequestItems"].items():
            found = (self._store.get(table, *_primary(key, own)) for key in wanted["Keys"])
            parts.append(b"%s:[%s]" % (orjson.dumps(table), b",".join(item.json for item in found if item is not None)))
        return b'{"Responses":{%s},"UnprocessedKeys":{}}' % b",".join(parts)

    def _query(self, request: Request, own: str) -> bytes:
        match = _KEYS.fullmatch(request["KeyConditionExpression"])
        if match is None or request.get("FilterExpression") or request.get("ScanIndexForward") is False:
            raise Refused("ValidationException", "a query that the stub doesn't know")
        values = {name: value["S"] for name, value in request["ExpressionAttributeValues"].items()}
        _, partition, low, high, prefix = match.groups()
        index = request.get("IndexName")
        pk = _owned(values[partition], own)
        found = self._store.partition(f"{request['TableName']}/{index}" if index else request["TableName"], pk)
        start = request.get("ExclusiveStartKey")
        sort_attribute = f"{index}_sk" if index else "sk"
        keys = found.between(
            values[prefix] if prefix else values[low] if low else "",
            values[prefix] + _LAST if prefix else values[high] if high else _LAST,
            start[sort_attribute]["S"] if start else None,
        )
        limit = request.get("Limit", len(keys) + 1)
        items = [found.items[key] for key in keys[:limit]]
        last = b',"LastEvaluatedKey":%s' % _last_key(items[-1].item, index) if items and len(keys) >= limit else b""
        body = b",".join([item.json for item in items])
        return b'{"Count":%d,"ScannedCount":%d,"Items":[%s]%s}' % (len(items), len(items), body, last)

    def _put_item(self, request: Request, own: str) -> bytes:
        before = self._store.get(request["TableName"], *_primary(request["Item"], own))
        if not _holds(request, before):
            raise Refused("ConditionalCheckFailedException", "The conditional request failed", **_old(request, before))
        self._store.put(request["TableName"], request["Item"])
        return b"{}"

    def _transact_write_items(self, request: Request, own: str) -> bytes:
        token = request.get("ClientRequestToken")
        if token in self._tokens:
            return b"{}"  # carried out already
        writes = [_action(each) for each in request["TransactItems"]]
        found = [
            self._store.get(write["TableName"], *_primary(write.get("Item") or write["Key"], own))
            for _, write in writes
        ]
        reasons = [
            {"Code": "None"} if _holds(write, before) else {"Code": "ConditionalCheckFailed", **_old(write, before)}
            for (_, write), before in zip(writes, found, strict=True)
        ]
        codes = [reason["Code"] for reason in reasons]
        if any(code != "None" for code in codes):
            message = (
                f"Transaction cancelled, please refer cancellation reasons for specific reasons [{', '.join(codes)}]"
            )
            raise Refused("TransactionCanceledException", message, CancellationReasons=reasons)
        for kind, write in writes:
            if kind == "Put":
                self._store.put(write["TableName"], write["Item"])
            elif kind == "Delete":
                self._store.delete(write["TableName"], *_primary(write["Key"], own))
        if token is not None:
            self._remember(token)
        return b"{}"

    def _remember(self, token: str) -> None:
        self._tokens.add(token)
        self._token_order.append(token)
        if len(self._token_order) > _REMEMBERED_TOKENS:
            self._tokens.discard(self._token_order.popleft())


def _action(member: Mapping[str, Any]) -> tuple[str, Any]:
    ((kind, write),) = member.items()
    if kind not in {"Put", "Delete", "ConditionCheck"}:
        raise Refused("ValidationException", f"a {kind} in a transaction")
    return kind, write


def _primary(key: Wire, own: str) -> tuple[str, str]:
    return _owned(key["pk"]["S"], own), key["sk"]["S"]


def _owned(partition: Any, own: str) -> str:
    """The partition key, which must be the school's, as the tenant role's policy demands."""
    if not isinstance(partition, str) or not partition.startswith(own):
        raise Refused("AccessDeniedException", "not authorized to perform: that")
    return partition


def _holds(write: Request, before: Stored | None) -> bool:
    expression = write.get("ConditionExpression")
    if expression is None:
        return True
    if _ABSENT.fullmatch(expression):
        return before is None
    if (equal := _EQUAL.fullmatch(expression)) is not None:
        name = write.get("ExpressionAttributeNames", {}).get(equal[1], equal[1])
        return before is not None and before.item.get(name) == write["ExpressionAttributeValues"][equal[2]]
    raise Refused("ValidationException", f"a condition that the stub doesn't know: {expression}")


def _old(write: Request, before: Stored | None) -> dict[str, Any]:
    wanted = write.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
    return {"Item": before.item} if wanted and before is not None else {}


def _last_key(item: Wire, index: str | None) -> bytes:
    names = ("pk", "sk", f"{index}_pk", f"{index}_sk") if index else ("pk", "sk")
    return orjson.dumps({name: item[name] for name in names})
