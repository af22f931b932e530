"""An emulator with everything deployed, on which each test syncs a term of its own."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.integration.gov_sync.local_government import LocalGovernment
from tests.integration.gov_sync.sync_process import SCHOOLS, Quarter
from tests.localstack import NewEmulator, require_identity

from luca_local.aws_clients import aws_clients
from luca_local.container_credentials import container_endpoint
from luca_local.deployment import Deployment, deploy
from luca_local.running_emulator import EmulatorAccount
from luca_shared.aws import AwsClient, DynamoDB, encode_item
from luca_shared.records.school import School, directory_key
from luca_shared.tenancy.ids import SchoolId, Term


@dataclass(frozen=True)
class Platform:
    """What all tests share."""

    emulator: EmulatorAccount
    deployment: Deployment
    terms: Iterator[int] = field(default_factory=lambda: itertools.count(1))


@pytest.fixture(scope="package")
def sync_platform(new_emulator: NewEmulator) -> Iterator[Platform]:
    with new_emulator() as emulator:
        require_identity(emulator)
        yield asyncio.run(_platform(emulator))


async def _platform(emulator: EmulatorAccount) -> Platform:
    deployment = await deploy(emulator.endpoint_url, emulator.admin, emulator.region)
    async with aws_clients(emulator.endpoint_url, emulator.admin, emulator.region) as aws:
        for school_id in SCHOOLS:
            school = School(school_id=SchoolId(school_id), name=school_id, time_zone="America/Santiago")
            item = {**directory_key(school.school_id), **school.to_item()}
            await aws.dynamodb.put_item(TableName=deployment.table_name, Item=encode_item(item))
    return Platform(emulator, deployment)


@pytest.fixture
async def quarter(sync_platform: Platform, tmp_path: Path) -> AsyncIterator[Quarter]:
    emulator, deployment = sync_platform.emulator, sync_platform.deployment
    async with AsyncExitStack() as stack:
        roles = {"gov-sync": deployment.gov_sync_role_arn}
        credentials = await stack.enter_async_context(
            container_endpoint(emulator.endpoint_url, emulator.admin, emulator.region, roles)
        )
        client = await stack.enter_async_context(AwsClient(region=emulator.region, endpoint_url=emulator.endpoint_url))
        aws = await stack.enter_async_context(aws_clients(emulator.endpoint_url, emulator.admin, emulator.region))
        government = await stack.enter_async_context(LocalGovernment(tmp_path / "journal.jsonl"))
        yield Quarter(
            period=Term(f"2026-T{next(sync_platform.terms)}"),
            emulator=emulator,
            deployment=deployment,
            dynamodb=DynamoDB(client),
            aws=aws,
            government=government,
            credentials=credentials.environment("gov-sync"),
            folder=tmp_path,
        )
