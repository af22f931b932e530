"""The proxy between one life of a process and everything that it talks to: it sees each request, and kills at a point.

process -> request -> [killed before?] -> wire -> receiver -> answer -> [killed after?] -> process
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

from aiohttp import web

from luca_local.chaos.outgoing import Outgoing, kind_of
from luca_local.chaos.points import Point, Side
from luca_local.chaos.wire import Answer, Wire


class Interception:
    """Listens in place of each of the wire's doors, for one process; an async context manager.

    Args:
        wire: Where requests go on to.
        life: The number of the process.
        point: When to kill it; None for never.
        kill: Ends it, and returns when it is gone.
    """

    def __init__(self, wire: Wire, life: int, point: Point | None, kill: Callable[[], Awaitable[object]]) -> None:
        self.made: list[str] = []
        self.answered: list[str] = []
        self.killed = asyncio.Event()
        self.urls: dict[str, str] = {}
        self.begun = asyncio.Event()
        self._wire = wire
        self._life = life
        self._point = point
        self._kill = kill
        self._count: Counter[str] = Counter()
        self._waiting: set[asyncio.Task[Answer | None]] = set()
        self._over = False
        self._owned = AsyncExitStack()

    async def __aenter__(self) -> Self:
        for door in self._wire.doors:
            self.urls[door] = await self._listen(door)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._over = True
        for waiting in self._waiting:
            waiting.cancel()  # for the answers of long polls that nobody waits for any more
        await self._owned.aclose()

    async def _listen(self, door: str) -> str:
        async def handle(request: web.BaseRequest) -> web.StreamResponse:
            return await self._handle(door, request)

        # The low-level server: no routes, and the target stays as it was signed.
        runner = web.ServerRunner(web.Server(handle, access_log=None), shutdown_timeout=1)
        await runner.setup()
        self._owned.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    async def _handle(self, door: str, request: web.BaseRequest) -> web.StreamResponse:
        headers = tuple(request.headers.items())
        body = await request.read()
        outgoing = Outgoing(door, self._life, request.method, request.raw_path, headers, body)
        if self.killed.is_set():
            return _broken(request)
        kind = kind_of(outgoing)
        self._count[kind] += 1
        here = self._count[kind]
        self.made.append(kind)
        self.begun.set()
        if self._point == Point(kind, here, Side.BEFORE):
            await self._end()
            return _broken(request)
        answer = await self._carry(outgoing)
        if self._point == Point(kind, here, Side.AFTER):
            await self._end()
        if self.killed.is_set() or answer is None:
            return _broken(request)
        self.answered.append(kind)
        return _answered(answer)

    async def _carry(self, outgoing: Outgoing) -> Answer | None:
        """Return the answer; None when the connection breaks, or when nobody waits any more."""
        waiting = asyncio.create_task(self._wire.carry(outgoing))
        self._waiting.add(waiting)
        waiting.add_done_callback(self._waiting.discard)
        try:
            return await waiting
        except asyncio.CancelledError:
            if self._over:
                return None
            raise

    async def _end(self) -> None:
        """End the process. From here on nothing of it is let through, be it in a socket's buffer already."""
        self.killed.set()
        await self._kill()


def _answered(answer: Answer) -> web.Response:
    response = web.Response(status=answer.status, body=answer.body)
    response.headers.clear()
    _add(response, answer.headers)
    return response


def _add(response: web.Response, headers: Iterable[tuple[str, str]]) -> None:
    for name, value in headers:
        response.headers.add(name, value)


def _broken(request: web.BaseRequest) -> web.Response:
    """Answer nothing: whoever is still there sees a connection that broke."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)  # goes nowhere
