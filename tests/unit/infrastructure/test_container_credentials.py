import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from aiohttp.typedefs import Handler

from luca_local.container_credentials import ContainerCredentials
from luca_shared.aws.credentials import Credentials
from luca_shared.aws.errors import Unavailable

ROLES = {
    "interactive": "arn:aws:iam::000000000000:role/luca-interactive",
    "edge": "arn:aws:iam::000000000000:role/luca-edge",
}
HOUR = 3600.0


@dataclass
class Sts:
    """Gives credentials that last an hour, or fails; counts."""

    now: float = 1_800_000_000.0
    calls: list[str] = field(default_factory=list)
    failing: bool = False
    gate: asyncio.Event | None = None

    async def __call__(self, role_arn: str, tags: Mapping[str, str], session_name: str) -> Credentials:
        assert tags == {}
        self.calls.append(session_name)
        if self.gate is not None:
            await self.gate.wait()
        if self.failing:
            raise Unavailable("AssumeRole", "EndpointConnectionError")
        end = datetime.fromtimestamp(self.now + HOUR, UTC)
        return Credentials(f"key-{len(self.calls)}", "secret", f"token of {role_arn}", end)


@dataclass
class Endpoint:
    sts: Sts
    credentials: ContainerCredentials
    base_url: str
    session: aiohttp.ClientSession
    arrivals: asyncio.Semaphore  # released once for each request, before it is handled

    async def get(self, name: str, token_of: str | None = None) -> tuple[int, dict[str, str]]:
        environment = self.credentials.environment(token_of or name, self.base_url)
        headers = {"Authorization": environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"]}
        async with self.session.get(f"{self.base_url}/credentials/{name}", headers=headers) as answer:
            return answer.status, await answer.json()


@pytest.fixture
async def endpoint() -> AsyncIterator[Endpoint]:
    sts = Sts()
    credentials = ContainerCredentials(sts, ROLES, clock=lambda: sts.now)
    arrivals = asyncio.Semaphore(0)

    @web.middleware
    async def counted(request: web.Request, handler: Handler) -> web.StreamResponse:
        arrivals.release()
        return await handler(request)

    application = credentials.application()
    application.middlewares.append(counted)
    async with TestServer(application, host="127.0.0.1") as server, aiohttp.ClientSession() as session:
        yield Endpoint(sts, credentials, str(server.make_url("")).rstrip("/"), session, arrivals)


async def test_the_answer_is_what_ecs_answers(endpoint: Endpoint) -> None:
    assert await endpoint.get("interactive") == (
        200,
        {
            "RoleArn": ROLES["interactive"],
            "AccessKeyId": "key-1",
            "SecretAccessKey": "secret",
            "Token": f"token of {ROLES['interactive']}",
            "Expiration": "2027-01-15T09:00:00Z",
        },
    )


async def test_without_a_token_the_answer_is_401(endpoint: Endpoint) -> None:
    async with endpoint.session.get(f"{endpoint.base_url}/credentials/interactive") as answer:
        assert answer.status == 401
    assert endpoint.sts.calls == []


@pytest.mark.parametrize("token", ["", "wrong", "\u00e9\u00e9"])
async def test_with_a_wrong_token_the_answer_is_403(endpoint: Endpoint, token: str) -> None:
    url = f"{endpoint.base_url}/credentials/interactive"
    async with endpoint.session.get(url, headers={"Authorization": token}) as answer:
        assert answer.status == 403
        assert "SecretAccessKey" not in await answer.text()
    assert endpoint.sts.calls == []


async def test_a_token_is_for_one_role(endpoint: Endpoint) -> None:
    assert (await endpoint.get("interactive", token_of="edge"))[0] == 403


async def test_an_unknown_role_looks_like_a_wrong_token(endpoint: Endpoint) -> None:
    assert (await endpoint.get("admin", token_of="edge"))[0] == 403


async def test_credentials_are_kept_until_twenty_minutes_before_their_end(endpoint: Endpoint) -> None:
    await endpoint.get("interactive")
    endpoint.sts.now += HOUR - 20 * 60 - 1
    assert (await endpoint.get("interactive"))[1]["AccessKeyId"] == "key-1"
    endpoint.sts.now += 1
    assert (await endpoint.get("interactive"))[1]["AccessKeyId"] == "key-2"


async def test_many_askers_make_one_call(endpoint: Endpoint) -> None:
    endpoint.sts.gate = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        asked = [tasks.create_task(endpoint.get("interactive")) for _ in range(5)]
        for _ in asked:
            await endpoint.arrivals.acquire()
        endpoint.sts.gate.set()
    assert {task.result()[1]["AccessKeyId"] for task in asked} == {"key-1"}
    assert endpoint.sts.calls == ["interactive"]


async def test_the_old_ones_serve_while_sts_fails(endpoint: Endpoint) -> None:
    await endpoint.get("interactive")
    endpoint.sts.failing = True
    endpoint.sts.now += HOUR - 1
    assert (await endpoint.get("interactive"))[1]["AccessKeyId"] == "key-1"
    endpoint.sts.now += 1
    assert await endpoint.get("interactive") == (
        503,
        {"code": "EndpointConnectionError", "message": "STS gave no credentials"},
    )


def test_tokens_are_long_and_stay_out_of_every_repr() -> None:
    credentials = ContainerCredentials(Sts(), ROLES)
    token = credentials.environment("edge", "http://x")["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
    assert len(token) >= 43  # 32 bytes
    assert token not in repr(vars(credentials))
