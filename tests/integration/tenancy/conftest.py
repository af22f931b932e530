"""The deployed tables, key and roles on an emulator with IAM on, reached as a service reaches them."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest
from aiobotocore.session import AioSession, get_session
from tests.localstack import NewEmulator, require_identity

from luca_local.deployment import Deployment, deploy
from luca_local.running_emulator import EmulatorAccount
from luca_shared.aws.client import AwsClient
from luca_shared.aws.credentials import Credentials
from luca_shared.aws.dynamodb import DynamoDB
from luca_shared.aws.kms import Kms
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.credentials import TenantCredentials
from luca_shared.tenancy.ids import SchoolId
from luca_shared.tenancy.sts import StsAssumeRole
from luca_shared.tenancy.table import TableNames, Tables


@pytest.fixture(scope="package")
def own_emulator(new_emulator: NewEmulator) -> Iterator[EmulatorAccount]:
    with new_emulator() as running:
        require_identity(running)
        yield running


@pytest.fixture(scope="package")
def deployment(own_emulator: EmulatorAccount) -> Deployment:
    return asyncio.run(deploy(own_emulator.endpoint_url, own_emulator.admin, own_emulator.region))


def signed_by(credentials: Credentials) -> AioSession:
    session = get_session()
    session.set_credentials(credentials.access_key_id, credentials.secret_access_key, credentials.session_token)
    return session


@pytest.fixture(scope="package")
def service(own_emulator: EmulatorAccount, deployment: Deployment) -> AioSession:
    """The interactive service's own credentials, which the emulator's administrator hands out in the place of ECS."""

    async def assumed() -> Credentials:
        async with StsAssumeRole(
            region=own_emulator.region, endpoint_url=own_emulator.endpoint_url, session=signed_by(own_emulator.admin)
        ) as as_admin:
            return await as_admin(deployment.interactive_role_arn, {}, "test")

    return signed_by(asyncio.run(assumed()))


@pytest.fixture
async def assume_role(own_emulator: EmulatorAccount, service: AioSession) -> AsyncIterator[StsAssumeRole]:
    """AssumeRole as the interactive service."""
    async with StsAssumeRole(
        region=own_emulator.region, endpoint_url=own_emulator.endpoint_url, session=service
    ) as assume_role:
        yield assume_role


@pytest.fixture
def credentials(assume_role: StsAssumeRole, deployment: Deployment) -> TenantCredentials:
    return TenantCredentials(assume_role, role_arn=deployment.tenant_role_arn)


@pytest.fixture
async def client(own_emulator: EmulatorAccount) -> AsyncIterator[AwsClient]:
    async with AwsClient(region=own_emulator.region, endpoint_url=own_emulator.endpoint_url) as client:
        yield client


@pytest.fixture
def dynamodb(client: AwsClient) -> DynamoDB:
    return DynamoDB(client)


@pytest.fixture
def kms(client: AwsClient) -> Kms:
    return Kms(client)


@pytest.fixture
def tables(dynamodb: DynamoDB, credentials: TenantCredentials, deployment: Deployment) -> Tables:
    names = TableNames(deployment.table_name, deployment.keys_table_name, deployment.gov_sync_table_name)
    return Tables(dynamodb, credentials, names)


@dataclass(frozen=True)
class Schools:
    """Two schools, the id of one a prefix of the other's."""

    norte: TenantContext
    norte_2: TenantContext


@pytest.fixture
def schools() -> Schools:
    return Schools(*(TenantContext.of_directory(SchoolId(name), "c-1") for name in ("norte", "norte-2")))
