"""What a service's main function is given: ownership of what it starts, its ports, and the word when to stop."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeVar

from aiohttp import web

from luca_shared.runtime import garbage
from luca_shared.runtime.health import Check, Health, State
from luca_shared.runtime.http_server import HttpServer
from luca_shared.runtime.loop_lag import sample_loop_lag
from luca_shared.runtime.operations import operations_app
from luca_shared.runtime.ownership import Ownership

T = TypeVar("T")

_OPERATIONS_GRACE_S = 1.0


class TaskEnded(Exception):
    """A background task, which works until the service ends, ended by itself."""


class Life:
    """One service's life. Whatever it owns is released when it ends, the last thing first.

    async def serve(life: Life) -> None:
        settings = load(Settings)
        await life.operations(port=settings.operations_port)
        client = await life.enter(AwsClient(region=settings.aws_region))
        life.ready_when("table", some_check)
        await life.listen(app(client), name="api", host=settings.host, port=settings.port)
        await life.until_stopped()
    """

    def __init__(self, *, grace: float) -> None:
        self._owned = Ownership()
        self._grace = grace
        self._main = asyncio.current_task()
        self._waits = False
        self._told = asyncio.Event()
        self.health = Health()
        self.failure: BaseException | None = None

    @property
    def stopping(self) -> bool:
        """Whether it has been told to stop, or has begun to by itself."""
        return self._told.is_set()

    async def enter(self, resource: AbstractAsyncContextManager[T]) -> T:
        """Own a resource: enter it now, leave it at the end."""
        return await self._owned.enter(resource)

    def at_end(self, name: str, release: Callable[[], Awaitable[object]]) -> None:
        """Await `release()` at the end; `name` is for the log."""
        self._owned.at_end(name, release)

    def background(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Own a task that works until the end, where it is cancelled. One that ends before ends the service: code 1."""
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(self._task_done)
        self._owned.at_end(name, lambda: _cancel(task))

    def ready_when(self, name: str, check: Check) -> None:
        """Be ready for traffic only while `check` passes."""
        self.health.add(name, check)

    async def operations(self, *, port: int, host: str = "0.0.0.0") -> int:  # noqa: S104  # a container's own port
        """Serve health and metrics, and measure the loop's lag; return the real port.

        The first thing to do, since it is then the last to go: readiness can be seen to be false while requests end.
        """
        app = operations_app(self.health)
        server = HttpServer(app, name="operations", host=host, port=port, grace=_OPERATIONS_GRACE_S)
        await self.enter(server)
        self.background("loop-lag", sample_loop_lag())
        return server.port

    async def listen(self, app: web.Application, *, name: str, host: str, port: int) -> int:
        """Serve an application until the end; return the real port (`port` may be 0).

        Raises:
            CannotListen: the port is taken, or the host is not of this machine.
        """
        server = HttpServer(app, name=name, host=host, port=port, grace=self._grace)
        await self.enter(server)
        return server.port

    async def until_stopped(self) -> None:
        """Be ready, and wait until the service is told to stop."""
        if not self.stopping:
            garbage.spare_what_stays()
            self.health.state = State.SERVING
        self._waits = True
        try:
            await self._told.wait()
        finally:
            self._waits = False

    def stop(self) -> None:
        """Begin to stop: `until_stopped` returns, or else the main function is cancelled, wherever it is."""
        if self.stopping:
            return
        self._begin_to_stop()
        if not self._waits and self._main is not None:
            self._main.cancel()

    async def end(self, *, within: float) -> bool:
        """Release everything; False when that was not orderly. `within` seconds are for all of it."""
        self._begin_to_stop()
        return await self._owned.release_all(within=within)

    def _begin_to_stop(self) -> None:
        self._told.set()
        self.health.state = State.STOPPING

    def _task_done(self, task: asyncio.Task[None]) -> None:
        if task.cancelled() or (self.stopping and task.exception() is None):
            return
        self.failure = self.failure or task.exception() or TaskEnded(task.get_name())
        self.stop()


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])  # what it raised has been seen by its callback
