"""The government sync's task, and the keeper that starts it again: after a kill, and after an operator has helped."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from luca_local import services
from luca_local.child_process import ChildProcess
from luca_local.services import Places

_TASKS_AT_MOST: Final = 40
_LOOK_EVERY_S: Final = 0.05


class SyncDidNotEnd(Exception):
    """Task after task was started, and none came to the run's end."""


class SyncTask:
    """One run of the sync, in as many tasks as it takes.

    Args:
        places: Where everything is.
        period: The term.
        settings: The sync's, beside the places.
    """

    def __init__(self, places: Places, period: str, settings: Mapping[str, str]) -> None:
        self._places = places
        self._period = period
        self._settings = settings
        self._task: ChildProcess | None = None
        self._killing = False
        self.kills = 0
        self.halts = 0
        self.others: list[int] = []  # exit codes of tasks that ended otherwise, before the last one

    async def run_to_the_end(self, helped: Callable[[], Awaitable[None]]) -> None:
        """Start tasks until one ends in order; `helped` mends what has halted a run.

        Raises:
            SyncDidNotEnd: none does.
        """
        for _ in range(_TASKS_AT_MOST):
            match await self._one_task():
                case 0:
                    return
                case -9 if self._killing:
                    self.kills += 1
                case 3:
                    self.halts += 1
                    await helped()
                    await self._command("resume")
                case code:
                    self.others.append(code)
        raise SyncDidNotEnd(f"exit codes {self.others}; see {self._places.logs / 'gov-sync.log'}")

    async def kill(self) -> None:
        """Kill the task that is at work, as the machine under it might go; wait for one when there is none."""
        before = self.kills
        while self.kills == before:
            if self._task is not None and self._task.pid is not None and not self._killing:
                self._killing = True  # should it end by itself in this moment, it is the next one's turn
                self._task.kill()
            await asyncio.sleep(_LOOK_EVERY_S)

    async def _one_task(self) -> int:
        async with self._process("run", "--wait") as task:
            self._task, self._killing = task, False
            try:
                return await task.exit_code() or 0
            finally:
                self._task = None

    async def _command(self, name: str) -> None:
        async with self._process(name) as process:
            await process.exit_code()

    def _process(self, *arguments: str) -> ChildProcess:
        return services.gov_sync(self._places, (*arguments, "--period", self._period), self._settings)
