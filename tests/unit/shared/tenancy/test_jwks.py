"""The pool's keys: seldom fetched, whatever is asked for, and never believed for too long."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import rsa
from jose.backends.cryptography_backend import CryptographyRSAKey

from luca_shared.tenancy.jwk_set import MAX_BYTES, RsaKey
from luca_shared.tenancy.jwks import Jwks, KeysUnavailable, UnknownKey


def public_jwk(kid: str) -> dict[str, Any]:
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2048).public_key()
    jwk: RsaKey = CryptographyRSAKey(key, "RS256")
    return {**jwk.to_dict(), "kid": kid, "use": "sig", "alg": "RS256"}


FIRST, SECOND, IMPOSTOR = public_jwk("k1"), public_jwk("k2"), public_jwk("k1")


@dataclass
class Pool:
    """A user pool's key endpoint."""

    keys: list[dict[str, Any]] = field(default_factory=lambda: [FIRST])
    fetches: int = 0
    answer: Callable[[web.Request], Awaitable[web.StreamResponse]] | None = None
    url: str = ""

    async def serve(self, request: web.Request) -> web.StreamResponse:
        self.fetches += 1
        if self.answer is not None:
            return await self.answer(request)
        return web.json_response({"keys": self.keys})

    def fails(self, status: int = 503) -> None:
        async def answer(_: web.Request) -> web.Response:
            return web.Response(status=status)

        self.answer = answer

    def recovers(self) -> None:
        self.answer = None


@pytest.fixture
async def pool() -> AsyncIterator[Pool]:
    pool = Pool()
    application = web.Application()
    application.router.add_get("/keys", pool.serve)
    async with TestServer(application) as server:
        pool.url = str(server.make_url("/keys"))
        yield pool


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def jwks(pool: Pool, session: aiohttp.ClientSession, clock: Any) -> Jwks:
    return Jwks(pool.url, session, max_age=3600, max_stale=86_400, clock=clock)


async def test_a_known_key_is_fetched_once_for_all_who_ask(jwks: Jwks, pool: Pool) -> None:
    found = await asyncio.gather(*(jwks.key("k1") for _ in range(50)))
    assert pool.fetches == 1
    assert all(key is found[0] for key in found)


async def test_a_storm_of_unknown_ids_makes_one_fetch_a_minute(jwks: Jwks, pool: Pool, clock: Any) -> None:
    await jwks.key("k1")
    for minute in range(3):
        clock.pass_(60)
        for second in range(60):
            outcomes = await asyncio.gather(*(jwks.key(f"x{second}-{n}") for n in range(5)), return_exceptions=True)
            assert all(isinstance(outcome, UnknownKey) for outcome in outcomes)
            clock.pass_(0.5)
        clock.pass_(-30)
        assert pool.fetches == 2 + minute


async def test_a_storm_of_unknown_ids_makes_one_fetch_a_minute_also_while_it_fails(
    jwks: Jwks, pool: Pool, clock: Any
) -> None:
    await jwks.key("k1")
    pool.fails()
    clock.pass_(60)
    for second in range(59):
        with pytest.raises(KeysUnavailable):  # a new key can't be told from an invented one
            await jwks.key(f"x{second}")
        await jwks.key("k1")  # nobody else suffers
        clock.pass_(1)
    assert pool.fetches == 2


async def test_a_new_key_is_found_when_a_token_names_it(jwks: Jwks, pool: Pool, clock: Any) -> None:
    await jwks.key("k1")
    pool.keys = [FIRST, SECOND]
    clock.pass_(60)
    assert (await jwks.key("k2")).to_dict()["n"] == SECOND["n"]
    assert pool.fetches == 2


async def test_the_same_key_stays_the_same_object_and_another_under_its_id_does_not(
    jwks: Jwks, pool: Pool, clock: Any
) -> None:
    before = await jwks.key("k1")
    clock.pass_(3600)
    assert await jwks.key("k1") is before
    assert pool.fetches == 2
    pool.keys = [IMPOSTOR]
    clock.pass_(3600)
    assert await jwks.key("k1") is not before


async def test_a_withdrawn_key_is_believed_no_longer_than_the_set(jwks: Jwks, pool: Pool, clock: Any) -> None:
    await jwks.key("k1")
    pool.keys = [SECOND]
    clock.pass_(3599)
    await jwks.key("k1")
    clock.pass_(1)
    with pytest.raises(UnknownKey):
        await jwks.key("k1")


