"""What every request needs around it, as pure ASGI: a correlation id, a deadline and its metrics."""

import asyncio
import time
import uuid
from typing import Any

from peer.metrics import observe
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_DEADLINE_S = 5


class Observed:
    """Gives a request an id and a deadline, and counts it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        correlation_id = _given_id(scope["headers"]) or uuid.uuid4().hex
        scope.setdefault("state", {})["correlation_id"] = correlation_id
        started = time.perf_counter()
        status = 499

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"].append((b"x-correlation-id", correlation_id.encode()))
            await send(message)

        try:
            async with asyncio.timeout(_DEADLINE_S):
                await self._app(scope, receive, send_with_id)
        finally:
            route: Any = scope.get("route")
            observe(scope["method"], getattr(route, "path", "unmatched"), status, time.perf_counter() - started)


def _given_id(headers: list[tuple[bytes, bytes]]) -> str | None:
    for name, value in headers:
        if name == b"x-correlation-id":
            return value.decode("latin-1")
    return None
