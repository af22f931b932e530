"""Lies between the ingest worker and AWS: counts its calls, and lets a few deletions come to nothing.

SQS delivers at least once: a message can come again even though its deletion was confirmed (Amazon SQS developer guide,
"At-least-once delivery"). The emulator never does that by itself, so it is done here: a deletion is confirmed and not
passed on, and its messages reappear once their visibility has ended.
"""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import aiohttp
import msgspec
from aiohttp import web
from multidict import CIMultiDict, MultiMapping

from luca_local.serving import serving

_TARGET: Final = "X-Amz-Target"
_DELETE: Final = "AmazonSQS.DeleteMessageBatch"
_RECEIVE: Final = "AmazonSQS.ReceiveMessage"
# Of one connection, or written anew. Everything else goes on as it came, `Host` too: it is signed.
_NOT_PASSED_ON: Final = frozenset({"content-length", "transfer-encoding", "connection", "keep-alive", "date", "server"})
_NOT_ADDED: Final = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")
_NO_LIMIT: Final = aiohttp.ClientTimeout(total=None)  # the client has its own


class CountingProxy:
    """What it has counted.

    Attributes:
        calls: By operation, such as `BatchExecuteStatement`.
    """

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self._to_forget = 0
        self._received: Counter[str] = Counter()  # by message id

    def forget_deletions(self, calls: int) -> None:
        """Let so many of the next calls that delete messages come to nothing."""
        self._to_forget += calls

    @property
    def redelivered(self) -> int:
        """How many messages were received more than once."""
        return sum(times > 1 for times in self._received.values())

    @asynccontextmanager
    async def before(self, aws: str) -> AsyncIterator[str]:
        """Lie before AWS while the context lasts; give the address to use instead."""
        async with aiohttp.ClientSession(
            auto_decompress=False, timeout=_NO_LIMIT, skip_auto_headers=_NOT_ADDED
        ) as session:

            async def hand_on(request: web.Request) -> web.Response:
                return await self._hand_on(session, aws, request)

            application = web.Application(client_max_size=16 * 1024 * 1024)
            application.router.add_route("*", "/{path:.*}", hand_on)
            async with serving(application, auto_decompress=False, shutdown_timeout=0.5) as url:
                yield url

    async def _hand_on(self, session: aiohttp.ClientSession, aws: str, request: web.Request) -> web.Response:
        target = request.headers.get(_TARGET, "")
        self.calls[target.partition(".")[2] or request.method] += 1
        body = await request.read()
        if target == _DELETE and self._to_forget:
            self._to_forget -= 1
            return _confirmed(body)
        try:
            async with session.request(
                request.method, aws + request.raw_path, data=body, headers=_passed_on(request.headers)
            ) as answer:
                told = await answer.read()
                if target == _RECEIVE and answer.status == 200:
                    self._received.update(each["MessageId"] for each in msgspec.json.decode(told).get("Messages") or ())
                return web.Response(status=answer.status, body=told, headers=_passed_on(answer.headers))
        except aiohttp.ClientError:
            raise web.HTTPBadGateway from None


def _confirmed(deletion: bytes) -> web.Response:
    entries: list[dict[str, Any]] = msgspec.json.decode(deletion)["Entries"]
    body = {"Successful": [{"Id": entry["Id"]} for entry in entries], "Failed": []}
    return web.Response(body=msgspec.json.encode(body), content_type="application/x-amz-json-1.0")


def _passed_on(headers: MultiMapping[str]) -> CIMultiDict[str]:
    return CIMultiDict((name, value) for name, value in headers.items() if name.lower() not in _NOT_PASSED_ON)
