"""The desk tells about the platform that the emulator holds now, or about none."""

from collections.abc import AsyncIterator, Mapping

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from botocore.exceptions import EndpointConnectionError

from luca_local.compose.desk import Desk, NotSetUp
from luca_local.compose.memory import Made
from luca_local.compose.settings import SetUpSettings
from luca_shared.aws.credentials import Credentials
from luca_shared.aws.errors import Unavailable

Client = TestClient[web.Request, web.Application]


class Emulator:
    """Remembers what it is given, or does not answer."""

    def __init__(self) -> None:
        self.holds: Made | None = None
        self.answers = True

    async def remembered(self) -> Made | None:
        if not self.answers:
            raise EndpointConnectionError(endpoint_url="http://emulator:4566")
        return self.holds

    async def assume_role(self, role_arn: str, tags: Mapping[str, str], session_name: str) -> Credentials:
        raise Unavailable("AssumeRole", f"{role_arn} {tags} {session_name}")


@pytest.fixture
def emulator() -> Emulator:
    return Emulator()


@pytest.fixture
def desk(settings: SetUpSettings, emulator: Emulator) -> Desk:
    return Desk(settings, emulator.assume_role, emulator.remembered)


@pytest.fixture
async def client(desk: Desk) -> AsyncIterator[Client]:
    async with TestClient(TestServer(desk.application(), host="127.0.0.1")) as client:
        yield client


async def status(client: Client, path: str, **headers: str) -> int:
    async with client.get(path, headers=headers) as answer:
        return answer.status


async def test_nothing_is_told_before_all_is_set_up(client: Client, desk: Desk) -> None:
    assert await status(client, "/told/edge") == 503
    with pytest.raises(NotSetUp):
        await desk.check()


async def test_a_service_is_told_its_own(client: Client, desk: Desk, emulator: Emulator, made: Made) -> None:
    emulator.holds = made
    desk.open(made)
    await desk.check()
    async with client.get("/told/interactive") as answer:
        assert answer.headers["Cache-Control"] == "no-store"
        said = await answer.json()
    assert said["environment"]["LUCA_TABLE"] == "table-name"
    assert said["environment"]["AWS_CONTAINER_AUTHORIZATION_TOKEN"] == "token-of-interactive"
    assert await status(client, "/told/somebody-else") == 404


async def test_nothing_is_told_of_a_platform_that_is_gone(
    client: Client,
    desk: Desk,
    emulator: Emulator,
    made: Made,
) -> None:
    emulator.holds = made
    desk.open(made)
    emulator.holds = None  # started anew
    assert await status(client, "/told/edge") == 503
    emulator.holds = msgspec.structs.replace(made, tokens=dict.fromkeys(made.tokens, "new"))
    assert await status(client, "/told/edge") == 503
    emulator.answers = False
    assert await status(client, "/told/edge") == 503


async def test_credentials_are_for_those_who_were_told(
    client: Client,
    desk: Desk,
    emulator: Emulator,
    made: Made,
) -> None:
    assert await status(client, "/credentials/edge", Authorization="token-of-edge") == 403
    emulator.holds = made
    desk.open(made)
    assert await status(client, "/credentials/edge", Authorization="token-of-interactive") == 403
    assert await status(client, "/credentials/edge", Authorization="token-of-edge") == 503  # it gets as far as STS
