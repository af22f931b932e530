"""The tables as one school: every call is checked for whose it is, and signed with that school's credentials."""

from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial
from typing import TypeVar

from luca_shared.aws import expressions
from luca_shared.aws.attributes import Item
from luca_shared.aws.dynamodb import BATCH_STATEMENTS, DynamoDB
from luca_shared.aws.expressions import Condition, Page
from luca_shared.aws.item_types import ItemType
from luca_shared.aws.statements import Statement, StatementResult
from luca_shared.aws.transactions import TransactCheck, TransactDelete, TransactPut, TransactUpdate, TransactWrite
from luca_shared.tenancy import partiql
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.credentials import TenantCredentials
from luca_shared.tenancy.key_types import Key, Range
from luca_shared.tenancy.ownership import ForeignKey, Ownership
from luca_shared.tenancy.range_query import OutsideRange, RangePage, page_of, query_of
from luca_shared.tenancy.table_names import TableNames
from luca_shared.tenancy.writes import Amendment, Check, Delete, Put, Update, Write

__all__ = [
    "Amendment",
    "Check",
    "Delete",
    "ForeignKey",
    "OutsideRange",
    "Put",
    "RangePage",
    "TableNames",
    "Tables",
    "TenantTable",
    "Update",
]

Answer = TypeVar("Answer")
Kind = TypeVar("Kind")


class Tables:
    """All tables, for all schools; of use only as one of them."""

    def __init__(self, dynamodb: DynamoDB, credentials: TenantCredentials, names: TableNames) -> None:
        self._dynamodb = dynamodb
        self._credentials = credentials
        self._names = names

    def of(self, context: TenantContext) -> "TenantTable":
        """Return the tables as the context's school.

        Raises:
            TypeError: there is no context.
        """
        if not isinstance(context, TenantContext):
            raise TypeError("no tenant in context")
        return TenantTable(self._dynamodb, self._credentials, self._names, context)


