"""Whether a service is ready for traffic."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

Check = Callable[[], Awaitable[None]]
"""Raises when what it checks doesn't work."""


class State(StrEnum):
    """Where a service is in its life."""

    STARTING = "starting"
    SERVING = "serving"
    STOPPING = "stopping"


@dataclass(frozen=True, slots=True)
class Result:
    """What a check found: `failure` is None or an exception's type, never its text."""

    failure: str | None
    milliseconds: float


class Health:
    """A service's state, and the named checks of what it can't work without.

    Ready means: it serves, and every check passes within `timeout` seconds.
    """

    def __init__(self, *, timeout: float = 2.0) -> None:
        self._timeout = timeout
        self._checks: dict[str, Check] = {}
        self.state = State.STARTING

    def add(self, name: str, check: Check) -> None:
        """Be ready only while `check` passes."""
        self._checks[name] = check

    async def check(self) -> tuple[bool, dict[str, Result]]:
        """Run all checks at once; whether the service is ready, and what each check found."""
        async with asyncio.TaskGroup() as group:
            tasks = {name: group.create_task(self._run(check)) for name, check in self._checks.items()}
        results = {name: task.result() for name, task in tasks.items()}
        return self.state is State.SERVING and all(result.failure is None for result in results.values()), results

    async def _run(self, check: Check) -> Result:
        started = time.perf_counter()
        failure = None
        try:
            async with asyncio.timeout(self._timeout):
                await check()
        except Exception as error:  # noqa: BLE001  # whatever fails in a check is its result
            failure = type(error).__name__
        return Result(failure, round((time.perf_counter() - started) * 1000, 1))
