import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from aiobotocore.utils import AioContainerMetadataFetcher
from aiohttp import web
from aiohttp.test_utils import TestServer

from luca_shared.aws.credentials import Credentials
from luca_shared.aws.errors import NoCredentials
from luca_shared.aws.platform_credentials import PlatformCredentials


@dataclass
class Endpoint:
    """The place where a Fargate task gets its role's credentials from."""

    lifetime: timedelta = timedelta(hours=6)
    broken: bool = False
    tokens: list[str | None] = field(default_factory=list)
    url: str = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.tokens.append(request.headers.get("Authorization"))
        if self.broken:
            return web.Response(status=500, text="WHAT-IT-SAID")
        expires = (datetime.now(UTC) + self.lifetime).strftime("%Y-%m-%dT%H:%M:%SZ")
        count = len(self.tokens)
        return web.Response(
            body=orjson.dumps(
                {
                    "AccessKeyId": f"AKID{count}",
                    "SecretAccessKey": "secret",
                    "Token": "token",
                    "Expiration": expires,
                }
            )
        )


@pytest.fixture(autouse=True)
def _no_other_source(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_ROLE_ARN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
async def endpoint(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Endpoint]:
    endpoint = Endpoint()
    app = web.Application()
    app.router.add_get("/role", endpoint.answer)
    async with TestServer(app) as server:
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", str(server.make_url("/role")))
        monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "Bearer of-the-task")
        yield endpoint


async def test_the_task_role_is_asked_for_once_however_many_need_it(endpoint: Endpoint) -> None:
    platform = PlatformCredentials()
    answers = await asyncio.gather(*(platform.get() for _ in range(20)))
    assert set(answers) == {Credentials("AKID1", "secret", "token")}
    assert endpoint.tokens == ["Bearer of-the-task"]


async def test_credentials_about_to_expire_are_renewed_by_one_caller(endpoint: Endpoint) -> None:
    endpoint.lifetime = timedelta(minutes=5)
    platform = PlatformCredentials()
    await platform.get()
    endpoint.lifetime = timedelta(hours=6)
    seen = len(endpoint.tokens)
    answers = await asyncio.gather(*(platform.get() for _ in range(20)))
    assert len(endpoint.tokens) == seen + 1
    assert {answer.access_key_id for answer in answers} == {f"AKID{seen + 1}"}


async def test_the_environment_is_a_source_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    assert await PlatformCredentials().get() == Credentials("AKID", "secret")


async def test_no_source_is_said_with_what_to_do() -> None:
    with pytest.raises(NoCredentials, match="AWS_CONTAINER_CREDENTIALS_FULL_URI"):
        await PlatformCredentials().get()


@pytest.fixture
def _no_waits_between_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AioContainerMetadataFetcher, "SLEEP_TIME", 0)


@pytest.mark.usefixtures("_no_waits_between_retries")
async def test_a_broken_source_is_said_without_what_it_answered(endpoint: Endpoint) -> None:
    endpoint.broken = True
    with pytest.raises(NoCredentials) as caught:
        await PlatformCredentials().get()
    assert "WHAT-IT-SAID" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.usefixtures("_no_waits_between_retries")
async def test_those_who_wait_share_a_failure_and_the_next_one_tries_again(endpoint: Endpoint) -> None:
    endpoint.broken = True
    platform = PlatformCredentials()
    answers = await asyncio.gather(*(platform.get() for _ in range(20)), return_exceptions=True)
    assert {type(answer) for answer in answers} == {NoCredentials}
    assert len(endpoint.tokens) == AioContainerMetadataFetcher.RETRY_ATTEMPTS
    endpoint.broken = False
    assert (await platform.get()).session_token == "token"


@pytest.mark.usefixtures("_no_waits_between_retries")
async def test_a_source_that_breaks_before_the_renewal_is_said_too(endpoint: Endpoint) -> None:
    endpoint.lifetime = timedelta(minutes=5)
    platform = PlatformCredentials()
    await platform.get()
    endpoint.broken = True
    with pytest.raises(NoCredentials) as caught:
        await platform.get()
    assert caught.value.code == "CredentialRetrievalError"


async def test_one_who_gives_up_doesnt_take_the_others_along(endpoint: Endpoint) -> None:
    platform = PlatformCredentials()
    one, other = asyncio.create_task(platform.get()), asyncio.create_task(platform.get())
    await asyncio.sleep(0)
    one.cancel()
    assert (await other).session_token == "token"
    assert one.cancelled()
    assert endpoint.tokens
