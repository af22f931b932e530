"""The real service in this process, before the real emulator with IAM enforced, on the demo schools."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import aiohttp
import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer
from tests.localstack import NewEmulator, require_identity

from luca_interactive.app import api_of
from luca_interactive.settings import Settings
from luca_local import environment
from luca_local.aws_clients import aws_clients
from luca_local.container_credentials import container_endpoint
from luca_local.deployment import Deployment, deploy
from luca_local.running_emulator import EmulatorAccount
from luca_local.seed.accounts import PASSWORD
from luca_local.seed.seeding import Seeded, seed
from luca_shared.runtime.service import Life
from luca_shared.runtime.settings import load

TODAY = date(2026, 11, 24)


@dataclass(frozen=True)
class Platform:
    """An emulator with everything deployed and seeded, and a token for each account."""

    emulator: EmulatorAccount
    deployment: Deployment
    seeded: Seeded
    tokens: Mapping[str, str]


@pytest.fixture(scope="package")
def platform(new_emulator: NewEmulator) -> Iterator[Platform]:
    with new_emulator() as emulator:
        require_identity(emulator)
        yield asyncio.run(_platform(emulator))


async def _platform(emulator: EmulatorAccount) -> Platform:
    deployment = await deploy(emulator.endpoint_url, emulator.admin, emulator.region)
    seeded = await seed(deployment, endpoint_url=emulator.endpoint_url, admin=emulator.admin, today=TODAY)
    async with aws_clients(emulator.endpoint_url, emulator.admin, emulator.region) as aws:
        tokens = {}
        for account in seeded.accounts:
            answer = await aws.cognito.initiate_auth(
                ClientId=deployment.user_pool_client_id,
                AuthFlow="USER_PASSWORD_AUTH",
                AuthParameters={"USERNAME": account.username, "PASSWORD": PASSWORD},
            )
            tokens[account.username] = answer["AuthenticationResult"]["IdToken"]
    return Platform(emulator, deployment, seeded, tokens)


@dataclass
class FaultyWire:
    """A proxy before the emulator. While `losing` has an operation, that many of its answers are lost on the way."""

    endpoint_url: str
    session: aiohttp.ClientSession
    losing: dict[str, int] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)

    async def pass_on(self, request: web.Request) -> web.StreamResponse:
        operation = request.headers.get("X-Amz-Target", "").rpartition(".")[2]
        self.seen.append(operation)
        body = await request.read()
        url = self.endpoint_url + request.path_qs
        async with self.session.request(request.method, url, data=body, headers=request.headers) as answer:
            content = await answer.read()
        if self.losing.get(operation):
            self.losing[operation] -= 1
            assert request.transport is not None
            request.transport.abort()
        headers = {name: value for name, value in answer.headers.items() if name.lower().startswith(("x-", "date"))}
        return web.Response(
            status=answer.status, body=content, headers=headers, content_type=answer.content_type or None
        )


@dataclass
class Service:
    """The running service, and how a test asks it with a real token."""

    platform: Platform
    wire: FaultyWire
    client: TestClient[web.Request, web.Application]

    async def ask(self, username: str, method: str, path: str, body: object = None, **headers: str) -> ClientResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        token = self.platform.tokens[username]
        answer = await self.client.request(
            method, path, json=body, headers={"Authorization": f"Bearer {token}", **named}
        )
        await answer.read()
        return answer

    async def get(self, username: str, path: str) -> Any:
        answer = await self.ask(username, "GET", path)
        assert answer.status == 200, await answer.text()
        return await answer.json()

    async def put_grade(self, path: str, body: object, *, version: int | None, username: str = "teacher.norte") -> Any:
        if version is None:
            return await self.ask(username, "PUT", path, body, If_None_Match="*")
        return await self.ask(username, "PUT", path, body, If_Match=f'"{version}"')


@asynccontextmanager
async def _faulty_wire(endpoint_url: str) -> AsyncIterator[tuple[FaultyWire, str]]:
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        wire = FaultyWire(endpoint_url, session)
        app = web.Application(client_max_size=10_000_000)
        app.router.add_route("*", "/{path:.*}", wire.pass_on)
        async with TestServer(app) as server:
            yield wire, str(server.make_url("")).rstrip("/")


@pytest.fixture
def settings_of_service() -> dict[str, str]:
    """What is set other than by default."""
    return {"LUCA_TERM_STALENESS": "1"}


@pytest.fixture
async def service(
    platform: Platform, settings_of_service: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Service]:
    deployment, emulator = platform.deployment, platform.emulator
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):  # looked into before the container endpoint
        monkeypatch.setenv(name, os.devnull)
    async with AsyncExitStack() as stack:
        wire, wire_url = await stack.enter_async_context(_faulty_wire(emulator.endpoint_url))
        roles = {"interactive": deployment.interactive_role_arn}
        endpoint = await stack.enter_async_context(
            container_endpoint(emulator.endpoint_url, emulator.admin, emulator.region, roles)
        )
        for name, value in endpoint.environment("interactive").items():
            monkeypatch.setenv(name, value)
        settings = load(
            Settings,
            environment.of_service({}, deployment, endpoint_url=wire_url, port=0, operations_port=0)
            | environment.of_interactive(deployment)
            | settings_of_service,
        )
        life = Life(grace=1)
        stack.push_async_callback(life.end, within=5)
        client = TestClient(TestServer(await api_of(settings, life)))
        await stack.enter_async_context(client)
        yield Service(platform, wire, client)
