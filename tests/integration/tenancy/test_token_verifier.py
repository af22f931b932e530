"""Real tokens of the deployed user pool: ours pass, those of another pool or client do not."""

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest

from luca_local.aws_clients import AwsClients, aws_clients
from luca_local.deployment import Deployment
from luca_local.environment import jwks_url
from luca_local.running_emulator import EmulatorAccount
from luca_shared.tenancy.context import Role
from luca_shared.tenancy.jwks import Jwks
from luca_shared.tenancy.tokens import TokenRejected, TokenVerifier

PASSWORD = "Correct-horse-1"


@pytest.fixture
async def aws(own_emulator: EmulatorAccount) -> AsyncIterator[AwsClients]:
    async with aws_clients(own_emulator.endpoint_url, own_emulator.admin, own_emulator.region) as clients:
        yield clients


@dataclass(frozen=True)
class Tokens:
    """What a log-in gives."""

    id: str
    access: str


async def log_in(aws: AwsClients, pool: str, client: str, *, groups: tuple[str, ...] = ()) -> Tokens:
    username = f"u-{uuid.uuid4().hex}"
    await aws.cognito.admin_create_user(
        UserPoolId=pool,
        Username=username,
        MessageAction="SUPPRESS",
        UserAttributes=[
            {"Name": "custom:school_id", "Value": "norte"},
            {"Name": "custom:person_id", "Value": "p9"},
        ],
    )
    await aws.cognito.admin_set_user_password(UserPoolId=pool, Username=username, Password=PASSWORD, Permanent=True)
    for group in groups:
        await aws.cognito.admin_add_user_to_group(UserPoolId=pool, Username=username, GroupName=group)
    answer = await aws.cognito.initiate_auth(
        ClientId=client,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": username, "PASSWORD": PASSWORD},
    )
    result = answer["AuthenticationResult"]
    return Tokens(result["IdToken"], result["AccessToken"])


@pytest.fixture
async def verifier(own_emulator: EmulatorAccount, deployment: Deployment) -> AsyncIterator[TokenVerifier]:
    pool = deployment.user_pool_id
    async with aiohttp.ClientSession() as session:
        yield TokenVerifier(
            Jwks(jwks_url(own_emulator.endpoint_url, pool), session),
            issuer=f"https://cognito-idp.{deployment.region}.amazonaws.com/{pool}",
            client_id=deployment.user_pool_client_id,
        )


async def test_a_token_of_the_pool_says_who_its_bearer_is(
    verifier: TokenVerifier, aws: AwsClients, deployment: Deployment
) -> None:
    tokens = await log_in(aws, deployment.user_pool_id, deployment.user_pool_client_id, groups=("teacher", "guardian"))
    claims = await verifier.verify(tokens.id)
    assert (claims.school_id, claims.person_id) == ("norte", "p9")
    assert claims.roles == {Role.TEACHER, Role.GUARDIAN}


async def test_an_access_token_is_no_id_token(verifier: TokenVerifier, aws: AwsClients, deployment: Deployment) -> None:
    tokens = await log_in(aws, deployment.user_pool_id, deployment.user_pool_client_id)
    with pytest.raises(TokenRejected) as refusal:
        await verifier.verify(tokens.access)
    assert refusal.value.reason == "wrong-token-use"


async def test_a_token_of_another_pool_is_refused(verifier: TokenVerifier, aws: AwsClients) -> None:
    attributes = [{"Name": name, "AttributeDataType": "String"} for name in ("school_id", "person_id")]
    pool = await aws.cognito.create_user_pool(PoolName="another", Schema=attributes)  # type: ignore[arg-type]
    client = await aws.cognito.create_user_pool_client(
        UserPoolId=pool["UserPool"]["Id"], ClientName="another", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )
    tokens = await log_in(aws, pool["UserPool"]["Id"], client["UserPoolClient"]["ClientId"])
    with pytest.raises(TokenRejected) as refusal:
        await verifier.verify(tokens.id)
    assert refusal.value.reason == "unknown-key"
