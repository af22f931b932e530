"""Whom the platform believes: nobody but its own user pool, and only for an hour. At the edge and behind it alike."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session

from luca_local import login
from luca_local.aws_clients import AwsClients
from luca_local.platform_process import PlatformProcess
from luca_local.seed.accounts import PASSWORD

WALLS = ["edge", "interactive"]


@asynccontextmanager
async def me(platform: PlatformProcess, wall: str, token: str) -> AsyncIterator[aiohttp.ClientResponse]:
    """Ask who a token is from, at the edge or past it."""
    async with (
        aiohttp.ClientSession(getattr(platform.record, wall)) as client,
        client.get("/v1/me", headers={"Authorization": f"Bearer {token}"}) as answer,
    ):
        yield answer


async def assert_refused(platform: PlatformProcess, wall: str, token: str) -> None:
    async with me(platform, wall, token) as answer:
        problem = await answer.json()
        assert (answer.status, problem["type"]) == (401, "urn:luca:problem:unauthenticated")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert problem["correlation_id"] == answer.headers["X-Correlation-Id"]


@pytest.mark.parametrize("wall", WALLS)
async def test_every_account_is_who_it_is(platform: PlatformProcess, wall: str) -> None:
    for account in platform.record.accounts[:6]:
        async with me(platform, wall, platform.token(account.username)) as answer:
            told = await answer.json()
            assert (told["school_id"], told["roles"]) == (account.school_id, [account.role])


@pytest.mark.parametrize("wall", WALLS)
async def test_what_is_no_token_proves_nothing(platform: PlatformProcess, wall: str) -> None:
    head, payload, signature = platform.token("teacher.norte").split(".")
    other_payload = platform.token("teacher.sur").split(".")[1]
    for token in ("", "x", "a.b.c", f"{head}.{payload}.", f"{head}.{other_payload}.{signature}"):
        await assert_refused(platform, wall, token)


@pytest.mark.parametrize("wall", WALLS)
async def test_an_expired_token_proves_nothing(platform: PlatformProcess, wall: str) -> None:
    run = platform.record
    # The emulator takes a validity that AWS and botocore refuse; so the pool itself signs a token of an hour ago.
    unchecked = get_session().create_client(
        "cognito-idp",
        region_name=run.region,
        endpoint_url=run.aws_endpoint,
        aws_access_key_id=run.admin.access_key_id,
        aws_secret_access_key=run.admin.secret_access_key,
        config=AioConfig(parameter_validation=False),
    )
    pool, client = run.user_pool_id, run.client_id
    async with unchecked as cognito:
        await cognito.update_user_pool_client(UserPoolId=pool, ClientId=client, IdTokenValidity=-1)
        try:
            token = login.id_token(run, "teacher.norte")
        finally:
            await cognito.update_user_pool_client(UserPoolId=pool, ClientId=client, IdTokenValidity=1)
    await assert_refused(platform, wall, token)


@pytest.mark.parametrize("wall", WALLS)
async def test_an_access_token_is_not_an_id_token(platform: PlatformProcess, aws: AwsClients, wall: str) -> None:
    answer = await aws.cognito.initiate_auth(
        AuthFlow="USER_PASSWORD_AUTH",
        ClientId=platform.record.client_id,
        AuthParameters={"USERNAME": "teacher.norte", "PASSWORD": PASSWORD},
    )
    await assert_refused(platform, wall, answer["AuthenticationResult"]["AccessToken"])


@pytest.mark.parametrize("wall", WALLS)
async def test_another_pools_token_proves_nothing(platform: PlatformProcess, aws: AwsClients, wall: str) -> None:
    schema = [{"Name": name, "AttributeDataType": "String", "Mutable": False} for name in ("school_id", "person_id")]
    pool = (await aws.cognito.create_user_pool(PoolName=f"foreign-{wall}", Schema=schema))["UserPool"]["Id"]  # type: ignore[arg-type]
    client = await aws.cognito.create_user_pool_client(
        UserPoolId=pool, ClientName="foreign", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )
    await aws.cognito.admin_create_user(
        UserPoolId=pool,
        Username="teacher.norte",
        MessageAction="SUPPRESS",
        UserAttributes=[{"Name": "custom:school_id", "Value": "norte"}, {"Name": "custom:person_id", "Value": "p1"}],
    )
    await aws.cognito.admin_set_user_password(
        UserPoolId=pool, Username="teacher.norte", Password=PASSWORD, Permanent=True
    )
    answer = await aws.cognito.initiate_auth(
        AuthFlow="USER_PASSWORD_AUTH",
        ClientId=client["UserPoolClient"]["ClientId"],
        AuthParameters={"USERNAME": "teacher.norte", "PASSWORD": PASSWORD},
    )
    await assert_refused(platform, wall, answer["AuthenticationResult"]["IdToken"])


async def test_the_edge_tells_everybody_the_id_of_the_request(platform: PlatformProcess) -> None:
    async with platform.client("teacher.norte") as client:
        for path in ("/v1/me", "/v1/nothing", "/nothing"):
            async with client.get(path, headers={"X-Correlation-Id": "mine"}) as answer:
                assert len(answer.headers.getall("X-Correlation-Id")) == 1
                assert answer.headers["X-Correlation-Id"] != "mine"
