"""As much of DynamoDB, KMS and STS as the service uses, in memory; they keep schools apart as IAM does."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import orjson

from luca_shared.aws.attributes import Item, decode_item, encode_item
from luca_shared.aws.credentials import Credentials
from luca_shared.aws.errors import (
    AccessDenied,
    AwsError,
    CancellationReason,
    ConditionFailed,
    TransactionCanceled,
    Unavailable,
)
from luca_shared.aws.expressions import Between, Condition, Page, Query
from luca_shared.aws.item_types import ItemType, batch_of, batch_reader, page_of, page_reader
from luca_shared.aws.kms import DataKey
from luca_shared.aws.transactions import TransactDelete, TransactPut, TransactUpdate, TransactWrite
from luca_shared.tenancy.key_types import LAST

Kind = TypeVar("Kind")
Primary = tuple[str, str, str]


@dataclass
class FakeDynamoDB:
    """As much of DynamoDB as the service uses. It refuses one school's credentials another's keys, as IAM does.

    `calls` are the operations that arrived. `failing` are raised instead of the next transactions, one for each; `lost`
    is raised after the next one has been carried out. `fate` says of each operation whether it `arrives`, is `lost` on
    its way here, or has its `answer lost`.
    """

    items: dict[Primary, Item] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    failing: list[Exception] = field(default_factory=list)
    lost: AwsError | None = None
    fate: Callable[[str], str] = lambda _: "arrives"

    async def get_item(self, table: str, key: Item, *, credentials: Credentials, **_: Any) -> Item | None:
        self._arrived("GetItem", credentials, [key["pk"]])
        return self.items.get((table, key["pk"], key["sk"]))

    async def batch_get(self, table: str, keys: Sequence[Item], *, credentials: Credentials, **_: Any) -> list[Item]:
        if not keys:
            return []
        self._arrived("BatchGetItem", credentials, [key["pk"] for key in keys])
        found = (self.items.get((table, key["pk"], key["sk"])) for key in keys)
        return [item for item in found if item is not None]

    async def query(self, table: str, query: Query, *, credentials: Credentials, **_: Any) -> Page[Item]:
        attribute, partition = query.partition
        self._arrived("Query", credentials, [partition])
        by = "sk" if query.index is None else f"{query.index}_sk"
        sort = query.sort or Between(by, "", LAST)
        assert isinstance(sort, Between)
        found = sorted(
            (item for (of, *_), item in self.items.items() if of == table and item.get(attribute) == partition),
            key=lambda item: item[by],
        )
        found = [item for item in found if sort.low <= item[by] <= sort.high]
        if query.start is not None:
            found = [item for item in found if item[by] > query.start[by]]
        page = found[: query.limit]
        return Page(page, page[-1] if len(found) > len(page) else None)

    async def batch_get_as(
        self, items: ItemType[Kind], table: str, keys: Sequence[Item], *, credentials: Credentials, **_: Any
    ) -> list[Kind]:
        found = await self.batch_get(table, keys, credentials=credentials)
        answer = batch_reader(items.wire)(orjson.dumps({"Responses": {table: list(map(encode_item, found))}}))
        assert answer is not None
        return batch_of(answer, table, items)[0]

    async def query_as(self, items: ItemType[Kind], table: str, query: Query, **named: Any) -> Page[Kind]:
        page = await self.query(table, query, **named)
        encoded = orjson.dumps({"Items": [encode_item(item) for item in page.items]})
        answer = page_reader(items.wire)(encoded)
        assert answer is not None
        return Page(page_of(answer, items).items, page.last_key)

    async def put_item(
        self, table: str, item: Item, *, credentials: Credentials, condition: Condition | None = None, **_: Any
    ) -> None:
        self._arrived("PutItem", credentials, [item["pk"]])
        await asyncio.sleep(0)  # so that others get in between
        with self._on_the_way("PutItem"):
            self._require(condition, table, item, "PutItem")
            self._keep(table, item)

    async def delete_item(
        self, table: str, key: Item, *, credentials: Credentials, condition: Condition | None = None, **_: Any
    ) -> None:
        self._arrived("DeleteItem", credentials, [key["pk"]])
        await asyncio.sleep(0)
        with self._on_the_way("DeleteItem"):
            self._require(condition, table, key, "DeleteItem")
            self.items.pop((table, key["pk"], key["sk"]), None)

    async def transact_write(
        self, writes: Sequence[TransactWrite], *, token: str, credentials: Credentials, **_: Any
    ) -> None:
        keys = [_primary(write) for write in writes]
        self._arrived("TransactWriteItems", credentials, [pk for _, pk, _ in keys])
        assert 1 <= len(token) <= 36
        assert len(set(keys)) == len(keys) <= 100
        await asyncio.sleep(0)
        if self.failing:
            raise self.failing.pop(0)
        with self._on_the_way("TransactWriteItems"):
            self._transact(writes, keys)
        lost, self.lost = self.lost, None
        if lost is not None:
            raise lost

    def _transact(self, writes: Sequence[TransactWrite], keys: Sequence[Primary]) -> None:
        found = [self.items.get(key) for key in keys]
        holds = [self._holds(_condition(write), old) for write, old in zip(writes, found, strict=True)]
        if not all(holds):
            reasons = tuple(
                CancellationReason("None") if held else CancellationReason("ConditionalCheckFailed", old)
                for held, old in zip(holds, found, strict=True)
            )
            raise TransactionCanceled("TransactWriteItems", "TransactionCanceledException", reasons=reasons)
        for write, key in zip(writes, keys, strict=True):
            if isinstance(write, TransactPut):
                self._keep(write.table, write.item)
            elif isinstance(write, TransactDelete):
                self.items.pop(key, None)

    @contextmanager
    def _on_the_way(self, operation: str) -> Iterator[None]:
        fate = self.fate(operation)
        if fate == "lost":
            raise Unavailable(operation, "ConnectionLost")
        yield
        if fate == "answer lost":
            raise Unavailable(operation, "ConnectionLost")

    def _require(self, condition: Condition | None, table: str, key: Item, operation: str) -> None:
        found = self.items.get((table, key["pk"], key["sk"]))
        if not self._holds(condition, found):
            raise ConditionFailed(operation, "ConditionalCheckFailedException", item=found)

    def _arrived(self, operation: str, credentials: Credentials, partitions: Sequence[str]) -> None:
        self.calls.append(operation)
        if not all(partition.startswith(f"TENANT#{credentials.access_key_id}#") for partition in partitions):
            raise AccessDenied(operation, "AccessDeniedException")

    def _keep(self, table: str, item: Item) -> None:
        self.items[table, item["pk"], item["sk"]] = decode_item(encode_item(item))

    @staticmethod
    def _holds(condition: Condition | None, item: Item | None) -> bool:
        if condition is None:
            return True
        if condition.expression == "attribute_not_exists(#pk) OR #expires_at <= :now":
            return item is None or bool(item["expires_at"] <= condition.values[":now"])
        if condition.expression.startswith("attribute_not_exists"):
            return item is None
        if condition.expression.startswith("attribute_exists"):
            return item is not None
        ((name, attribute),) = condition.names.items()
        ((value, expected),) = condition.values.items()
        assert condition.expression == f"{name} = {value}"
        return item is not None and item.get(attribute) == expected


def _primary(write: TransactWrite) -> Primary:
    key = write.item if isinstance(write, TransactPut) else write.key
    return write.table, key["pk"], key["sk"]


def _condition(write: TransactWrite) -> Condition | None:
    assert not isinstance(write, TransactUpdate), "no endpoint updates in a transaction"
    return write.condition


class FakeKms:
    async def generate_data_key(self, key_id: str, context: Mapping[str, str], **_: Any) -> DataKey:
        key = (key_id + context["school_id"]).encode().ljust(32, b"-")[:32]
        return DataKey(key, key)

    async def decrypt(self, _: str, wrapped: bytes, __: Mapping[str, str], **___: Any) -> bytes:
        return wrapped


async def assume_role(role_arn: str, tags: Mapping[str, str], session_name: str) -> Credentials:
    assert role_arn
    assert session_name
    return Credentials(tags["school_id"], "secret")
