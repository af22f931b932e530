"""The key that wraps the schools' data keys, in the hands of a school and of everybody else."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from luca_local.deployment import Deployment
from luca_local.running_emulator import EmulatorAccount
from luca_shared.aws.client import AwsClient
from luca_shared.aws.credentials import Credentials
from luca_shared.aws.errors import AccessDenied
from luca_shared.aws.kms import Kms

Assume = Callable[..., Awaitable[Credentials]]  # conftest.py


@pytest.fixture
async def kms(own_emulator: EmulatorAccount) -> AsyncIterator[Kms]:
    async with AwsClient(region=own_emulator.region, endpoint_url=own_emulator.endpoint_url) as client:
        yield Kms(client)


async def school(assume: Assume, deployment: Deployment, school_id: str) -> Credentials:
    service = await assume(deployment.interactive_role_arn)
    return await assume(deployment.tenant_role_arn, {"school_id": school_id}, signer=service)


async def test_a_school_unwraps_what_it_wrapped(kms: Kms, deployment: Deployment, assume: Assume) -> None:
    norte = await school(assume, deployment, "norte")
    context = {"school_id": "norte"}
    made = await kms.generate_data_key(deployment.kms_key_arn, context, credentials=norte)
    assert await kms.decrypt(deployment.kms_key_arn, made.wrapped, context, credentials=norte) == made.plaintext


@pytest.mark.parametrize(
    "context", [{"school_id": "norte"}, {"school_id": "norte-2x"}, {}, {"SCHOOL": "norte-2"}], ids=str
)
async def test_a_school_uses_the_key_with_no_other_context(
    kms: Kms, deployment: Deployment, assume: Assume, context: dict[str, str]
) -> None:
    other = await school(assume, deployment, "norte-2")
    with pytest.raises(AccessDenied):
        await kms.generate_data_key(deployment.kms_key_arn, context, credentials=other)


async def test_a_school_does_not_unwrap_anothers_key(kms: Kms, deployment: Deployment, assume: Assume) -> None:
    norte, other = await school(assume, deployment, "norte"), await school(assume, deployment, "norte-2")
    context = {"school_id": "norte"}
    made = await kms.generate_data_key(deployment.kms_key_arn, context, credentials=norte)
    with pytest.raises(AccessDenied):
        await kms.decrypt(deployment.kms_key_arn, made.wrapped, context, credentials=other)


@pytest.mark.parametrize("role", ["interactive_role_arn", "ingest_worker_role_arn", "gov_sync_role_arn"])
async def test_a_service_as_itself_does_not_use_the_key(
    kms: Kms, deployment: Deployment, assume: Assume, role: str
) -> None:
    with pytest.raises(AccessDenied):
        await kms.generate_data_key(
            deployment.kms_key_arn, {"school_id": "norte"}, credentials=await assume(getattr(deployment, role))
        )
