import asyncio
import gzip
import io
import json
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestClient, TestServer

from luca_shared.runtime import correlation, json_answers, problems
from luca_shared.runtime.http_server import HttpServer
from luca_shared.runtime.metrics import REQUESTS
from luca_shared.runtime.requests import RequestModel, parse_body
from luca_shared.runtime.web_app import web_app

SECRET = "Ana-Perez"
LIMIT = 1000

Client = TestClient[web.Request, web.Application]


class Body(RequestModel, frozen=True, kw_only=True):
    n: int = 0


class Handlers:
    """What the tests' routes do; a test releases or watches them."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.ended = asyncio.Event()

    async def put(self, request: web.Request) -> web.Response:
        self.begun.set()
        try:
            return json_answers.answer(await parse_body(request, Body))
        finally:
            self.ended.set()

    async def correlated(self, _: web.Request) -> web.Response:
        return web.json_response({"id": correlation.current()})

    async def crash(self, _: web.Request) -> web.Response:
        raise KeyError(SECRET)

    async def hang(self, _: web.Request) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError("it is never set")

    async def dependency_down(self, _: web.Request) -> web.Response:
        raise problems.unavailable() from ConnectionResetError(SECRET)

    async def dependency_slow(self, _: web.Request) -> web.Response:
        async with asyncio.timeout(0):
            await asyncio.Event().wait()
        raise AssertionError("it timed out")

    async def redirect(self, _: web.Request) -> web.Response:
        raise web.HTTPFound("/v1/correlated")

    async def stream(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"a,b\n")
        return response

    async def late(self, request: web.Request) -> web.Response:
        self.begun.set()
        try:
            while request.transport is not None:  # noqa: ASYNC110  # aiohttp tells nobody
                await asyncio.sleep(0)
            await request.read()
        finally:
            self.ended.set()
        raise AssertionError("there is nobody to read from")

    async def dependency_gone(self, _: web.Request) -> web.Response:
        raise ConnectionResetError(SECRET)

    async def gone(self, _: web.Request) -> web.Response:
        raise web.HTTPGone


@pytest.fixture
def handlers() -> Handlers:
    return Handlers()


@pytest.fixture
def app(handlers: Handlers) -> web.Application:
    made = web_app(deadline=0.2, body_limit=LIMIT)
    made.router.add_put("/v1/things/{thing_id}", handlers.put)
    made.router.add_put("/v1/late/{thing_id}", handlers.late)
    for name in (
        "correlated", "crash", "hang", "dependency_down", "dependency_slow", "dependency_gone", "redirect", "stream",
        "gone",
    ):  # fmt: skip
        made.router.add_get(f"/v1/{name}", getattr(handlers, name))
    return made


@pytest.fixture
async def client(app: web.Application, log: io.StringIO) -> AsyncIterator[Client]:
    assert log.getvalue() == ""
    async with TestClient(TestServer(app)) as made:
        yield made


def logged(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def samples(method: str, route: str, status: int) -> float:
    name = "luca_http_server_request_duration_seconds_count"
    wanted = {"method": method, "route": route, "status": str(status)}
    return sum(
        sample.value
        for metric in REQUESTS.collect()
        for sample in metric.samples
        if sample.name == name and sample.labels == wanted
    )


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("GET", "/v1/nowhere", 404, "not-found"),
        ("DELETE", "/v1/crash", 405, "method-not-allowed"),
        ("GET", "/v1/crash", 500, "internal"),
        ("GET", "/v1/dependency_gone", 500, "internal"),
        ("GET", "/v1/hang", 503, "unavailable"),
        ("GET", "/v1/dependency_slow", 503, "unavailable"),
        ("GET", "/v1/dependency_down", 503, "unavailable"),
    ],
)
async def test_whatever_goes_wrong_is_a_problem_with_the_correlation_id(
    client: Client, method: str, path: str, status: int, kind: str
) -> None:
    async with client.request(method, path, headers={"X-Correlation-Id": "abc"}) as response:
        body = await response.json(content_type="application/problem+json")
    assert response.status == body["status"] == status
    assert body["type"] == f"urn:luca:problem:{kind}"
    assert body["correlation_id"] == response.headers["X-Correlation-Id"] == "abc"
    assert (response.headers.get("Retry-After") is not None) == (status == 503)
    assert SECRET not in json.dumps(body)


async def test_another_error_of_aiohttps_is_about_blank(client: Client) -> None:
    async with client.get("/v1/gone") as response:
        body = await response.json(content_type="application/problem+json")
    assert (response.status, body["type"], body["title"]) == (410, "about:blank", "Gone")


async def test_405_names_what_is_allowed(client: Client) -> None:
    async with client.delete("/v1/crash") as response:
        assert response.headers["Allow"] == "GET, HEAD"


async def test_our_own_fault_is_logged_once_with_its_place_and_without_its_argument(
    client: Client, log: io.StringIO
) -> None:
    async with client.get("/v1/crash", headers={"X-Correlation-Id": "abc"}) as response:
        assert response.status == 500
    (line,) = logged(log)
    assert line["level"] == "error"
    assert line["correlation_id"] == "abc"
    assert line["exception"]["type"] == "builtins.KeyError"
    assert "crash" in line["exception"]["stack"][-1]
    assert SECRET not in log.getvalue()


async def test_what_could_not_be_served_is_logged_with_its_cause(client: Client, log: io.StringIO) -> None:
    async with client.get("/v1/dependency_down") as response:
        assert response.status == 503
    (line,) = logged(log)
    assert line["exception"]["cause"]["type"] == "builtins.ConnectionResetError"
    assert SECRET not in log.getvalue()


async def test_the_clients_fault_is_not_logged(client: Client, log: io.StringIO) -> None:
    async with client.put("/v1/things/1", json={"n": "x"}) as response:
        assert response.status == 422
    assert logged(log) == []


@pytest.mark.parametrize("path", ["/v1/correlated", "/v1/redirect", "/v1/stream", "/v1/nowhere"])
async def test_every_kind_of_answer_carries_the_id(client: Client, path: str) -> None:
    async with client.get(path, headers={"X-Correlation-Id": "abc"}, allow_redirects=False) as response:
        assert response.headers["X-Correlation-Id"] == "abc"


async def test_a_redirect_stays_one(client: Client) -> None:
    async with client.get("/v1/redirect", allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (302, "/v1/correlated")


async def test_an_unacceptable_id_is_replaced_and_the_handler_works_for_the_new_one(client: Client) -> None:
    async with client.get("/v1/correlated", headers={"X-Correlation-Id": "a b"}) as response:
        made = response.headers["X-Correlation-Id"]
        assert (await response.json())["id"] == made
    assert correlation.acceptable(made)


@pytest.mark.parametrize("chunked", [True, False])
async def test_a_body_over_the_limit_is_413_whether_its_length_is_said_or_not(client: Client, *, chunked: bool) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b" " * (LIMIT + 1)

    data = chunks() if chunked else b" " * (LIMIT + 1)
    async with client.put("/v1/things/1", data=data, headers={"Content-Type": "application/json"}) as response:
        body = await response.json(content_type="application/problem+json")
    assert response.status == 413
    assert body["detail"] == "the body may have at most 1000 bytes"


async def test_a_body_that_says_it_is_too_large_is_not_waited_for(client: Client) -> None:
    reader, writer = await asyncio.open_connection(client.host, client.port)
    head = b"PUT /v1/things/1 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2000\r\n\r\n"
    writer.write(head)
    assert (await reader.readline()).startswith(b"HTTP/1.1 413 ")
    writer.close()


async def test_a_body_of_just_the_limit_is_read(client: Client) -> None:
    data = b'{"n":1}'.ljust(LIMIT)
    async with client.put("/v1/things/1", data=data, headers={"Content-Type": "application/json"}) as response:
        assert await response.json() == {"n": 1}


async def test_a_compressed_body_may_not_unfold_beyond_the_limit(client: Client) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    async with client.put("/v1/things/1", data=gzip.compress(b" " * 10**6), headers=headers) as response:
        assert response.status == 413


async def test_a_body_that_is_not_what_its_headers_say_is_the_clients_fault(client: Client) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    async with client.put("/v1/things/1", data=b'{"n":1}', headers=headers) as response:
        body = await response.json(content_type="application/problem+json")
    assert (response.status, body["type"]) == (400, "urn:luca:problem:malformed-json")


@pytest.mark.parametrize("where", ["things", "late"])
async def test_a_client_that_leaves_is_no_error_of_ours(
    app: web.Application, handlers: Handlers, log: io.StringIO, where: str
) -> None:
    route = f"/v1/{where}/{{thing_id}}"
    before = samples("PUT", route, 499)
    head = f"PUT /v1/{where}/1 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n"
    # Not aiohttp's TestServer, which cancels the handlers of clients that leave, as no service does.
    async with HttpServer(app, name="api", host="127.0.0.1", port=0, grace=5) as server:
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(head.encode() + b"{")
        await handlers.begun.wait()
        writer.transport.abort()
        async with asyncio.timeout(5):
            await handlers.ended.wait()
    assert [line["message"] for line in logged(log)] == ["listening"]
    assert samples("PUT", route, 499) == before + 1


async def test_requests_are_counted_by_template_and_never_by_path(client: Client) -> None:
    before = samples("PUT", "/v1/things/{thing_id}", 200), samples("GET", "unmatched", 404)
    for thing_id in ("s1", "s2"):
        async with client.put(f"/v1/things/{thing_id}", json={"n": 1}) as response:
            assert response.status == 200
    async with client.get(f"/v1/{SECRET}") as response:
        assert response.status == 404
    assert samples("PUT", "/v1/things/{thing_id}", 200) == before[0] + 2
    assert samples("GET", "unmatched", 404) == before[1] + 1
    assert SECRET not in repr([metric.samples for metric in REQUESTS.collect()])


async def test_unusual_methods_share_one_label(client: Client) -> None:
    before = samples("other", "unmatched", 405)
    for method in ("PROPFIND", "LOCK"):
        async with client.request(method, "/v1/crash") as response:
            assert response.status == 405
    assert samples("other", "unmatched", 405) == before + 2


async def test_a_slow_request_leaves_an_exemplar_that_leads_to_its_log(client: Client) -> None:
    async with client.get("/v1/hang", headers={"X-Correlation-Id": "slow-one"}) as response:
        assert response.status == 503
    exemplars = [
        sample.exemplar.labels for metric in REQUESTS.collect() for sample in metric.samples if sample.exemplar
    ]
    assert {"correlation_id": "slow-one"} in exemplars


async def test_neighbours_do_not_see_each_others_ids(client: Client) -> None:
    async def ask(session: ClientSession, number: int) -> bool:
        url = client.make_url("/v1/correlated")
        async with session.get(url, headers={"X-Correlation-Id": f"id-{number}"}) as response:
            body: dict[str, str] = await response.json()
            return body["id"] == response.headers["X-Correlation-Id"] == f"id-{number}"

    asks: list[Awaitable[bool]] = [ask(client.session, number) for number in range(50)]
    assert all(await asyncio.gather(*asks))
