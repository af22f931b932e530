"""Batches in DynamoDB, as their school, each write on the condition of the epoch of the one before."""

import uuid
from collections.abc import Sequence

from luca_gov_sync.ports import Batches, Fenced
from luca_shared.aws.errors import ConditionFailed, TransactionCanceled
from luca_shared.aws.expressions import absent, assign, equals
from luca_shared.records.submission import Batch
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import Term
from luca_shared.tenancy.table import Put, Tables


class BatchTable(Batches):
    """The batches of the table `luca-gov-sync`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def all(self, context: TenantContext, period: Term) -> list[Batch]:
        """Read a school's batches consistently."""
        items = self._tables.of(context).items(keys.batches(context, period), consistent=True)
        return [Batch.from_item(item) async for item in items]

    async def get(self, context: TenantContext, period: Term, batch_id: str) -> Batch | None:
        """Read one consistently."""
        item = await self._tables.of(context).get(keys.batch(context, period, batch_id), consistent=True)
        return None if item is None else Batch.from_item(item)

    async def add(self, context: TenantContext, batch: Batch) -> bool:
        """Write a batch that must not exist."""
        item = batch.to_indexed_item()
        try:
            await self._tables.of(context).put(batch.key(context), item, condition=absent())
        except ConditionFailed as failed:
            # It may have met what an earlier attempt of this very call had written.
            return bool(failed.lost_answers) and failed.item is not None and Batch.from_item(failed.item) == batch
        return True

    async def stamp(self, context: TenantContext, batch: Batch, epoch: int) -> Batch:
        """Set a batch's epoch; whoever held the old one may have written the rest since it was read."""
        stamp = assign({"epoch": epoch}, condition=equals("epoch", batch.epoch))
        try:
            return Batch.from_item(await self._tables.of(context).update(batch.key(context), stamp))
        except ConditionFailed as failed:
            if failed.lost_answers and failed.item is not None and failed.item.get("epoch") == epoch:
                return Batch.from_item(failed.item)  # an earlier attempt of this very call
            raise Fenced from None

    async def save(self, context: TenantContext, batch: Batch) -> None:
        """Write a batch whose stored epoch is its own."""
        try:
            await self._tables.of(context).put(
                batch.key(context), batch.to_indexed_item(), condition=equals("epoch", batch.epoch)
            )
        except ConditionFailed:
            raise Fenced from None

    async def split(self, context: TenantContext, parent: Batch, halves: Sequence[Batch]) -> None:
        """Write a parent and those of its halves that are new, all or nothing."""
        writes = [
            Put(parent.key(context), parent.to_indexed_item(), equals("epoch", parent.epoch)),
            *(Put(half.key(context), half.to_indexed_item(), absent()) for half in halves),
        ]
        try:
            # The token makes the client's own retries one transaction; a later call meets the conditions.
            await self._tables.of(context).transact(writes, token=uuid.uuid4().hex)
        except TransactionCanceled:
            stored = await self.get(context, parent.period, parent.batch_id)
            if stored is not None and stored.epoch == parent.epoch and stored.state is parent.state:
                return
            raise Fenced from None
