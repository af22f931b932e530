"""What is no request at all is answered as a problem, and not repeated to anybody."""

import asyncio
import io
import json
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.typedefs import Handler

from luca_shared.runtime.http_server import HttpServer
from luca_shared.runtime.web_app import web_app

SECRET = b"s3cret-of-somebody"


@pytest.fixture
async def port(log: io.StringIO) -> AsyncIterator[int]:
    assert log.getvalue() == ""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text="read")

    app = web_app(deadline=5, body_limit=1000)
    app.router.add_get("/{path:.*}", answer)
    async with HttpServer(app, name="api", host="127.0.0.1", port=0, grace=1) as server:
        yield server.port


async def send(port: int, request: bytes) -> tuple[int, dict[str, str], bytes]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    async with asyncio.timeout(5):
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    await writer.wait_closed()
    status, *lines = head.decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    return int(status.split()[1]), headers, body


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        pytest.param(b"GET /" + SECRET * 600 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 431, id="address"),
        pytest.param(b"GET /?q=" + SECRET * 600 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 431, id="query"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: x\r\nX: " + SECRET * 600 + b"\r\n\r\n", 431, id="header"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: 1\r\n" * 200 + b"\r\n", 400, id="many headers"),
        pytest.param(b"GET / HTTP/1.1\r\nAuthorization Bearer " + SECRET + b"\r\n\r\n", 400, id="no header"),
        pytest.param(b"\x16\x03\x01" + SECRET + b"\r\n\r\n", 400, id="TLS"),
    ],
)
async def test_what_cannot_be_read_is_a_problem(port: int, request_: bytes, status: int, log: io.StringIO) -> None:
    answered, headers, body = await send(port, request_)
    problem = json.loads(body)
    assert (answered, problem["status"], problem["type"]) == (status, status, "about:blank")
    assert headers["content-type"].startswith("application/problem+json")
    assert headers["x-correlation-id"] == problem["correlation_id"]
    assert headers["server"] == "luca"
    assert SECRET not in body
    assert SECRET.decode() not in log.getvalue()
    assert '"level":"ERROR"' not in log.getvalue().replace(" ", "")


async def test_what_can_be_read_just_so_is_answered(port: int) -> None:
    request = b"GET /" + b"a" * 8000 + b" HTTP/1.1\r\nHost: x\r\nX: " + b"b" * 8000 + b"\r\nConnection: close\r\n\r\n"
    status, headers, body = await send(port, request)
    assert (status, body) == (200, b"read")
    assert headers["server"] == "luca"


async def test_a_failure_outside_of_every_middleware_is_an_internal_problem(log: io.StringIO) -> None:
    @web.middleware
    async def broken(request: web.Request, handler: Handler) -> web.StreamResponse:  # noqa: ARG001
        raise RuntimeError(SECRET.decode())

    app = web.Application(middlewares=[broken])
    async with HttpServer(app, name="api", host="127.0.0.1", port=0, grace=1) as server:
        status, _, body = await send(server.port, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert (status, json.loads(body)["type"]) == (500, "urn:luca:problem:internal")
    assert "failed before it was handled" in log.getvalue()
