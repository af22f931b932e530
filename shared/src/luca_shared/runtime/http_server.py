"""A web application on a port, from its first connection to the end of its last request."""

import asyncio
import logging
import os
from types import TracebackType
from typing import Self

from aiohttp import web
from aiohttp.typedefs import Handler

from luca_shared.runtime.log_values import Public
from luca_shared.runtime.unreadable_requests import AppRunner

_log = logging.getLogger(__name__)

_CLOSE_S = 0.5  # aiohttp's own patience, twice: to write the last answers, and with what is then cancelled


class CannotListen(Exception):
    """The port can't be had; the text says which, and why."""


class HttpServer:
    """Listens while it is entered. Leaving stops listening at once and lets requests finish for `grace` seconds.

    A request goes on when its client leaves: a write is not left half done by a lost connection.
    """

    def __init__(self, app: web.Application, *, name: str, host: str, port: int, grace: float) -> None:
        self._requests = _Requests()
        app.middlewares.insert(0, self._requests.count)  # an application belongs to one server
        self._runner = AppRunner(app, access_log=None, shutdown_timeout=_CLOSE_S)
        self._name = name
        self._host, self._wanted_port = host, port
        self._grace = grace
        self.port = 0  # the real one, once it listens

    async def __aenter__(self) -> Self:
        try:
            await self._runner.setup()
            await web.TCPSite(self._runner, self._host, self._wanted_port).start()
        except OSError as error:
            await self._runner.cleanup()
            reason = os.strerror(error.errno) if error.errno and error.errno > 0 else "no such host"
            raise CannotListen(f"{self._name} can't listen on {self._host}:{self._wanted_port}: {reason}") from error
        except BaseException:
            await self._runner.cleanup()
            raise
        self.port = self._runner.addresses[0][1]
        _log.info("listening", extra={"server": Public(self._name), "host": Public(self._host), "port": self.port})
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            for site in self._runner.sites:
                await site.stop()
            await self._drain()
        finally:
            await self._runner.cleanup()

    async def _drain(self) -> None:
        await asyncio.sleep(0)  # a request that has just arrived begins before its connection counts as idle
        if self._runner.server is not None:
            self._runner.server.pre_shutdown()  # no connection takes another request
        try:
            async with asyncio.timeout(self._grace):
                await self._requests.none.wait()
        except TimeoutError:
            _log.warning(
                "requests are cut off: they were not done in time",
                extra={"server": Public(self._name), "requests": self._requests.running},
            )


class _Requests:
    """The requests that are being handled."""

    def __init__(self) -> None:
        self.running = 0
        self.none = asyncio.Event()
        self.none.set()

    @web.middleware
    async def count(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.running += 1
        self.none.clear()
        try:
            return await handler(request)
        finally:
            self.running -= 1
            if self.running == 0:
                self.none.set()
