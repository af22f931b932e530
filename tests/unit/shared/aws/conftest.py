"""A server on loopback that plays AWS, faults and all."""

import asyncio
import socket
import struct
import zlib
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest
import uvloop

_ON_THE_WIRE = {"test_client", "test_connection", "test_transport"}

Play = Callable[[asyncio.StreamWriter], Awaitable[None]]


def pytest_asyncio_loop_factories(item: pytest.Item) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """What speaks to sockets is tested on the loop of the services, too."""
    on_the_wire = item.path.stem in _ON_THE_WIRE
    return {"asyncio": asyncio.new_event_loop} | ({"uvloop": uvloop.new_event_loop} if on_the_wire else {})


@dataclass(frozen=True)
class Received:
    """A request as it arrived."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def operation(self) -> str:
        return self.headers["x-amz-target"].rpartition(".")[2]

    @property
    def content(self) -> Any:
        return orjson.loads(self.body)


@dataclass
class FakeAws:
    """Answers each request by the next of its plays, and an empty object when they are used up."""

    plays: deque[Play] = field(default_factory=deque)
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)
    url: str = ""

    def answers(self, content: Any = None, *, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        self.answers_bytes(orjson.dumps({} if content is None else content), status=status, headers=headers)

    def answers_bytes(
        self, body: bytes, *, status: int = 200, headers: Mapping[str, str] | None = None, length: int | None = None
    ) -> None:
        """Plays this answer; with a `length` other than the body's, the connection ends after the body."""
        checksum = {"x-amz-crc32": str(zlib.crc32(body)), "x-amzn-requestid": "REQUEST-ID"}
        wanted = {**checksum, "content-length": str(len(body) if length is None else length), **(headers or {})}
        lines = "".join(f"{name}: {value}\r\n" for name, value in wanted.items())

        async def play(writer: asyncio.StreamWriter) -> None:
            writer.write(f"HTTP/1.1 {status} X\r\n{lines}\r\n".encode() + body)
            if length is not None:
                writer.close()

        self.plays.append(play)

    def fails(self, code: str, *, status: int = 400, headers: Mapping[str, str] | None = None, **members: Any) -> None:
        """Plays an error as DynamoDB words it, with item data in its message as AWS likes to do."""
        content = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "SECRET-ITEM-DATA", **members}
        self.answers(content, status=status, headers=headers)

    def hangs_up(self, *, reset: bool = False) -> None:
        """Closes the connection instead of an answer."""

        async def play(writer: asyncio.StreamWriter) -> None:
            if reset:  # lingering for no time makes the close a RST
                linger = struct.pack("ii", 1, 0)
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.close()

        self.plays.append(play)

    def answers_and_closes(self) -> None:
        """Closes the connection behind a whole answer, without saying that it will."""
        self.answers_bytes(b"{}", length=2)

    def says_nothing(self) -> None:
        """Leaves the request without an answer."""

        async def play(_: asyncio.StreamWriter) -> None:
            pass

        self.plays.append(play)

    def drips(self, body: bytes, *, every: float) -> None:
        """Answers one byte at a time."""

        async def play(writer: asyncio.StreamWriter) -> None:
            writer.write(f"HTTP/1.1 200 OK\r\ncontent-length: {len(body)}\r\n\r\n".encode())
            for byte in body:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(every)

        self.plays.append(play)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:-2])}
                body = await reader.readexactly(int(headers["content-length"]))
                self.received.append(Received(headers, body))
                self.arrived.set()
                if not self.plays:
                    self.answers()
                await self.plays.popleft()(writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            self.hung_up.set()
        finally:
            writer.close()


@pytest.fixture
async def aws() -> AsyncIterator[FakeAws]:
    fake = FakeAws()
    connections: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        task.add_done_callback(connections.discard)
        await fake.serve(reader, writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    fake.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield fake
    server.close()
    for task in connections:
        task.cancel()
    await asyncio.gather(*connections, return_exceptions=True)
    await server.wait_closed()
