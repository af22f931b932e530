"""Grades in DynamoDB, as their school: the pending ones, and the marks that say what became of them.

Marks are PartiQL UPDATEs, 25 a call, each with a condition and a result of its own. A transaction would take 100 at
once, but all or nothing: one teacher's correction would undo 99 marks, and cost twice the capacity.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence

from luca_gov_sync.marks import amendment_of
from luca_gov_sync.ports import Grades, Mark
from luca_shared.aws.dynamodb import BATCH_STATEMENTS
from luca_shared.aws.errors import AwsError, Rejected, Throttled
from luca_shared.aws.retries import RetryPolicy
from luca_shared.aws.statements import Failed, Written
from luca_shared.records.grade import Grade
from luca_shared.records.submission import Batch, Member
from luca_shared.records.timestamps import Timestamp
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import Term
from luca_shared.tenancy.key_types import Key
from luca_shared.tenancy.table import Amendment, Tables

_RETRY = RetryPolicy(attempts=8, base=0.05, cap=5.0)
_CHANGED = "ConditionalCheckFailed"


class GradeTable(Grades):
    """The grades of the table `luca`."""

    def __init__(
        self,
        tables: Tables,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._tables = tables
        self._sleep = sleep
        self._chance = chance

    async def pending(self, context: TenantContext, period: Term) -> list[Grade]:
        """Return the grades that are pending now: the index says which may be, their own items which are."""
        async with asyncio.TaskGroup() as group:
            shards = [group.create_task(self._listed(context, shard, period)) for shard in range(keys.PENDING_SHARDS)]
        listed = [key for shard in shards for key in shard.result()]
        items = await self._tables.of(context).get_many(listed, consistent=True)
        return [grade for grade in map(Grade.from_item, items.values()) if grade.term == period]

    async def mark(self, context: TenantContext, batch: Batch, marks: Sequence[Mark], at: Timestamp) -> int:
        """Mark grades; return how many were."""
        amendments = [amendment_of(context, batch, mark, at) for mark in marks]
        marked = 0
        for first in range(0, len(amendments), BATCH_STATEMENTS):
            marked += await self._carry_out(context, amendments[first : first + BATCH_STATEMENTS])
        return marked

    async def versions(
        self, context: TenantContext, period: Term, members: Sequence[Member]
    ) -> list[tuple[Member, Grade]]:
        """Return those members whose grades still are at that version, with the grades."""
        by_key = {keys.grade(context, m.student_id, period, m.class_id, m.assessment_id): m for m in members}
        items = await self._tables.of(context).get_many(list(by_key), consistent=True)
        grades = [(by_key[key], Grade.from_item(item)) for key, item in items.items()]
        return [(member, grade) for member, grade in grades if grade.version == member.version]

    async def _listed(self, context: TenantContext, shard: int, period: Term) -> list[Key]:
        range_ = keys.pending_in_shard(context, shard, period)
        items = self._tables.of(context).items(range_)
        return [range_.key_at(str(item[range_.sort_attribute])) async for item in items]

    async def _carry_out(self, context: TenantContext, amendments: Sequence[Amendment]) -> int:
        """Carry out up to 25 amendments, those that may yet succeed again and again; return how many did."""
        marked, attempt = 0, 0
        while amendments:
            attempt += 1
            results = await self._tables.of(context).amend_many(amendments)
            again: list[Amendment] = []
            for amendment, result in zip(amendments, results, strict=True):
                match result:
                    case Written():
                        marked += 1
                    case Failed(code) if code == _CHANGED:
                        pass
                    case Failed(code, retryable):
                        if not retryable:
                            raise Rejected("BatchExecuteStatement", code)
                        again.append(amendment)
                    case _:
                        raise AwsError("BatchExecuteStatement", "UnexpectedResult")
            if again and attempt >= _RETRY.attempts:
                raise Throttled("BatchExecuteStatement", "StatementsFailed")
            if again:
                await self._sleep(_RETRY.backoff(attempt, self._chance()))
            amendments = again
        return marked
