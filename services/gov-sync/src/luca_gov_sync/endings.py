"""How a task of the sync can end, and with which exit code it says so."""

from enum import Enum
from typing import TypeVar

from luca_gov_sync.heartbeat import HUNG

E = TypeVar("E", bound=BaseException)


class Ending(Enum):
    """A task's end: its exit code, and what it means."""

    COMPLETED = (0, "the run is complete")
    NOTHING_TO_RESUME = (0, "there is no run to go on with")
    HELD = (0, "another task is at work on it")
    CRASHED = (1, "something failed that should not; the log says what")
    MISUSED = (2, "the command line or a setting is wrong")
    HALTED = (3, "the run is halted until an operator resumes it")
    TIMED_OUT = (4, "the run did not finish before its deadline")
    HUNG = (HUNG, "nothing was done for too long; another task goes on")
    LEASE_LOST = (6, "the lease was lost; another task goes on")
    STOPPED = (7, "told to stop before the end; another task goes on")

    @property
    def code(self) -> int:
        """The exit code."""
        return self.value[0]

    @property
    def meaning(self) -> str:
        """In a few words."""
        return self.value[1]


class LeaseLost(Exception):
    """The run is, or may be, another task's by now: nothing more may be sent or written."""

    def __init__(self, how: str) -> None:
        super().__init__(how)
        self.how = how


class Halted(Exception):
    """Nothing more may be sent until an operator has mended something."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def first_of(error: BaseException, kind: type[E]) -> E | None:
    """Return the first exception of a kind, be it the error itself or deep in a group."""
    if isinstance(error, kind):
        return error
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            if (found := first_of(inner, kind)) is not None:
                return found
    return None
