"""Clocks that tests turn, schools to act as, and a table and a KMS in memory that know who asks."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest
from hypothesis import settings

from luca_shared.aws.attributes import Item, decode_item, encode_item
from luca_shared.aws.credentials import Credentials
from luca_shared.aws.dynamodb import DynamoDB
from luca_shared.aws.errors import AwsError, CancellationReason, ConditionFailed, Rejected, TransactionCanceled
from luca_shared.aws.expressions import Condition, Page, Query, Update
from luca_shared.aws.item_types import ItemType
from luca_shared.aws.kms import DataKey, Kms
from luca_shared.aws.statements import Statement, StatementResult, Written
from luca_shared.aws.transactions import TransactPut, TransactWrite
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.credentials import TenantCredentials
from luca_shared.tenancy.ids import SchoolId
from luca_shared.tenancy.table import TableNames, Tables

Kind = TypeVar("Kind")

# The pauses of a busy machine say nothing about the code.
settings.register_profile("tenancy", deadline=None)
settings.load_profile("tenancy")


class Clock:
    """A clock that a test turns."""

    def __init__(self, now: float = 1_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def act_as() -> Callable[..., TenantContext]:
    """Makes the context of a school."""

    def act_as(school: str, correlation_id: str = "c-1") -> TenantContext:
        return TenantContext.of_directory(SchoolId(school), correlation_id)

    return act_as


@dataclass
class Sts:
    """Gives credentials whose key id names the school in the tag, after as many turns of the loop as a test likes."""

    turns: int = 0
    expires_at: Any = None
    error: AwsError | None = None
    calls: list[tuple[str, Mapping[str, str], str]] = field(default_factory=list)
    under_way: int = 0
    most_under_way: int = 0

    async def __call__(self, role_arn: str, tags: Mapping[str, str], session_name: str) -> Credentials:
        self.calls.append((role_arn, tags, session_name))
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            for _ in range(self.turns):
                await asyncio.sleep(0)
            if self.error is not None:
                raise self.error
            expires_at = self.expires_at() if self.expires_at else None
            return Credentials(f"{tags['school_id']}:{len(self.calls)}", "secret", "token", expires_at)
        finally:
            self.under_way -= 1


@pytest.fixture
def sts() -> Sts:
    return Sts()


@dataclass
class Call:
    """What reached the network."""

    operation: str
    table: str
    credentials: Credentials
    correlation_id: str | None
    content: Any = None

    @property
    def school(self) -> str:
        """Whose credentials signed it."""
        return self.credentials.access_key_id.partition(":")[0]


@dataclass
class FakeDynamoDB(DynamoDB):
    """Items in memory, a record of every call, and errors to raise in the place of the next answers."""

    items: dict[tuple[str, str, str], Item] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    errors: list[AwsError | None] = field(default_factory=list)
    before: Callable[[Call], Awaitable[None]] | None = None
    page: Page[Item] | None = None
    pages: list[Page[Item]] = field(default_factory=list)

    async def _called(self, call: Call) -> None:
        self.calls.append(call)
        await asyncio.sleep(0)
        if self.before is not None:
            await self.before(call)
        if self.errors and (error := self.errors.pop(0)) is not None:
            raise error

    async def get_item(
        self,
        table: str,
        key: Item,
        *,
        credentials: Credentials,
        correlation_id: str | None = None,
        consistent: bool = False,
    ) -> Item | None:
        await self._called(Call("GetItem", table, credentials, correlation_id, (key, consistent)))
        return self.items.get((table, key["pk"], key["sk"]))

    async def batch_get(
        self,
        table: str,
        keys: Sequence[Item],
        *,
        credentials: Credentials,
        correlation_id: str | None = None,
        consistent: bool = False,
    ) -> list[Item]:
        await self._called(Call("BatchGetItem", table, credentials, correlation_id, (keys, consistent)))
        names = [(table, key["pk"], key["sk"]) for key in keys]
        return [self.items[name] for name in names if name in self.items]

    async def batch_get_as(
        self,
        items: ItemType[Kind],
        table: str,
        keys: Sequence[Item],
        *,
        credentials: Credentials,
        correlation_id: str | None = None,
        consistent: bool = False,
    ) -> list[Kind]:
        found = await self.batch_get(
            table, keys, credentials=credentials, correlation_id=correlation_id, consistent=consistent
        )
        return list(map(items.of_item, found))

    async def query(
        self, table: str, query: Query, *, credentials: Credentials, correlation_id: str | None = None
    ) -> Page[Item]:
        await self._called(Call("Query", table, credentials, correlation_id, query))
        return self.pages.pop(0) if self.pages else self.page or Page([], None)

    async def query_as(
        self,
        items: ItemType[Kind],
        table: str,
        query: Query,
        *,
        credentials: Credentials,
        correlation_id: str | None = None,
    ) -> Page[Kind]:
        page = await self.query(table, query, credentials=credentials, correlation_id=correlation_id)
        return Page([items.of_item(item) for item in page.items], page.last_key)

    async def put_item(
        self,
        table: str,
        item: Item,
        *,
        condition: Condition | None = None,
        credentials: Credentials,
        correlation_id: str | None = None,
    ) -> None:
        await self._called(Call("PutItem", table, credentials, correlation_id, (item, condition)))
        name = (table, item["pk"], item["sk"])
        if condition is not None and name in self.items:
            raise ConditionFailed("PutItem", "ConditionalCheckFailedException")
        self.items[name] = decode_item(encode_item(item))

    async def update_item(
        self,
        table: str,
        key: Item,
        update: Update,
        *,
        credentials: Credentials,
        correlation_id: str | None = None,
    ) -> Item:
        await self._called(Call("UpdateItem", table, credentials, correlation_id, (key, update)))
        return dict(key)

    async def delete_item(
        self,
        table: str,
        key: Item,
        *,
        condition: Condition | None = None,
        credentials: Credentials,
        correlation_id: str | None = None,
    ) -> None:
        await self._called(Call("DeleteItem", table, credentials, correlation_id, (key, condition)))
        if self.items.pop((table, key["pk"], key["sk"]), None) is None and condition is not None:
            raise ConditionFailed("DeleteItem", "ConditionalCheckFailedException")

    async def transact_write(
        self,
        writes: Sequence[TransactWrite],
        *,
        token: str,
        credentials: Credentials,
        correlation_id: str | None = None,
    ) -> None:
        await self._called(Call("TransactWriteItems", "", credentials, correlation_id, (writes, token)))
        puts = [write for write in writes if isinstance(write, TransactPut)]
        names = [(put.table, put.item["pk"], put.item["sk"]) for put in puts]
        failed = [put.condition is not None and name in self.items for put, name in zip(puts, names, strict=True)]
        if any(failed):
            reasons = tuple(CancellationReason("ConditionalCheckFailed" if each else "None") for each in failed)
            raise TransactionCanceled("TransactWriteItems", "TransactionCanceledException", reasons=reasons)
        self.items.update({name: decode_item(encode_item(put.item)) for name, put in zip(names, puts, strict=True)})

    async def batch_execute(
        self, statements: Sequence[Statement], *, credentials: Credentials, correlation_id: str | None = None
    ) -> list[StatementResult]:
        await self._called(Call("BatchExecuteStatement", "", credentials, correlation_id, statements))
        return [Written() for _ in statements]


@pytest.fixture
def dynamodb() -> FakeDynamoDB:
    return FakeDynamoDB()


@dataclass
class FakeKms(Kms):
    """Wraps keys so that only the same key, context and school open them."""

    wrapped: dict[bytes, tuple[str, Mapping[str, str], bytes]] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)

    async def generate_data_key(
        self,
        key_id: str,
        context: Mapping[str, str],
        *,
        credentials: Credentials,
        correlation_id: str | None = None,
    ) -> DataKey:
        self.calls.append(Call("GenerateDataKey", key_id, credentials, correlation_id, context))
        await asyncio.sleep(0)
        made = DataKey(secrets.token_bytes(32), secrets.token_bytes(60))
        self.wrapped[made.wrapped] = (key_id, context, made.plaintext)
        return made

    async def decrypt(
        self,
        key_id: str,
        wrapped: bytes,
        context: Mapping[str, str],
        *,
        credentials: Credentials,
        correlation_id: str | None = None,
    ) -> bytes:
        self.calls.append(Call("Decrypt", key_id, credentials, correlation_id, context))
        await asyncio.sleep(0)
        known = self.wrapped.get(wrapped)
        if known is None or known[:2] != (key_id, context):
            raise Rejected("Decrypt", "InvalidCiphertextException")
        return known[2]


@pytest.fixture
def kms() -> FakeKms:
    return FakeKms()


@pytest.fixture
def tables(dynamodb: FakeDynamoDB, sts: Sts) -> Tables:
    credentials = TenantCredentials(sts, role_arn="arn:role")
    return Tables(dynamodb, credentials, TableNames("t-luca", "t-keys", "t-sync"))
