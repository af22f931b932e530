"""What goes through the edge to a service, and back: all of it, as it was."""

import asyncio
import gzip
import io
import socket
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import aiohttp
import pytest
from aiohttp import web
from multidict import CIMultiDict

from luca_local.ports import HOST, HeldPort

if TYPE_CHECKING:
    from tests.integration.edge.conftest import Edge

TARGETS = [
    "/v1/me",
    "/v1/",
    "/v1/classes/a%2Fb/x%20y/%c3%B1?term=2026-Q4&cursor=a%2Bb%3D%3D&x",
    "/v1/a//b/./c?x=1&x=2;3&y=+",
    "/v1/%2e%2e/%00?a=%25",
]


async def echo_target(request: web.Request) -> web.StreamResponse:
    return web.json_response({"method": request.method, "target": request.raw_path})


@pytest.mark.parametrize("target", TARGETS)
async def test_a_target_reaches_the_service_letter_by_letter(edge: "Edge", target: str) -> None:
    url = await edge.before(echo_target)
    async with edge.ask("GET", url + target) as answer:
        assert await answer.json() == {"method": "GET", "target": target}


@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "REPORT"])
async def test_every_method_is_the_services_to_judge(edge: "Edge", method: str) -> None:
    url = await edge.before(echo_target)
    async with edge.ask(method, url + "/v1/x") as answer:
        assert (await answer.json())["method"] == method


@pytest.mark.parametrize(
    "body", [b"", b"{}", bytes(range(256)) * 8192, gzip.compress(b"packed")], ids=["empty", "json", "2 MiB", "gzip"]
)
async def test_a_body_goes_there_and_back_byte_by_byte(edge: "Edge", body: bytes) -> None:
    async def echo(request: web.Request) -> web.StreamResponse:
        return web.Response(body=await request.read(), headers={"Content-Type": "application/x-any"})

    url = await edge.before(echo)
    async with edge.ask("PUT", url + "/v1/x", data=io.BytesIO(body)) as answer:
        assert await answer.read() == body
        assert answer.headers["Content-Type"] == "application/x-any"


async def test_a_request_without_a_body_stays_one(edge: "Edge") -> None:
    async def serve(request: web.Request) -> web.StreamResponse:
        return web.json_response([request.can_read_body, "Content-Type" in request.headers])

    url = await edge.before(serve)
    async with edge.ask("DELETE", url + "/v1/x") as answer:
        assert await answer.json() == [False, False]


async def test_a_body_of_unknown_length_arrives_whole(edge: "Edge") -> None:
    async def echo(request: web.Request) -> web.StreamResponse:
        return web.Response(body=await request.read())

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b"piece "

    url = await edge.before(echo)
    async with edge.ask("POST", url + "/v1/x", data=pieces()) as answer:
        assert await answer.read() == b"piece piece piece "


async def test_a_compressed_answer_stays_compressed(edge: "Edge") -> None:
    packed = gzip.compress(b"text")

    async def serve(_: web.Request) -> web.StreamResponse:
        return web.Response(body=packed, headers={"Content-Encoding": "gzip"})

    url = await edge.before(serve)
    async with (
        aiohttp.ClientSession(auto_decompress=False) as client,
        client.get(url + "/v1/x", headers={"Authorization": "Bearer good"}) as answer,
    ):
        assert answer.headers["Content-Encoding"] == "gzip"
        assert await answer.read() == packed


async def test_a_compressed_request_stays_compressed(edge: "Edge") -> None:
    packed = gzip.compress(b"text")
    received: list[bytes] = []

    async def serve(request: web.Request) -> web.StreamResponse:  # on a server that unpacks nothing
        received.append(await request.read())
        return web.Response(text=request.headers["Content-Encoding"])

    url = await edge.before(serve)
    async with edge.ask("POST", url + "/v1/x", data=packed, headers={"Content-Encoding": "gzip"}) as answer:
        assert await answer.text() == "gzip"
    assert received == [packed]


async def test_status_reason_and_headers_of_an_answer_are_the_services(edge: "Edge") -> None:
    async def serve(_: web.Request) -> web.StreamResponse:
        response = web.Response(status=412, reason="Somebody Was Faster", text="{}")
        response.headers.update({"ETag": '"3"', "Cache-Control": "private, no-store", "RateLimit": '"school";r=1'})
        response.headers.add("Link", "<a>")
        response.headers.add("Link", "<b>")
        return response

    url = await edge.before(serve)
    async with edge.ask("GET", url + "/v1/x") as answer:
        assert (answer.status, answer.reason) == (412, "Somebody Was Faster")
        assert answer.headers["ETag"] == '"3"'
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers.getall("Link") == ["<a>", "<b>"]


async def test_a_redirect_is_the_clients_to_follow(edge: "Edge") -> None:
    async def serve(_: web.Request) -> web.StreamResponse:
        raise web.HTTPSeeOther("http://127.0.0.1:1/elsewhere")

    url = await edge.before(serve)
    async with edge.ask("GET", url + "/v1/x", allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "http://127.0.0.1:1/elsewhere")


async def test_the_answer_to_head_has_no_body_and_its_length(edge: "Edge") -> None:
    async def serve(_: web.Request) -> web.StreamResponse:
        return web.Response(body=b"12345")

    url = await edge.before(serve)
    async with edge.ask("HEAD", url + "/v1/x") as answer:
        assert (answer.status, answer.headers["Content-Length"], await answer.read()) == (200, "5", b"")


