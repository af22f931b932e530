"""An emulator of its own, with nothing on it but the deployed templates."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterator, Mapping
from typing import Protocol

import pytest
from aiobotocore.session import get_session
from tests.localstack import NewEmulator, require_identity

from luca_local.aws_clients import AwsClients, aws_clients
from luca_local.deployment import Deployment, deploy
from luca_local.running_emulator import EmulatorAccount
from luca_shared.aws.credentials import Credentials
from luca_shared.tenancy.sts import StsAssumeRole


@pytest.fixture(scope="package")
def own_emulator(new_emulator: NewEmulator) -> Iterator[EmulatorAccount]:
    with new_emulator() as running:
        require_identity(running)
        yield running


@pytest.fixture(scope="package")
def progress() -> list[str]:
    return []


@pytest.fixture(scope="package")
def deployment(own_emulator: EmulatorAccount, progress: list[str]) -> Deployment:
    emulator = own_emulator
    return asyncio.run(deploy(emulator.endpoint_url, emulator.admin, emulator.region, progress=progress.append))


@pytest.fixture
async def aws(own_emulator: EmulatorAccount, deployment: Deployment) -> AsyncIterator[AwsClients]:
    async with aws_clients(own_emulator.endpoint_url, own_emulator.admin, deployment.region) as clients:
        yield clients


class Assume(Protocol):
    """Credentials of a role, by default as the administrator who stands in for ECS and API Gateway."""

    def __call__(
        self, role_arn: str, tags: Mapping[str, str] | None = None, *, signer: Credentials | None = None
    ) -> Awaitable[Credentials]: ...


@pytest.fixture
def assume(own_emulator: EmulatorAccount) -> Assume:
    async def assumed(
        role_arn: str, tags: Mapping[str, str] | None = None, *, signer: Credentials | None = None
    ) -> Credentials:
        by = signer or own_emulator.admin
        session = get_session()
        session.set_credentials(by.access_key_id, by.secret_access_key, by.session_token)
        async with StsAssumeRole(
            region=own_emulator.region, endpoint_url=own_emulator.endpoint_url, session=session
        ) as sts:
            return await sts(role_arn, tags or {}, "test")

    return assumed