class TenantTable:
    """The tables as one school.

    Every method raises ForeignKey before anything leaves the process when a key, a range or an index attribute is
    another school's, and any `AwsError`.
    """

    def __init__(
        self, dynamodb: DynamoDB, credentials: TenantCredentials, names: TableNames, context: TenantContext
    ) -> None:
        self.context = context
        self._dynamodb = dynamodb
        self._credentials = credentials
        self._names = names
        self._own = Ownership(context.school_id)

    async def get(self, key: Key, *, consistent: bool = False) -> Item | None:
        """Return an item, None when there is none."""
        table = self._table(key)
        return await self.signed(partial(self._dynamodb.get_item, table, _primary(key), consistent=consistent))

    async def get_many(self, keys: Sequence[Key], *, consistent: bool = False) -> dict[Key, Item]:
        """Return those items that exist, by key."""
        wanted: defaultdict[str, dict[tuple[str, str], Key]] = defaultdict(dict)
        for key in keys:
            wanted[self._table(key)][key.pk, key.sk] = key
        found: dict[Key, Item] = {}
        for table, by_primary in wanted.items():
            primaries = [_primary(key) for key in by_primary.values()]
            items = await self.signed(partial(self._dynamodb.batch_get, table, primaries, consistent=consistent))
            found.update((by_primary[item["pk"], item["sk"]], item) for item in items)
        return found

    async def query(
        self,
        range_: Range,
        *,
        limit: int | None = None,
        after: str | None = None,
        ascending: bool = True,
        consistent: bool = False,
    ) -> RangePage[Item]:
        """Return a part of a range; it may be empty and still not be the last.

        Args:
            range_: Of the table or of an index (which can't be read consistently).
            limit: How many items at most; None for as many as DynamoDB reads at once (1 MB).
            after: The position (sort key) that the part before ended with.
            ascending: In the order of the sort keys, or against it.
            consistent: Read what was last written.

        Raises:
            OutsideRange: `after` is not a position of this range.
        """
        return await self._part(
            range_, self._dynamodb.query, limit=limit, after=after, ascending=ascending, consistent=consistent
        )

    async def items(
        self, range_: Range, *, after: str | None = None, at_once: int | None = None, consistent: bool = False
    ) -> AsyncIterator[Item]:
        """Yield a range's items, after a position or from its beginning, reading `at_once` of them with a call."""
        while True:
            page = await self.query(range_, limit=at_once, after=after, consistent=consistent)
            for item in page.items:
                yield item
            after = page.after
            if after is None:
                return

    async def read(self, range_: Range, items: ItemType[Kind]) -> list[Kind]:
        """Return what all items of a range stand for, all of which are of one kind: the quick way to read many.

        Raises also what that kind does for an item which is none of it.
        """
        query_as = partial(self._dynamodb.query_as, items)
        page = await self._part(range_, query_as)
        found = page.items
        while page.after is not None:
            page = await self._part(range_, query_as, after=page.after)
            found += page.items
        return found

    async def read_many(self, keys: Sequence[Key], items: ItemType[Kind]) -> list[Kind]:
        """Return what those items stand for that exist, in no order; raises as `read`."""
        wanted: defaultdict[str, list[Item]] = defaultdict(list)
        for key in keys:
            wanted[self._table(key)].append(_primary(key))
        found: list[Kind] = []
        for table, primaries in wanted.items():
            found += await self.signed(partial(self._dynamodb.batch_get_as, items, table, primaries))
        return found

    async def put(self, key: Key, attributes: Item, *, condition: Condition | None = None) -> None:
        """Write a whole item; `attributes` are all but its key."""
        table, item = self._table(key), self._item(key, attributes)
        await self.signed(partial(self._dynamodb.put_item, table, item, condition=condition))

    async def update(self, key: Key, update: expressions.Update) -> Item:
        """Change an item's attributes (a condition is part of the update); return the item as it is then."""
        table = self._table(key)
        self._own.check_update(update)
        return await self.signed(partial(self._dynamodb.update_item, table, _primary(key), update))

    async def delete(self, key: Key, *, condition: Condition | None = None) -> None:
        """Delete an item; that there is none is no error."""
        table = self._table(key)
        await self.signed(partial(self._dynamodb.delete_item, table, _primary(key), condition=condition))

    async def transact(self, writes: Sequence[Write], *, token: str) -> None:
        """Carry out all writes or none; for 10 minutes, the same token with the same writes is carried out once."""
        actions = [self._action(write) for write in writes]
        await self.signed(partial(self._dynamodb.transact_write, actions, token=token))

    async def insert_many(self, items: Sequence[tuple[Key, Item]]) -> list[StatementResult]:
        """Write each item unless its key exists, each by itself; return what became of each, in order.

        25 items are one call. Should a later call fail as a whole, what earlier ones wrote stays, and is `Duplicate`
        when everything is sent again.

        Raises:
            ValueError: a key occurs twice; what DynamoDB makes of that is not documented.
        """
        _require_different([key for key, _ in items])
        return await self._execute(
            [partiql.insert(self._table(key), self._item(key, attributes)) for key, attributes in items]
        )

    async def amend_many(self, amendments: Sequence[Amendment]) -> list[StatementResult]:
        """Amend each item that is as demanded, each by itself; return what became of each, in order.

        25 items are one call. One that is not as demanded, or not there, is `Failed` with `ConditionalCheckFailed`.

        Raises:
            ValueError: a key occurs twice; what DynamoDB makes of that is not documented.
        """
        _require_different([amendment.key for amendment in amendments])
        return await self._execute([self._amending(amendment) for amendment in amendments])

    async def signed(self, call: Callable[..., Awaitable[Answer]]) -> Answer:
        """Make any other AWS call (of KMS, say) as this school; it takes `credentials` and `correlation_id`."""
        correlation_id = self.context.correlation_id or None
        return await self._credentials.signed(
            self.context, lambda credentials: call(credentials=credentials, correlation_id=correlation_id)
        )

    async def _part(
        self,
        range_: Range,
        query: Callable[..., Awaitable[Page[Kind]]],
        *,
        limit: int | None = None,
        after: str | None = None,
        ascending: bool = True,
        consistent: bool = False,
    ) -> RangePage[Kind]:
        self._own.check_range(range_)
        asked = query_of(range_, limit=limit, after=after, ascending=ascending, consistent=consistent)
        page = await self.signed(partial(query, self._names.of(range_.table), asked))
        return page_of(range_, page)

    async def _execute(self, statements: Sequence[Statement]) -> list[StatementResult]:
        results: list[StatementResult] = []
        for first in range(0, len(statements), BATCH_STATEMENTS):
            batch = statements[first : first + BATCH_STATEMENTS]
            results += await self.signed(partial(self._dynamodb.batch_execute, batch))
        return results

    def _amending(self, amendment: Amendment) -> Statement:
        table = self._table(amendment.key)
        self._own.check_attributes(amendment.sets)
        return partiql.update(table, amendment)

    def _table(self, key: Key) -> str:
        self._own.check_key(key)
        return self._names.of(key.table)

    def _item(self, key: Key, attributes: Item) -> Item:
        self._own.check_attributes(attributes)
        return {**_primary(key), **attributes}

    def _action(self, write: Write) -> TransactWrite:
        table = self._table(write.key)
        match write:
            case Put(key, attributes, condition):
                return TransactPut(table, self._item(key, attributes), condition)
            case Update(key, expression):
                self._own.check_update(expression)
                return TransactUpdate(table, _primary(key), expression)
            case Delete(key, condition):
                return TransactDelete(table, _primary(key), condition)
            case Check(key, condition):
                return TransactCheck(table, _primary(key), condition)


def _require_different(keys: Sequence[Key]) -> None:
    if len(set(keys)) != len(keys):
        raise ValueError("a key occurs twice among the items")


def _primary(key: Key) -> Item:
    return {"pk": key.pk, "sk": key.sk}
