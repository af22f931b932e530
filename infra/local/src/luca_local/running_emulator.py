"""The emulator as a part of the platform: started without blocking anything, watched, and stopped even half started."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from luca_local.emulator_process import Emulator, EmulatorError
from luca_local.platform_errors import PlatformError, PortTaken, ProcessEnded
from luca_local.run_logs import tail
from luca_shared.aws.credentials import Credentials

_POLL_S = 0.25


class EmulatorAccount(Protocol):
    """What is to be known of an emulator: where it is, and who its administrator is."""

    @property
    def endpoint_url(self) -> str: ...  # noqa: D102
    @property
    def admin(self) -> Credentials: ...  # noqa: D102
    @property
    def region(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class GivenEmulator:
    """An emulator that somebody else has started, and stops."""

    endpoint_url: str
    admin: Credentials = Emulator.admin
    region: str = Emulator.region


class RunningEmulator:
    """An emulator that is to run as long as the platform does."""

    def __init__(self, *, port: int, log: Path) -> None:
        self.emulator = Emulator(port=port, log=log)
        self._port = port
        self._log = log

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Emulator]:
        """Run it while the context lasts.

        Raises:
            PlatformError: it does not start.
        """
        starting = asyncio.create_task(asyncio.to_thread(self.emulator.start))
        try:
            await asyncio.shield(starting)  # a thread can't be cancelled: it is waited for below
            yield self.emulator
        except EmulatorError as error:
            raise PlatformError(str(error)) from error
        except OSError as error:
            if self._port and not starting.cancelled() and starting.exception() is error:
                raise PortTaken(self._port, "--emulator-port") from None
            raise
        finally:
            try:
                with contextlib.suppress(EmulatorError, OSError):
                    await starting
            finally:
                await asyncio.to_thread(self.emulator.stop)

    async def ended(self) -> None:
        """Wait until it ends by itself, and raise ProcessEnded."""
        while self.emulator.exit_code is None:  # noqa: ASYNC110  # no event tells of another process's end
            await asyncio.sleep(_POLL_S)
        raise ProcessEnded("the emulator", self.emulator.exit_code, self._log, tail(self._log))

    @property
    def pid(self) -> int | None:
        """Its process id, None when it does not run."""
        return self.emulator.pid if self.emulator.exit_code is None else None

    def kill(self) -> None:
        """End it and whatever it has started, at once."""
        with contextlib.suppress(EmulatorError, ProcessLookupError):
            os.killpg(self.emulator.pid, signal.SIGKILL)