async def test_what_a_service_streams_is_not_held_back(edge: "Edge") -> None:
    read = asyncio.Event()

    async def serve(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"first")
        await read.wait()
        await response.write(b"last")
        return response

    url = await edge.before(serve)
    async with edge.ask("GET", url + "/v1/x") as answer:
        assert await answer.content.readexactly(5) == b"first"
        read.set()
        assert await answer.read() == b"last"


async def test_the_service_sees_who_is_behind_the_edge(edge: "Edge") -> None:
    async def serve(request: web.Request) -> web.StreamResponse:
        return web.json_response(dict(request.headers))

    url = await edge.before(serve)
    host = url.removeprefix("http://")
    given = {"X-Forwarded-For": "10.1.1.1", "X-Correlation-Id": "theirs", "Connection": "X-Secret", "X-Secret": "1"}
    async with edge.ask("GET", url + "/v1/x", headers=given) as answer:
        headers = CIMultiDict(await answer.json())
        assert headers["X-Correlation-Id"] == answer.headers["X-Correlation-Id"] != "theirs"
    assert headers["Host"] != host
    assert headers["X-Forwarded-Host"] == host
    assert headers["X-Forwarded-For"] == f"10.1.1.1, {HOST}"
    assert headers["X-Client-Correlation-Id"] == "theirs"
    assert headers["Authorization"] == "Bearer good"
    assert "X-Secret" not in headers


async def test_nothing_is_added_that_a_client_did_not_say(edge: "Edge") -> None:
    received: list[str] = []

    async def serve(request: web.Request) -> web.StreamResponse:
        received.extend(name.lower() for name in request.headers)
        return web.Response()

    url = await edge.before(serve)
    port = int(url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection(HOST, port)
    head = b"POST /v1/x HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer good\r\nContent-Length: 1\r\n"
    writer.write(head + b"Connection: close\r\n\r\nx")
    assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    writer.close()
    await writer.wait_closed()
    forwarded = {"x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-correlation-id", "via"}
    assert set(received) == {"host", "authorization", "content-length"} | forwarded


async def test_an_absolute_target_can_not_choose_another_host(edge: "Edge") -> None:
    asked: list[str] = []

    async def serve(request: web.Request) -> web.StreamResponse:
        asked.append(request.raw_path)
        return web.Response()

    url = await edge.before(serve)
    reader, writer = await asyncio.open_connection(HOST, int(url.rpartition(":")[2]))
    writer.write(b"GET http://127.0.0.1:1/v1/x HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer good\r\n\r\n")
    assert (await reader.readline()).startswith(b"HTTP/1.1 404")
    writer.close()
    await writer.wait_closed()
    assert not asked


async def test_a_body_that_is_too_large_reaches_no_service(edge: "Edge") -> None:
    asked: list[str] = []

    async def serve(request: web.Request) -> web.StreamResponse:
        asked.append(request.raw_path)
        return web.Response()

    url = await edge.before(serve, body_limit=1000)
    async with edge.ask("PUT", url + "/v1/x", data=b"x" * 1001) as answer:
        assert (answer.status, (await answer.json())["type"]) == (413, "urn:luca:problem:too-large")
    async with edge.ask("PUT", url + "/v1/x", data=b"x" * 1000) as answer:
        assert answer.status == 200
    assert asked == ["/v1/x"]


async def test_a_service_that_is_down_is_a_503_to_try_again(edge: "Edge") -> None:
    with HeldPort() as nobody:
        nobody.let_go()
    url = await edge.before_address(nobody.url)
    async with edge.ask("GET", url + "/v1/x") as answer:
        problem = await answer.json()
        assert (answer.status, problem["type"]) == (503, "urn:luca:problem:unavailable")
        assert int(answer.headers["Retry-After"]) >= 1
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert problem["correlation_id"] == answer.headers["X-Correlation-Id"]


async def test_a_service_that_takes_too_long_is_a_504(edge: "Edge") -> None:
    async def serve(_: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    url = await edge.before(serve, patience=0.2)
    async with edge.ask("PUT", url + "/v1/x", data=b"{}") as answer:
        assert answer.status == 504
        assert "unknown" in (await answer.json())["detail"]


async def test_a_service_that_hangs_up_is_a_502(edge: "Edge") -> None:
    async def serve(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    url = await edge.before(serve)
    async with edge.ask("POST", url + "/v1/x", data=b"{}") as answer:
        assert (answer.status, (await answer.json())["status"]) == (502, 502)


@pytest.mark.parametrize("length", [None, "10"])
async def test_half_an_answer_never_looks_like_a_whole_one(edge: "Edge", length: str | None) -> None:
    async def serve(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": length} if length else {})
        await response.prepare(request)
        await response.write(b"half")
        assert request.transport is not None
        request.transport.abort()
        return response

    url = await edge.before(serve)
    async with edge.ask("GET", url + "/v1/x") as answer:
        with pytest.raises(aiohttp.ClientError):
            await answer.read()


async def test_a_client_that_leaves_does_no_harm(edge: "Edge") -> None:
    arrived, go_on = asyncio.Event(), asyncio.Event()

    async def serve(request: web.Request) -> web.StreamResponse:
        if request.path == "/v1/slow":
            arrived.set()
            await go_on.wait()
        return web.Response(body=b"x" * 1_000_000)

    url = await edge.before(serve)
    with socket.create_connection((HOST, int(url.rpartition(":")[2]))) as client:
        client.sendall(b"GET /v1/slow HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer good\r\n\r\n")
        await arrived.wait()
    go_on.set()
    async with edge.ask("GET", url + "/v1/x") as answer:
        assert len(await answer.read()) == 1_000_000
