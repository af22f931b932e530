"""DynamoDB's operations on plain Python items, each call with the credentials it is made with."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import orjson

from luca_shared.aws.answers import json_object
from luca_shared.aws.attributes import Item, decode_item, encode_item
from luca_shared.aws.client import AwsClient
from luca_shared.aws.credentials import Credentials
from luca_shared.aws.errors import Throttled, Unavailable
from luca_shared.aws.expressions import Condition, Page, Query, Update, query_members
from luca_shared.aws.item_types import (
    PLAIN,
    ItemType,
    Untyped,
    WireBatch,
    WirePage,
    batch_of,
    batch_reader,
    page_of,
    page_reader,
)
from luca_shared.aws.services import Service
from luca_shared.aws.statements import Statement, StatementResult, statement_member, statement_result
from luca_shared.aws.transactions import TransactWrite, conditional, transact_item, updating

T = TypeVar("T")

BATCH_GET_KEYS = 100
BATCH_STATEMENTS = 25
TRANSACTION_WRITES = 100
_TOKEN_LENGTH = 36
_FRUITLESS_ROUNDS = 5


class DynamoDB:
    """Every method may raise any `AwsError`, and ValueError or TypeError for values that DynamoDB can't hold."""

    def __init__(self, client: AwsClient) -> None:
        self._client = client

    async def get_item(
        self,
        table: str,
        key: Item,
        *,
        credentials: Credentials,
        correlation_id: str | None = None,
        consistent: bool = False,
    ) -> Item | None:
        """Return the item with this key, None when there is none."""
        request = {"TableName": table, "Key": encode_item(key), **_consistency(consistent)}
        answer = await self._call("GetItem", request, credentials, correlation_id)
        item = answer.get("Item")
        return None if item is None else decode_item(item)

    async def batch_get(
        self,
        table: str,
        keys: Sequence[Item],
        *,
        credentials: Credentials,
        correlation_id: str | None = None,
        consistent: bool = False,
    ) -> list[Item]:
        """Return those items that exist, in no order; any number of keys, each counts once.

        Raises:
            Throttled: AWS left keys unprocessed again and again.
        """
        return await self.batch_get_as(
            PLAIN, table, keys, credentials=credentials, correlation_id=correlation_id, consistent=consistent
        )

    async def batch_get_as(
        self,
        items: ItemType[T],
        table: str,
        keys: Sequence[Item],
        *,
        credentials: Credentials,
        correlation_id: str | None = None,
        consistent: bool = False,
    ) -> list[T]:
        """Return what those items stand for that exist; else as `batch_get`, and raises what their type does."""
        encoded = (encode_item(key) for key in keys)
        distinct = {orjson.dumps(key, option=orjson.OPT_SORT_KEYS): key for key in encoded}
        waiting = list(distinct.values())
        found: list[T] = []
        fruitless = 0
        while waiting:
            chunk, waiting = waiting[:BATCH_GET_KEYS], waiting[BATCH_GET_KEYS:]
            request = {"RequestItems": {table: {"Keys": chunk, **_consistency(consistent)}}}
            read = batch_reader(items.wire)
            answer: WireBatch | Untyped = await self._call_as(
                read, "BatchGetItem", request, credentials, correlation_id
            )
            of_chunk, left = batch_of(answer, table, items)
            found += of_chunk
            if left:  # more than 16 MB, or throttled
                waiting = left + waiting
                fruitless = 0 if len(left) < len(chunk) else fruitless + 1
                if fruitless == _FRUITLESS_ROUNDS:
                    raise Throttled("BatchGetItem", "UnprocessedKeys")
                await self._client.pause(fruitless + 1)
        return found

    async def query(
        self, table: str, query: Query, *, credentials: Credentials, correlation_id: str | None = None
    ) -> Page[Item]:
        """Return one page; it may be empty and still not be the last."""
        return await self.query_as(PLAIN, table, query, credentials=credentials, correlation_id=correlation_id)

    async def query_as(
        self,
        items: ItemType[T],
        table: str,
        query: Query,
        *,
        credentials: Credentials,
        correlation_id: str | None = None,
    ) -> Page[T]:
        """Return one page of what its items stand for; raises what their type does for an item that is none of them."""
        request = {"TableName": table, **query_members(query)}
        read = page_reader(items.wire)
        answer: WirePage | Untyped = await self._call_as(read, "Query", request, credentials, correlation_id)
        return page_of(answer, items)

    async def put_item(
        self,
        table: str,
        item: Item,
        *,
        condition: Condition | None = None,
        credentials: Credentials,
        correlation_id: str | None = None,
    ) -> None:
        """Write the whole item, in place of the one with its key."""
        request = {"TableName": table, "Item": encode_item(item), **conditional(condition)}
        await self._call("PutItem", request, credentials, correlation_id)

    async def update_item(
        self,
        table: str,
        key: Item,
        update: Update,
        *,
        credentials: Credentials,
        correlation_id: str | None = None,
    ) -> Item:
        """Change the item (made when there is none and no condition forbids it); return all of it, as it is now."""
        request = {"TableName": table, "Key": encode_item(key), **updating(update), "ReturnValues": "ALL_NEW"}
        answer = await self._call("UpdateItem", request, credentials, correlation_id)
        return decode_item(answer["Attributes"])

    async def delete_item(
        self,
        table: str,
        key: Item,
        *,
        condition: Condition | None = None,
        credentials: Credentials,
        correlation_id: str | None = None,
    ) -> None:
        """Delete the item; that there is none is no error."""
        request = {"TableName": table, "Key": encode_item(key), **conditional(condition)}
        await self._call("DeleteItem", request, credentials, correlation_id)

    async def transact_write(
        self,
        writes: Sequence[TransactWrite],
        *,
        token: str,
        credentials: Credentials,
        correlation_id: str | None = None,
    ) -> None:
        """Carry out all writes or none.

        There are 1 to 100, each of another item. For 10 minutes, the same `token` with the same writes is carried out
        once, however often it is sent.

        Raises:
            TransactionCanceled: Something other than concurrent requests stood in the way; has a reason for each write.
            TokenReused: The token was used for other writes.
        """
        if not 1 <= len(writes) <= TRANSACTION_WRITES:
            raise ValueError(f"a transaction has 1 to {TRANSACTION_WRITES} writes, not {len(writes)}")
        if not 1 <= len(token) <= _TOKEN_LENGTH:
            raise ValueError(f"a transaction's token has 1 to {_TOKEN_LENGTH} characters")
        request = {"TransactItems": [transact_item(write) for write in writes], "ClientRequestToken": token}
        await self._call("TransactWriteItems", request, credentials, correlation_id)

    async def batch_execute(
        self, statements: Sequence[Statement], *, credentials: Credentials, correlation_id: str | None = None
    ) -> list[StatementResult]:
        """Carry out each statement by itself; return their results in their order.

        There are 1 to 25, each a write of another item. Those that failed are not repeated: what is worth a retry, and
        when, the caller knows best.
        """
        if not 1 <= len(statements) <= BATCH_STATEMENTS:
            raise ValueError(f"a batch has 1 to {BATCH_STATEMENTS} statements, not {len(statements)}")
        request = {"Statements": [statement_member(statement) for statement in statements]}
        answer = await self._call("BatchExecuteStatement", request, credentials, correlation_id)
        results = [statement_result(response) for response in answer["Responses"]]
        if len(results) != len(statements):
            raise Unavailable("BatchExecuteStatement", "UnreadableAnswer")
        return results

    async def _call(
        self, operation: str, request: Mapping[str, Any], credentials: Credentials, correlation_id: str | None
    ) -> dict[str, Any]:
        return await self._call_as(json_object, operation, request, credentials, correlation_id)

    async def _call_as(
        self,
        read: Callable[[bytes], T | None],
        operation: str,
        request: Mapping[str, Any],
        credentials: Credentials,
        correlation_id: str | None,
    ) -> T:
        return await self._client.call_as(
            read, Service.DYNAMODB, operation, request, credentials=credentials, correlation_id=correlation_id
        )


def _consistency(consistent: bool) -> dict[str, bool]:  # noqa: FBT001  # the member's value, not a mode of this function
    return {"ConsistentRead": True} if consistent else {}
