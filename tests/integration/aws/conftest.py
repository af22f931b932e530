"""Our client and aiobotocore's side by side, with a proxy between them and the emulator that keeps what was sent."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson
import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession, get_session
from aiohttp import web
from aiohttp.test_utils import TestServer
from types_aiobotocore_dynamodb.client import DynamoDBClient
from types_aiobotocore_kms.client import KMSClient
from types_aiobotocore_sqs.client import SQSClient

from luca_local.running_emulator import EmulatorAccount
from luca_shared.aws import AwsClient, Credentials


@dataclass(frozen=True)
class Sent:
    """A request as it went over the wire."""

    method: str
    path: str
    target: str
    content_type: str
    content: Any


@dataclass
class Wire:
    """Passes requests on as they are, and keeps them."""

    upstream: str
    session: aiohttp.ClientSession
    sent: list[Sent] = field(default_factory=list)

    async def pass_on(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        headers = request.headers
        content = orjson.loads(body)
        self.sent.append(
            Sent(request.method, request.path_qs, headers["X-Amz-Target"], headers["Content-Type"], content)
        )
        async with self.session.request(request.method, self.upstream, data=body, headers=headers) as answer:
            return web.Response(status=answer.status, body=await answer.read(), headers=answer.headers)

    def taken(self) -> list[Sent]:
        """What was sent since the last time."""
        sent, self.sent = self.sent, []
        return sent


@dataclass(frozen=True)
class Theirs:
    """aiobotocore's clients."""

    dynamodb: DynamoDBClient
    sqs: SQSClient
    kms: KMSClient


@pytest.fixture
async def wire(emulator: EmulatorAccount) -> AsyncIterator[Wire]:
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        yield Wire(emulator.endpoint_url, session)


@pytest.fixture
async def proxy(wire: Wire) -> AsyncIterator[str]:
    app = web.Application(client_max_size=1 << 24)
    app.router.add_route("*", "/{tail:.*}", wire.pass_on)
    async with TestServer(app) as server:
        yield f"http://127.0.0.1:{server.port}"


@pytest.fixture
def admin(emulator: EmulatorAccount) -> Credentials:
    return emulator.admin


@pytest.fixture
async def client(proxy: str, emulator: EmulatorAccount) -> AsyncIterator[AwsClient]:
    async with AwsClient(region=emulator.region, endpoint_url=proxy) as client:
        yield client


def _options(endpoint_url: str, emulator: EmulatorAccount) -> dict[str, Any]:
    return {
        "region_name": emulator.region,
        "endpoint_url": endpoint_url,
        "aws_access_key_id": emulator.admin.access_key_id,
        "aws_secret_access_key": emulator.admin.secret_access_key,
        "config": AioConfig(retries={"mode": "standard", "total_max_attempts": 1}),
    }


@pytest.fixture(scope="session")
def botocore_session() -> AioSession:
    """One for all tests: it keeps the service models that it has parsed."""
    return get_session()


@pytest.fixture
async def theirs(proxy: str, emulator: EmulatorAccount, botocore_session: AioSession) -> AsyncIterator[Theirs]:
    """aiobotocore by way of the proxy."""
    async with _theirs(botocore_session, _options(proxy, emulator)) as clients:
        yield clients


@pytest.fixture
async def setup(emulator: EmulatorAccount, botocore_session: AioSession) -> AsyncIterator[Theirs]:
    """aiobotocore past the proxy, for what is not compared."""
    async with _theirs(botocore_session, _options(emulator.endpoint_url, emulator)) as clients:
        yield clients


@asynccontextmanager
async def _theirs(session: AioSession, options: dict[str, Any]) -> AsyncIterator[Theirs]:
    async with AsyncExitStack() as stack:
        yield Theirs(
            await stack.enter_async_context(session.create_client("dynamodb", **options)),
            await stack.enter_async_context(session.create_client("sqs", **options)),
            await stack.enter_async_context(session.create_client("kms", **options)),
        )
