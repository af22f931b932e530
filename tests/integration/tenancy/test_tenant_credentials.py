"""Wall 3 on the emulator: a session is one school's, says so, and reaches nothing else."""

from typing import Any

import pytest
from aiobotocore.session import get_session

from luca_local.deployment import Deployment
from luca_local.running_emulator import EmulatorAccount
from luca_shared.aws.credentials import Credentials
from luca_shared.aws.errors import AccessDenied, CredentialsRejected
from luca_shared.tenancy import keys
from luca_shared.tenancy.credentials import TenantCredentials
from luca_shared.tenancy.ids import StudentId
from luca_shared.tenancy.sts import StsAssumeRole
from luca_shared.tenancy.table import Tables


async def test_a_schools_session_bears_its_name_and_ends_within_the_hour(
    credentials: TenantCredentials, schools: Any, own_emulator: EmulatorAccount
) -> None:
    given = await credentials.get(schools.norte)
    assert given.expires_at is not None
    session = get_session()
    session.set_credentials(given.access_key_id, given.secret_access_key, given.session_token)
    async with session.create_client(
        "sts", region_name=own_emulator.region, endpoint_url=own_emulator.endpoint_url
    ) as sts:
        identity = await sts.get_caller_identity()
    assert identity["Arn"].endswith(":assumed-role/luca-tenant/luca-norte")


@pytest.mark.parametrize("tags", [{}, {"school": "norte"}, {"school_id": "norte", "role": "admin"}])
async def test_the_role_is_not_given_without_exactly_one_school(
    assume_role: StsAssumeRole, deployment: Deployment, tags: dict[str, str]
) -> None:
    with pytest.raises(AccessDenied):
        await assume_role(deployment.tenant_role_arn, tags, "luca-norte")


async def test_a_school_can_not_become_another(
    credentials: TenantCredentials, schools: Any, deployment: Deployment, own_emulator: EmulatorAccount
) -> None:
    given = await credentials.get(schools.norte)
    session = get_session()
    session.set_credentials(given.access_key_id, given.secret_access_key, given.session_token)
    async with StsAssumeRole(
        region=own_emulator.region, endpoint_url=own_emulator.endpoint_url, session=session
    ) as as_school:
        with pytest.raises(AccessDenied):
            await as_school(deployment.tenant_role_arn, {"school_id": "norte-2"}, "luca-norte-2")


async def test_credentials_that_aws_does_not_know_are_replaced(
    tables: Tables, credentials: TenantCredentials, schools: Any
) -> None:
    key = keys.profile(schools.norte, StudentId("nobody"))
    good = await credentials.get(schools.norte)
    bad = Credentials(good.access_key_id, good.secret_access_key, "not a token", good.expires_at)
    credentials._held[schools.norte.school_id].credentials = bad
    with pytest.raises(CredentialsRejected):
        await tables._dynamodb.get_item("luca", {"pk": key.pk, "sk": key.sk}, credentials=bad)
    assert await tables.of(schools.norte).get(key) is None
    assert await credentials.get(schools.norte) not in (good, bad)
