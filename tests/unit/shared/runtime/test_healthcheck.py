"""The image's health check: what it asks, and what it makes of the answer."""

import asyncio

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from luca_shared.runtime.health import Health
from luca_shared.runtime.healthcheck import main
from luca_shared.runtime.operations import operations_app


async def asked(port: int | None) -> int:
    return await asyncio.to_thread(main, {"LUCA_OPERATIONS_PORT": str(port)})


async def test_a_service_that_answers_lives_though_it_is_not_ready() -> None:
    async with TestServer(operations_app(Health())) as server:
        port = server.port
        assert await asked(port) == 0
    assert await asked(port) == 1  # nobody listens any more


@pytest.mark.parametrize("status", [404, 500, 503])
async def test_any_other_answer_is_none(status: int) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status)

    app = web.Application()
    app.router.add_get("/health/live", answer)
    async with TestServer(app) as server:
        assert await asked(server.port) == 1
