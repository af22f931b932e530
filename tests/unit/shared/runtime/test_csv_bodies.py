"""A CSV body: its media type, its size and its encoding are judged before anybody reads it."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from luca_shared.runtime.csv_bodies import parse_csv
from luca_shared.runtime.web_app import web_app

Client = TestClient[web.Request, web.Application]


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async def echo(request: web.Request) -> web.StreamResponse:
        return web.Response(text=await parse_csv(request))

    app = web_app(deadline=5, body_limit=100)
    app.router.add_post("/", echo)
    async with TestClient(TestServer(app)) as found:
        yield found


async def send(client: Client, body: object, media_type: str = "text/csv") -> web.Response:
    async with client.post("/", data=body, headers={"Content-Type": media_type}) as answer:
        return web.Response(status=answer.status, text=await answer.text(), headers=answer.headers)


@pytest.mark.parametrize("media_type", ["text/csv", "text/csv; charset=UTF-8", "text/csv; header=present"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
async def test_the_text_is_what_was_sent_without_a_byte_order_mark(
    client: Client, media_type: str, mark: bytes
) -> None:
    answer = await send(client, mark + "ä,b\r\n".encode(), media_type)
    assert (answer.status, answer.text) == (200, "ä,b\r\n")


@pytest.mark.parametrize("media_type", ["application/json", "text/plain", "text/csv; charset=latin-1"])
async def test_another_media_type_is_refused(client: Client, media_type: str) -> None:
    answer = await send(client, b"a,b", media_type)
    assert (answer.status, answer.headers["Accept"]) == (415, "text/csv")


async def chunks() -> AsyncIterator[bytes]:
    for _ in range(11):
        yield b"x" * 10


async def test_too_large_a_body_is_refused_whether_it_says_so_or_not(client: Client) -> None:
    assert (await send(client, b"x" * 100)).status == 200
    assert (await send(client, b"x" * 101)).status == 413
    assert (await send(client, chunks())).status == 413


async def test_a_line_that_is_not_utf_8_is_named(client: Client) -> None:
    answer = await send(client, "class_id\r\nespañol\r\n".encode("latin-1"))
    assert answer.status == 422
    assert '"pointer":"/lines/2"' in (answer.text or "")
