"""The keeper of the sync's task: starts it again after a kill, after help, and not for ever."""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import pytest

from luca_local import services
from luca_local.demo.sync_task import SyncDidNotEnd, SyncTask


class Task:
    """A task that ends when it is killed, or by itself with the next code."""

    def __init__(self, arguments: tuple[str, ...], code: int | None) -> None:
        self.arguments = arguments
        self.pid = 1
        self._ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        if code is not None:
            self._ended.set_result(code)

    async def exit_code(self) -> int:
        return await self._ended

    def kill(self) -> None:
        self._ended.set_result(-9)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        return


class Places:
    """Nothing of it is needed but a place for logs."""

    logs = type("Logs", (), {"__truediv__": lambda _, name: name})()


Started = list[tuple[str, ...]]


@pytest.fixture
def task_with(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[SyncTask, Started]]:
    def make(*codes: int | None) -> tuple[SyncTask, Started]:
        left, started = list(codes), []

        def process(_: Any, arguments: tuple[str, ...], settings: dict[str, str]) -> Task:
            assert settings == {"LUCA_LEASE": "2"}
            started.append(arguments)
            return Task(arguments, left.pop(0) if arguments[0] == "run" else 0)

        monkeypatch.setattr(services, "gov_sync", process)
        return SyncTask(Places(), "2026-Q4", {"LUCA_LEASE": "2"}), started  # type: ignore[arg-type]  # see Places

    return make


async def no_help() -> None:
    raise AssertionError("no help was needed")


async def test_a_task_that_is_killed_is_started_again(task_with: Any) -> None:
    task, started = task_with(None, 0)
    async with asyncio.TaskGroup() as group:
        group.create_task(task.run_to_the_end(no_help))
        await task.kill()
    assert started == [("run", "--wait", "--period", "2026-Q4")] * 2
    assert task.kills == 1


async def test_a_run_that_halts_gets_help_and_is_resumed(task_with: Any) -> None:
    task, started = task_with(3, 0)
    helped = []

    async def help_it() -> None:
        helped.append(True)

    await task.run_to_the_end(help_it)
    assert [arguments[0] for arguments in started] == ["run", "resume", "run"]
    assert (helped, task.halts) == ([True], 1)


async def test_a_task_that_ends_in_another_way_is_started_again_and_remembered(task_with: Any) -> None:
    task, started = task_with(6, -9, 0)  # nobody here has killed the second one
    await task.run_to_the_end(no_help)
    assert len(started) == 3
    assert (task.others, task.kills) == ([6, -9], 0)


async def test_a_run_that_never_ends_is_given_up(task_with: Any) -> None:
    task, started = task_with(*[1] * 100)
    with pytest.raises(SyncDidNotEnd):
        await task.run_to_the_end(no_help)
    assert len(started) < 100
