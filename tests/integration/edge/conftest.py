"""An edge on a real port, before a service that a test writes itself."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from luca_local.edge.__main__ import listening
from luca_local.edge.app import edge_app
from luca_local.edge.proxy import Proxy, client_session
from luca_local.edge.root_page.page import RootPage
from luca_local.edge.token_bucket import TokenBucket
from luca_local.ports import HOST, HeldPort
from luca_shared.aws.errors import AwsError
from luca_shared.tenancy.context import Role, VerifiedClaims
from luca_shared.tenancy.ids import PersonId, SchoolId
from luca_shared.tenancy.tokens import KeysUnavailable, TokenRejected

GOOD = "good"
Serve = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Verifier:
    """Believes the tokens that it was given."""

    def __init__(self) -> None:
        self.believed: dict[str, VerifiedClaims] = {}
        self.keys_available = True

    async def verify(self, token: str) -> VerifiedClaims:
        if not self.keys_available:
            raise KeysUnavailable
        if token not in self.believed:
            raise TokenRejected("unknown-key")
        return self.believed[token]

    def believe(self, token: str, *roles: Role) -> None:
        self.believed[token] = VerifiedClaims(SchoolId("norte"), PersonId("p1"), frozenset(roles), expires_at=2e9)


@dataclass(frozen=True)
class Sent:
    """A message that was sent."""

    body: str
    attributes: Mapping[str, str]
    group_id: str


@dataclass
class Queue:
    """Keeps what is sent, or fails."""

    sent: list[Sent] = field(default_factory=list)
    failure: AwsError | None = None

    async def send(self, body: str, *, attributes: Mapping[str, str], group_id: str) -> None:
        if self.failure is not None:
            raise self.failure
        self.sent.append(Sent(body, dict(attributes), group_id))


class Edge:
    """An edge that a test can start with a service of its own behind it."""

    def __init__(self, stack: AsyncExitStack, run_file: Path) -> None:
        self._stack = stack
        self._run_file = run_file
        self.verifier = Verifier()
        self.verifier.believe(GOOD, Role.TEACHER)
        self.queue = Queue()
        self.client = aiohttp.ClientSession()

    async def before(
        self, serve: Serve, *, patience: float = 5, throttle: TokenBucket | None = None, body_limit: int = 10_000_000
    ) -> str:
        """Start a service and an edge before it; return the edge's address."""
        service = web.Application(client_max_size=20_000_000)
        service.router.add_route("*", "/{path:.*}", serve)
        return await self.before_address(
            await self._stack.enter_async_context(_serving(service)),
            patience=patience,
            throttle=throttle,
            body_limit=body_limit,
        )

    async def before_address(
        self, origin: str, *, patience: float = 5, throttle: TokenBucket | None = None, body_limit: int = 10_000_000
    ) -> str:
        """Start an edge before whatever is at an address; return the edge's."""
        app = edge_app(
            verifier=self.verifier,
            throttle=throttle or TokenBucket(per_second=1e6, burst=1_000_000),
            queue=self.queue,
            interactive=Proxy(await self._stack.enter_async_context(client_session()), origin, timeout=patience),
            root_page=RootPage(self._run_file),
            service_timeout=patience,
            body_limit=body_limit,
        )
        return await self._stack.enter_async_context(_serving(app))

    @asynccontextmanager
    async def ask(
        self, method: str, url: str, *, token: str | None = GOOD, **options: object
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Send a request; its URL goes out exactly as it is written."""
        headers = dict(options.pop("headers", None) or {})  # type: ignore[call-overload]  # a mapping, if anything
        if token is not None:
            headers.setdefault("Authorization", f"Bearer {token}")
        async with self.client.request(
            method,
            URL(url, encoded=True),
            headers=headers,
            **options,  # type: ignore[arg-type]  # aiohttp's own options
        ) as answer:
            yield answer


@asynccontextmanager
async def _serving(app: web.Application) -> AsyncIterator[str]:
    with HeldPort() as port:
        port.let_go()
        async with listening(app, host=HOST, port=port.number):
            yield port.url


@pytest.fixture
async def edge(tmp_path: Path) -> AsyncIterator[Edge]:
    """An edge, not yet started."""
    async with AsyncExitStack() as stack:
        edge = Edge(stack, tmp_path / "run.json")
        await stack.enter_async_context(edge.client)
        yield edge
