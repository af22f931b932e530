import asyncio
import io
import json
from collections.abc import AsyncIterator, Callable

import pytest
from aiohttp import ClientConnectorError, ClientError, ClientSession, web

from luca_shared.runtime.http_server import CannotListen, HttpServer


class Slow:
    """A handler that answers when the test says so."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.go_on = asyncio.Event()
        self.request: web.Request | None = None
        self.finished = False

    @property
    def client_left(self) -> bool:
        return self.request is not None and self.request.transport is None

    async def __call__(self, request: web.Request) -> web.Response:
        self.request = request
        self.begun.set()
        await self.go_on.wait()
        self.finished = True
        return web.Response(text="done")


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def server(slow: Slow, log: io.StringIO) -> Callable[[float], HttpServer]:
    assert log.getvalue() == ""

    async def quick(_: web.Request) -> web.Response:
        return web.Response(text="quick")

    app = web.Application()
    app.router.add_get("/slow", slow.__call__)
    app.router.add_get("/quick", quick)
    return lambda grace: HttpServer(app, name="api", host="127.0.0.1", port=0, grace=grace)


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession() as made:
        yield made


async def get(session: ClientSession, url: str) -> str:
    async with session.get(url) as response:
        return await response.text()


async def test_the_real_port_is_known_and_logged(
    server: Callable[[float], HttpServer], session: ClientSession, log: io.StringIO
) -> None:
    async with server(1) as listening:
        assert await get(session, f"http://127.0.0.1:{listening.port}/quick") == "quick"
    line = json.loads(log.getvalue().splitlines()[0])
    assert (line["message"], line["server"], line["port"]) == ("listening", "api", listening.port)


async def test_requests_in_flight_are_answered_after_the_port_has_closed(
    server: Callable[[float], HttpServer], session: ClientSession, slow: Slow, log: io.StringIO
) -> None:
    listening = server(10)
    await listening.__aenter__()
    url = f"http://127.0.0.1:{listening.port}"
    request = asyncio.create_task(get(session, url + "/slow"))
    await slow.begun.wait()
    closing = asyncio.create_task(listening.__aexit__(None, None, None))
    async with asyncio.timeout(5), ClientSession() as another:
        while await refused(another, url + "/quick") is False:
            pass
    assert not closing.done()
    slow.go_on.set()
    assert await request == "done"
    async with asyncio.timeout(5):
        await closing
    assert "cut off" not in log.getvalue()


async def test_a_connection_takes_no_new_request_once_the_end_has_begun(
    server: Callable[[float], HttpServer], slow: Slow
) -> None:
    listening = server(10)
    await listening.__aenter__()
    reader, writer = await asyncio.open_connection("127.0.0.1", listening.port)
    writer.write(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
    await slow.begun.wait()
    closing = asyncio.create_task(listening.__aexit__(None, None, None))
    async with asyncio.timeout(5), ClientSession() as another:
        url = f"http://127.0.0.1:{listening.port}/quick"
        while await refused(another, url) is False:
            pass
        writer.write(b"GET /quick HTTP/1.1\r\nHost: x\r\n\r\n")
        await refused(another, url)  # as long as the way there and back: the bytes have arrived
        slow.go_on.set()
        answers = await reader.read()
        await closing
    writer.close()
    assert answers.count(b"HTTP/1.1 200") == 1
    assert answers.endswith(b"done")


async def refused(session: ClientSession, url: str) -> bool:
    try:
        await get(session, url)
    except ClientConnectorError:
        return True
    except ClientError:
        return False
    return False


async def test_idle_connections_do_not_hold_up_the_end(
    server: Callable[[float], HttpServer], session: ClientSession, log: io.StringIO
) -> None:
    async with asyncio.timeout(5), server(60) as listening:
        await get(session, f"http://127.0.0.1:{listening.port}/quick")  # its connection is kept alive
        _, silent = await asyncio.open_connection("127.0.0.1", listening.port)  # it never says anything
    silent.close()
    assert "cut off" not in log.getvalue()


async def test_what_takes_longer_than_the_grace_is_cut_off_and_said(
    server: Callable[[float], HttpServer], session: ClientSession, slow: Slow, log: io.StringIO
) -> None:
    listening = server(0.05)
    async with listening:
        request = asyncio.create_task(get(session, f"http://127.0.0.1:{listening.port}/slow"))
        await slow.begun.wait()
    with pytest.raises(ClientError):
        await request
    line = json.loads(log.getvalue().splitlines()[-1])
    assert line["message"].startswith("requests are cut off")
    assert line["requests"] == 1


async def test_a_request_goes_on_when_its_client_leaves(server: Callable[[float], HttpServer], slow: Slow) -> None:
    async with server(5) as listening:
        _, writer = await asyncio.open_connection("127.0.0.1", listening.port)
        writer.write(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        await slow.begun.wait()
        writer.transport.abort()
        async with asyncio.timeout(5):
            while not slow.client_left:  # noqa: ASYNC110  # aiohttp tells nobody
                await asyncio.sleep(0)
        slow.go_on.set()
    assert slow.finished


async def test_a_port_that_is_taken_is_named_with_the_reason(server: Callable[[float], HttpServer]) -> None:
    async with server(1) as first:
        second = HttpServer(web.Application(), name="api", host="127.0.0.1", port=first.port, grace=1)
        with pytest.raises(CannotListen, match=rf"api can't listen on 127.0.0.1:{first.port}: Address already in use"):
            await second.__aenter__()


async def test_an_application_that_cannot_start_is_cleaned_up() -> None:
    cleaned: list[str] = []

    async def fail(_: web.Application) -> None:
        raise LookupError

    async def owned(_: web.Application) -> AsyncIterator[None]:
        yield
        cleaned.append("yes")

    app = web.Application()
    app.cleanup_ctx.append(owned)
    app.on_startup.append(fail)
    with pytest.raises(LookupError):
        await HttpServer(app, name="api", host="127.0.0.1", port=0, grace=1).__aenter__()
    assert cleaned == ["yes"]


async def test_a_host_of_another_machine_is_named() -> None:
    with pytest.raises(CannotListen, match=r"api can't listen on 192\.0\.2\.1"):
        await HttpServer(web.Application(), name="api", host="192.0.2.1", port=0, grace=1).__aenter__()
