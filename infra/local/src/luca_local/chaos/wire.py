"""The wire: what has left a process arrives, whatever becomes of the process meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum
from types import TracebackType
from typing import Final, Self

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from luca_local.chaos.outgoing import Headers, Outgoing

# Of one connection and not of the message (RFC 9110, 7.6.1), or set anew by whoever writes the message.
_HOP_BY_HOP: Final = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered."""

    status: int
    headers: Headers = field(repr=False)
    body: bytes = field(repr=False)


class Fate(Enum):
    """What becomes of a request on its way."""

    DELIVERED = "delivered"
    ANSWER_LOST = "answer-lost"  # it is carried out, and the connection breaks before the answer is through


Weather = Callable[[Outgoing], Awaitable[Fate | Answer]]
"""Decides what becomes of a request: an `Answer` is given in the receiver's place, who never sees the request."""

Listener = Callable[[Outgoing, Answer], Awaitable[None]]
"""Is told of each answer, whether or not there is still somebody to receive it."""


async def fair(_: Outgoing) -> Fate | Answer:
    """Weather in which everything is delivered."""
    return Fate.DELIVERED


async def deaf(_: Outgoing, __: Answer) -> None:
    """A listener that listens to nothing."""


class Wire:
    """Carries requests to the doors that they are for; an async context manager that outlives processes.

    Args:
        doors: Where each door is: its base URL.
        listener: Is told of each answer.
    """

    def __init__(self, doors: dict[str, str], listener: Listener = deaf) -> None:
        self.doors = doors
        self.weather: Weather = fair
        self._listener = listener
        self._tasks = asyncio.TaskGroup()
        self._under_way: set[asyncio.Task[Answer | None]] = set()
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            # A connection for each request: aiohttp repeats a request by itself when a kept one turns out to be dead,
            # and what is sent twice here must be the service's doing.
            connector=aiohttp.TCPConnector(limit=0, force_close=True),
            timeout=aiohttp.ClientTimeout(total=None),
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        await self._tasks.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for task in self._under_way:
            task.cancel()  # long polls of processes that are gone
        try:
            await self._tasks.__aexit__(kind, error, traceback)
        finally:
            if self._session is not None:
                await self._session.close()

    async def carry(self, request: Outgoing) -> Answer | None:
        """Carry a request and return its answer, None when the connection breaks. Cancelling this does not stop it."""
        task = self._tasks.create_task(self._carry(request))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return await asyncio.shield(task)

    async def _carry(self, request: Outgoing) -> Answer | None:
        fate = await self.weather(request)
        if isinstance(fate, Answer):
            return fate
        answer = await self._exchange(request)
        if answer is not None:
            await self._listener(request, answer)
        return None if fate is Fate.ANSWER_LOST else answer

    async def _exchange(self, request: Outgoing) -> Answer | None:
        if self._session is None:
            raise RuntimeError("the wire is used inside `async with` only")
        try:
            async with self._session.request(
                request.method,
                URL(self.doors[request.door] + request.target, encoded=True),
                data=request.body or None,
                headers=CIMultiDict(_of_the_message(request.headers)),
                skip_auto_headers=("User-Agent", "Content-Type", "Accept", "Accept-Encoding"),
                allow_redirects=False,
            ) as response:
                body = await response.read()
                return Answer(response.status, _of_the_message(tuple(response.headers.items())), body)
        except (aiohttp.ClientError, OSError):
            return None


def _of_the_message(headers: Headers) -> Headers:
    return tuple((name, value) for name, value in headers if name.lower() not in _HOP_BY_HOP)
