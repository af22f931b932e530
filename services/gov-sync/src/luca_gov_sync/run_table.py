"""Runs in DynamoDB, and the directory of schools: what the sync does under its own role."""

from luca_gov_sync.ports import Runs
from luca_shared.aws.attributes import Item
from luca_shared.aws.dynamodb import DynamoDB
from luca_shared.aws.errors import ConditionFailed
from luca_shared.aws.expressions import BeginsWith, Condition, Query, absent, equals
from luca_shared.aws.platform_credentials import PlatformCredentials
from luca_shared.records.school import DIRECTORY_PARTITION, School
from luca_shared.records.submission import Run, RunSchool, run_key, run_school_key
from luca_shared.runtime import correlation
from luca_shared.tenancy.ids import SchoolId, Term


class RunTable(Runs):
    """The runs of the table `luca-gov-sync`; the schools of `luca`."""

    def __init__(self, dynamodb: DynamoDB, own: PlatformCredentials, *, runs: str, directory: str) -> None:
        self._dynamodb = dynamodb
        self._own = own
        self._runs = runs
        self._directory = directory

    async def get(self, period: Term) -> Run | None:
        """Read a run consistently."""
        item = await self._dynamodb.get_item(
            self._runs,
            run_key(period),
            consistent=True,
            credentials=await self._own.get(),
            correlation_id=correlation.current(),
        )
        return None if item is None else Run.from_item(item)

    async def create(self, run: Run) -> bool:
        """Write a run that must not exist."""
        return await self._put(run, absent())

    async def replace(self, run: Run, was: Run) -> bool:
        """Write a run in place of `was`, by epoch and owner."""
        owner = absent("owner") if was.owner is None else equals("owner", was.owner)
        return await self._put(run, equals("epoch", was.epoch) & owner)

    async def schools(self) -> list[SchoolId]:
        """Return all schools of the directory."""
        return [School.from_item(item).school_id for item in await self._all(self._directory, DIRECTORY_PARTITION)]

    async def save_school(self, school: RunSchool) -> None:
        """Write what was done for one school."""
        await self._dynamodb.put_item(
            self._runs,
            {**run_school_key(school.period, school.school_id), **school.to_item()},
            credentials=await self._own.get(),
            correlation_id=correlation.current(),
        )

    async def of_schools(self, period: Term) -> list[RunSchool]:
        """Return what was done for each school."""
        return [RunSchool.from_item(item) for item in await self._all(self._runs, run_key(period)["pk"])]

    async def _all(self, table: str, partition: str) -> list[Item]:
        items: list[Item] = []
        start: Item | None = None
        while True:
            query = Query(partition=("pk", partition), sort=BeginsWith("sk", "SCHOOL#"), start=start, consistent=True)
            page = await self._dynamodb.query(
                table, query, credentials=await self._own.get(), correlation_id=correlation.current()
            )
            items += page.items
            start = page.last_key
            if start is None:
                return items

    async def _put(self, run: Run, condition: Condition) -> bool:
        item = {**run_key(run.period), **run.to_item()}
        try:
            await self._dynamodb.put_item(
                self._runs,
                item,
                condition=condition,
                credentials=await self._own.get(),
                correlation_id=correlation.current(),
            )
        except ConditionFailed as failed:
            # It may have met what an earlier attempt of this very call had written.
            return bool(failed.lost_answers) and failed.item is not None and Run.from_item(failed.item) == run
        return True
