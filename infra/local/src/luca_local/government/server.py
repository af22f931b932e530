"""The government's API over HTTP: what the contract says, unless a misbehaviour is switched on."""

import asyncio
import base64
import random
import time
from collections.abc import Awaitable, Callable

import msgspec
from aiohttp import web

from luca_local.government.answers import json_answer, problem
from luca_local.government.api import NUMBER, Api
from luca_local.government.faults import Faults, Misbehaviour
from luca_local.government.journal import Journal
from luca_local.government.ledger import Ledger
from luca_local.government.rate import RateLimit

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Government:
    """Logs each request, counts it against the rate, lets it meet its fate and logs what it met."""

    def __init__(self, journal: Journal, *, token: str, per_second: int = 2) -> None:
        self.faults = Faults()
        self._api = Api(Ledger(), journal)
        self._journal = journal
        self._authorization = f"Bearer {token}"
        self._rate = RateLimit(per_second)
        self._chance = random.Random()  # noqa: S311  # it only chooses when to misbehave
        self._dark_until = 0.0
        self._count = 0

    def app(self) -> web.Application:
        """Return the application: the API under `/v1`, and under `/control` what only its operator may do."""
        app = web.Application(middlewares=[self._meet], client_max_size=4_000_000)
        app.add_routes(self._api.routes())
        app.router.add_get("/control/faults", self._get_faults)
        app.router.add_put("/control/faults", self._put_faults)
        app.router.add_get("/control/violations", self._violations)
        return app

    @web.middleware
    async def _meet(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith("/control/"):
            return await handler(request)
        within = await self._log_arrival(request)
        misbehaviour = self.faults.draw(self._chance)
        response = await self._fate(request, misbehaviour, within=within)
        self._journal.write(
            "answer", number=request[NUMBER], met=misbehaviour, status=response.status if response else None
        )
        if response is None:
            return _break_connection(request)
        if misbehaviour is Misbehaviour.SLOW_DRIP:
            return await _drip(request, response, self.faults.drip_s)
        return response

    async def _log_arrival(self, request: web.Request) -> bool:
        """Log a request with its raw body; return whether it is within the rate."""
        arrived = time.monotonic()  # exact, so that the rate can be judged from the log too
        self._count += 1
        request[NUMBER] = self._count
        within = self._rate.arrive(arrived)
        self._journal.write(
            "request",
            number=self._count,
            monotonic=arrived,
            method=request.method,
            target=request.raw_path,
            body=base64.b64encode(await request.read()).decode(),
        )
        if not within:
            self._journal.write("violation", number=self._count, rule="rate", limit=self._rate.per_second)
        return within

    async def _fate(self, request: web.Request, misbehaviour: Misbehaviour, *, within: bool) -> web.Response | None:
        """Return the answer to a request, or `None` when its connection breaks instead."""
        if time.monotonic() < self._dark_until:
            return None
        await asyncio.sleep(self.faults.latency(self._chance))
        if misbehaviour is Misbehaviour.TIME_OUT:
            await asyncio.sleep(self.faults.stall_s)
            return None
        if refusal := self._refusal(request, misbehaviour, within=within):
            return refusal
        response = await self._api.answer(request)
        return _spoil(response, misbehaviour)

    def _refusal(self, request: web.Request, misbehaviour: Misbehaviour, *, within: bool) -> web.Response | None:
        """Return the answer to a request that is refused unread, so that nothing of it is kept."""
        if not within or misbehaviour is Misbehaviour.TOO_MANY:
            return problem(429, "rate-limited", "slow down", {"Retry-After": str(self.faults.retry_after_s)})
        if misbehaviour is Misbehaviour.TOO_MANY_SILENT:
            return problem(429, "rate-limited", "slow down")
        if misbehaviour is Misbehaviour.SERVER_ERROR:
            return problem(503, "unavailable", "try again later")
        known = request.headers.get("Authorization") == self._authorization
        if not known or misbehaviour is Misbehaviour.UNAUTHORIZED:
            return problem(401, "unauthenticated", "the token is not valid")
        return None

    async def _get_faults(self, _: web.Request) -> web.Response:
        return json_answer(self.faults)

    async def _put_faults(self, request: web.Request) -> web.Response:
        try:
            faults = msgspec.json.decode(await request.read(), type=Faults)
        except msgspec.DecodeError as error:
            return problem(422, "invalid-faults", str(error))
        if faults.seed is not None:
            self._chance.seed(faults.seed)
        self._dark_until = time.monotonic() + faults.black_out_s
        self.faults = self._api.faults = faults
        return json_answer(faults)

    async def _violations(self, _: web.Request) -> web.Response:
        return json_answer({"items": self._journal.violations})


def _spoil(response: web.Response, misbehaviour: Misbehaviour) -> web.Response | None:
    """Return what becomes of an answer on its way: what it says was kept has been."""
    match misbehaviour:
        case Misbehaviour.KEPT_BUT_DROPPED:
            return None
        case Misbehaviour.KEPT_THEN_500:
            return problem(500, "internal", "something went wrong")
        case Misbehaviour.MALFORMED:
            body = _body(response)
            return web.Response(body=body[: len(body) // 2], content_type="application/json")
        case _:
            return response


def _break_connection(request: web.Request) -> web.Response:
    """Answer nothing: the sender sees a connection that broke."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)  # goes nowhere


async def _drip(request: web.Request, response: web.Response, seconds: float) -> web.StreamResponse:
    body = _body(response)
    step = 1 + len(body) // 20
    dripping = web.StreamResponse(status=response.status, headers={"Content-Type": response.content_type})
    dripping.content_length = len(body)
    await dripping.prepare(request)
    for start in range(0, len(body), step):
        await dripping.write(body[start : start + step])
        await asyncio.sleep(seconds / 20)
    await dripping.write_eof()
    return dripping


def _body(response: web.Response) -> bytes:
    return response.body if isinstance(response.body, bytes) else b""
