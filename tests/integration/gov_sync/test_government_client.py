"""The client over HTTP: nothing leaves before the gate lets it, and every mishap is an outcome."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from luca_gov_sync.endings import LeaseLost
from luca_gov_sync.government_client import GovernmentClient
from luca_gov_sync.outcomes import OursToMend, Received, RefusedWhole, Retry
from luca_gov_sync.ports import Gate, NotReceived
from luca_shared.tenancy.ids import SchoolId, Term


class Gatekeeper:
    """Counts who passes; lets through when told."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.open.set()
        self.passed = 0

    async def __call__(self) -> None:
        await self.open.wait()
        self.passed += 1


class Peer:
    """A server that answers what it is told, and notes what arrives."""

    def __init__(self) -> None:
        self.arrived: list[str] = []
        self.answers: list[web.Response | float | None] = []

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.arrived.append(f"{request.method} {request.path_qs}")
        answer = self.answers.pop(0) if self.answers else web.json_response({"items": [], "next_cursor": None})
        if isinstance(answer, float):
            await asyncio.sleep(answer)
            answer = None
        if answer is None:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        return answer


@asynccontextmanager
async def client_of(peer: Peer, gate: Gate, *, patience: float = 5) -> AsyncIterator[GovernmentClient]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", peer.answer)
    async with TestServer(app) as server:
        client = GovernmentClient(str(server.make_url("")), "secret", gate, timeout=patience, in_flight=4)
        async with client:
            yield client


async def test_not_a_byte_leaves_before_the_gate_is_passed() -> None:
    peer, gate = Peer(), Gatekeeper()
    async with client_of(peer, gate) as client:
        await client.ask("warm-up")
        gate.open.clear()
        waiting = asyncio.create_task(client.submit("b1", b"{}"))
        await asyncio.sleep(0.2)  # what left before the gate would have arrived by now
        assert peer.arrived == ["GET /v1/submissions/warm-up"]
        gate.open.set()
        await waiting
        assert peer.arrived[1:] == ["POST /v1/submissions"]


async def test_the_time_before_the_gate_is_not_the_requests() -> None:
    peer, gate = Peer(), Gatekeeper()
    async with client_of(peer, gate, patience=0.2) as client:
        gate.open.clear()
        waiting = asyncio.create_task(client.ask("b1"))
        await asyncio.sleep(0.5)
        gate.open.set()
        peer.answers = [web.Response(status=404)]
        assert await waiting == NotReceived()


async def test_a_request_that_aiohttp_repeats_by_itself_passes_the_gate_again() -> None:
    peer, gate = Peer(), Gatekeeper()
    async with client_of(peer, gate) as client:
        await client.ask("b1")
        peer.answers = [None]  # the kept connection breaks; aiohttp repeats a GET on a new one
        await client.submissions(Term("2026-Q4"), None)
        assert len(peer.arrived) == gate.passed == 3


async def test_who_may_not_leave_any_more_does_not() -> None:
    async def shut() -> None:
        raise LeaseLost("test")

    peer = Peer()
    async with client_of(peer, shut) as client:
        with pytest.raises(LeaseLost):
            await client.submit("b1", b"{}")
        assert peer.arrived == []


RECEIPT = {"submission_id": "b1", "accepted": 1, "rejected": []}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (lambda: web.json_response(RECEIPT), Received),
        (lambda: web.json_response(RECEIPT, status=409), Received),
        (lambda: web.json_response({}, status=422), RefusedWhole),
        (lambda: web.Response(status=401), OursToMend),
        (lambda: web.Response(status=503, headers={"Retry-After": "2"}), Retry),
        (lambda: web.Response(status=302, headers={"Location": "/elsewhere"}), Retry),
        (lambda: None, Retry),
        (lambda: 2.0, Retry),
    ],
)
async def test_every_end_of_a_submission_is_an_outcome(answer: object, expected: type) -> None:
    peer = Peer()
    peer.answers = [answer()]  # type: ignore[operator]
    async with client_of(peer, Gatekeeper(), patience=0.5) as client:
        began = time.monotonic()
        assert isinstance(await client.submit("b1", b"{}"), expected)
        assert time.monotonic() - began < 1.5
    assert len(peer.arrived) == 1  # no redirect is followed, no POST repeated


async def test_a_government_that_is_not_there_is_an_outcome_without_doubt() -> None:
    async with GovernmentClient("http://127.0.0.1:1", "t", Gatekeeper(), timeout=1, in_flight=1) as client:
        assert await client.submit("b1", b"{}") == Retry(in_doubt=False, outage=True)


async def test_pages_are_read_or_asked_for_again() -> None:
    peer = Peer()
    page = {"items": [{"submission_id": "b1", "accepted": 2, "digest": "d"}], "next_cursor": "b1"}
    async with client_of(peer, Gatekeeper()) as client:
        peer.answers = [web.json_response(page), web.Response(text="{"), web.Response(status=403)]
        found = await client.submissions(Term("2026-Q4"), "b0")
        assert not isinstance(found, OursToMend | Retry)
        assert (found.items, found.next_cursor) == ({"b1": (2, "d")}, "b1")
        assert peer.arrived == ["GET /v1/submissions?period=2026-Q4&cursor=b0"]
        assert isinstance(await client.records(Term("2026-Q4"), SchoolId("norte"), None), Retry)
        assert await client.records(Term("2026-Q4"), SchoolId("norte"), None) == OursToMend(403)
