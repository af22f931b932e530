"""The tables and the government of a sync, as an administrator reads them, and its schools."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from luca_local.aws_clients import AwsClients
from luca_local.chaos.quarter import POISON, SCHOOLS, UNKNOWN_STUDENT, Quarter
from luca_local.container_credentials import ContainerCredentials
from luca_local.demo.collecting.government_log import read_journal
from luca_local.demo.collecting.stored_items import grades_to_send
from luca_local.demo.evidence.submission import GradeToSend, Journal
from luca_local.deployment import Deployment
from luca_shared.aws.attributes import Item, decode_item, encode_item
from luca_shared.records.school import School, directory_key
from luca_shared.tenancy.ids import Term


@dataclass(slots=True)
class SyncPlaces:
    """Where the grades of a trial lie, and where they are sent.

    Attributes:
        journal: The government's raw log.
    """

    deployment: Deployment
    credentials: ContainerCredentials
    aws: AwsClients
    journal: Path
    _read: int = 0  # of the journal: where the trial began

    async def open_schools(self) -> None:
        """Put the schools into the directory."""
        for school_id in SCHOOLS:
            school = School(school_id=school_id, name=school_id, time_zone="America/Santiago")
            item = encode_item({**directory_key(school_id), **school.to_item()})
            await self.aws.dynamodb.put_item(TableName=self.deployment.table_name, Item=item)

    async def begin(self, term: Term, *, troubled: bool) -> Quarter:
        """Record the grades of a new term."""
        self._read = self.journal.stat().st_size
        quarter = Quarter(term, troubled, self.aws.dynamodb, self.deployment.table_name)
        await quarter.record_all()
        return quarter

    async def grades(self, term: Term) -> tuple[GradeToSend, ...]:
        """Return the grades of a term, with what the government must hold of them."""
        return grades_to_send(await self._items(term), term, {UNKNOWN_STUDENT, POISON})

    def received(self) -> Journal:
        """Return what the government has logged since the term began."""
        with self.journal.open("rb") as log:
            log.seek(self._read)
            page = self.journal.with_suffix(".page")
            page.write_bytes(log.read())
        return read_journal(page)

    async def wipe(self, term: Term) -> None:
        """Remove the grades of a term: tables are slower the more they hold."""
        keys = [{name: {"S": item[name]} for name in ("pk", "sk")} for item in await self._items(term)]
        for first in range(0, len(keys), 25):
            deletes: list[Any] = [{"DeleteRequest": {"Key": key}} for key in keys[first : first + 25]]
            await self.aws.dynamodb.batch_write_item(RequestItems={self.deployment.table_name: deletes})

    async def _items(self, term: Term) -> list[Item]:
        pages = self.aws.dynamodb.get_paginator("scan").paginate(
            TableName=self.deployment.table_name, ConsistentRead=True
        )
        items = [decode_item(item) async for page in pages for item in page["Items"]]
        return [item for item in items if item.get("term") == term]