async def test_an_old_set_serves_while_it_can_not_be_renewed_and_not_for_ever(
    jwks: Jwks, pool: Pool, clock: Any
) -> None:
    await jwks.key("k1")
    pool.fails()
    clock.pass_(3600)
    for _ in range(30):
        await jwks.key("k1")
    assert pool.fetches == 2
    clock.pass_(60)
    await jwks.key("k1")
    assert pool.fetches == 3
    clock.pass_(86_400 - 3660)
    with pytest.raises(KeysUnavailable):
        await jwks.key("k1")
    pool.recovers()
    clock.pass_(5)
    await jwks.key("k1")


async def test_while_one_asker_renews_the_others_use_what_there_is(jwks: Jwks, pool: Pool, clock: Any) -> None:
    await jwks.key("k1")
    asked, go = asyncio.Event(), asyncio.Event()

    async def answer(_: web.Request) -> web.Response:
        asked.set()
        await go.wait()
        return web.json_response({"keys": [FIRST]})

    pool.answer = answer
    clock.pass_(3600)
    renewing = asyncio.create_task(jwks.key("k1"))
    await asked.wait()
    await jwks.key("k1")
    assert not renewing.done()
    go.set()
    await renewing
    assert pool.fetches == 2


async def test_without_any_set_the_next_attempt_comes_after_seconds(jwks: Jwks, pool: Pool, clock: Any) -> None:
    pool.fails()
    for _ in range(20):
        with pytest.raises(KeysUnavailable):
            await jwks.key("k1")
    assert pool.fetches == 1
    clock.pass_(4.9)
    with pytest.raises(KeysUnavailable):
        await jwks.key("k1")
    assert pool.fetches == 1
    pool.recovers()
    clock.pass_(0.1)
    await jwks.key("k1")


async def test_a_poisoned_renewal_changes_nothing(jwks: Jwks, pool: Pool, clock: Any) -> None:
    before = await jwks.key("k1")
    pool.keys = [IMPOSTOR, {"kty": "oct", "k": "AAAA", "kid": "k3"}]
    clock.pass_(3600)
    assert await jwks.key("k1") is before


async def redirected(request: web.Request) -> web.Response:
    if not request.query:
        raise web.HTTPFound(request.url.with_query(again="1"))
    return web.json_response({"keys": [FIRST]})


async def endless(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(MAX_BYTES // 1024 + 64):
        await response.write(b" " * 1024)
    await response.write(json.dumps({"keys": [FIRST]}).encode())
    return response


async def cut_off(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"content-length": "5000"})
    await response.prepare(request)
    await response.write(b'{"keys": [')
    assert request.transport is not None
    request.transport.abort()
    return response


@pytest.mark.parametrize("answer", [redirected, endless, cut_off])
async def test_an_answer_that_is_not_a_plain_short_one_is_no_key_set(
    jwks: Jwks, pool: Pool, answer: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> None:
    pool.answer = answer
    with pytest.raises(KeysUnavailable):
        await jwks.key("k1")


async def test_an_answer_that_never_comes_is_given_up(pool: Pool, session: aiohttp.ClientSession) -> None:
    gone = asyncio.Event()

    async def silent(_: web.Request) -> web.Response:
        await gone.wait()
        return web.Response()

    pool.answer = silent
    with pytest.raises(KeysUnavailable):
        await Jwks(pool.url, session, timeout=0.05).key("k1")
    gone.set()


async def test_nobody_listening_is_unavailable(session: aiohttp.ClientSession) -> None:
    with pytest.raises(KeysUnavailable):
        await Jwks("http://127.0.0.1:1/keys", session).key("k1")


async def test_a_cancelled_fetch_does_not_make_an_unknown_key_known_to_be_so(
    jwks: Jwks, pool: Pool, clock: Any
) -> None:
    await jwks.key("k1")
    asked = asyncio.Event()
    go = asyncio.Event()

    async def answer(_: web.Request) -> web.Response:
        asked.set()
        await go.wait()
        return web.Response()

    pool.answer = answer
    clock.pass_(60)
    asker = asyncio.create_task(jwks.key("k2"))
    await asked.wait()
    asker.cancel()
    await asyncio.gather(asker, return_exceptions=True)
    with pytest.raises(KeysUnavailable):
        await jwks.key("k2")
    go.set()
