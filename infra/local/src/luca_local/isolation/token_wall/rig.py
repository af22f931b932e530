"""The wall by itself: a pool's key server that does as it is told, and an application that trusts the wall alone."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp
from aiohttp import web
from multidict import CIMultiDict

from luca_interactive.authentication import CONTEXT, authentication
from luca_local.isolation.token_wall.minting import CLIENT, ISSUER, NOW, jwk, key
from luca_local.serving import serving
from luca_shared.runtime.web_app import web_app
from luca_shared.tenancy.context import VerifiedClaims
from luca_shared.tenancy.jwks import Jwks
from luca_shared.tenancy.tokens import KeysUnavailable, TokenRejected, TokenVerifier

Serve = Callable[[web.Request], Awaitable[web.StreamResponse]]

MINE, THEIRS = "norte", "norte-2"
_HUGE: Final = 2**21  # bytes of a header that the server itself lets through: the wall must refuse it


@dataclass
class Clock:
    """A time that passes only when it is told to."""

    now: float = NOW

    def __call__(self) -> float:  # noqa: D102  # the class says it
        return self.now


@dataclass
class KeyServer:
    """Publishes key sets: the pool's at one path, a stranger's at another; `serve` is how the pool's is answered."""

    url: str = ""
    serve: Serve = field(init=False)
    fetches: int = 0

    def __post_init__(self) -> None:
        self.publish({"keys": [jwk(key())]})

    def publish(self, document: Any, status: int = 200, **headers: str) -> None:
        """Answer with a document: text or bytes as they are, anything else as JSON."""
        body = document if isinstance(document, bytes) else document.encode() if isinstance(document, str) else None
        body = json.dumps(document).encode() if body is None else body

        async def serve(_: web.Request) -> web.StreamResponse:
            return web.Response(body=body, status=status, headers={"Content-Type": "application/json", **headers})

        self.serve = serve

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer for the pool."""
        self.fetches += 1
        return await self.serve(request)

    @staticmethod
    async def strangers(_: web.Request) -> web.StreamResponse:
        """Answer for the stranger, whose key calls itself the pool's."""
        return web.json_response({"keys": [jwk(key("a stranger's")), jwk(key("a stranger's"), "mine")]})

    @property
    def strangers_url(self) -> str:
        """Where the stranger publishes."""
        return self.url.replace("/pool/", "/stranger/")


class Rig:
    """What is attacked: `ask` makes a request at the door."""

    def __init__(self, keys: KeyServer, client: aiohttp.ClientSession, clock: Clock) -> None:
        self.keys = keys
        self.clock = clock
        self.url = ""
        self._client = client
        self.fresh()

    def fresh(self, *, patience: float = 10.0) -> None:
        """Start over with a verifier that has never seen a key or a token; it waits so many seconds for keys."""
        self.clock.now = NOW
        self.keys.publish({"keys": [jwk(key())]})
        jwks = Jwks(self.keys.url, self._client, timeout=patience, clock=self.clock)
        self.verifier = TokenVerifier(jwks, issuer=ISSUER, client_id=CLIENT, clock=self.clock)

    async def verify(self, token: str) -> VerifiedClaims:
        """Be the application's verifier: the newest one."""
        return await self.verifier.verify(token)

    async def ask(
        self, token: str | None, headers: Mapping[str, str] | CIMultiDict[str] | None = None, query: str = ""
    ) -> tuple[int, str]:
        """Ask with a token; return the status and what was answered.

        What no header can carry is handed to the verifier directly.
        """
        given = CIMultiDict(headers or {})
        if token is not None:
            given.add("Authorization", f"Bearer {token}")
        if not all(value.isprintable() and value.isascii() for value in given.values()):
            return await self._past_the_door(token or "")
        async with self._client.get(f"{self.url}/v1/grades{query}", headers=given) as answer:
            return answer.status, await answer.text()

    async def _past_the_door(self, token: str) -> tuple[int, str]:
        try:
            claims = await self.verify(token)
        except TokenRejected as rejected:
            return 401, rejected.reason
        except KeysUnavailable:
            return 503, ""
        return 200, everything_of(claims.school_id)


def everything_of(school_id: str) -> str:
    """Return what the application tells those whom it takes for people of a school."""
    return json.dumps({"school_id": school_id, "grades": f"all grades of {school_id}"})


async def _everything(request: web.Request) -> web.StreamResponse:
    return web.Response(text=everything_of(request[CONTEXT].school_id), content_type="application/json")


@asynccontextmanager
async def rig() -> AsyncIterator[Rig]:
    """Set it up while the context lasts."""
    async with AsyncExitStack() as stack:
        keys, clock = KeyServer(), Clock()
        publishing = web.Application()
        publishing.router.add_get("/pool/jwks.json", keys.answer)
        publishing.router.add_get("/stranger/jwks.json", keys.strangers)
        keys.url = f"{await stack.enter_async_context(serving(publishing, shutdown_timeout=0.1))}/pool/jwks.json"
        app = web_app(deadline=5, body_limit=1024)
        app.router.add_get("/v1/grades", _everything)
        client = await stack.enter_async_context(aiohttp.ClientSession())
        made = Rig(keys, client, clock)
        app.middlewares.append(authentication(made))
        door = serving(app, shutdown_timeout=0.1, max_line_size=_HUGE, max_field_size=_HUGE)
        made.url = await stack.enter_async_context(door)
        yield made
