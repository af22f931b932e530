"""The command `run`: the platform between its start and a Ctrl-C."""

import asyncio
import contextlib
import io
import sys
import traceback

from luca_local.console_output import Output
from luca_local.platform import Platform
from luca_local.platform_errors import PlatformError
from luca_local.platform_options import Options
from luca_local.stop_signals import StopSignals

__all__ = ["Options", "run"]


def run(options: Options, *, verbose: bool) -> None:
    """Run the platform until somebody ends it.

    Raises:
        PlatformError: it could not start or go on.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal without Unicode is no reason to fail
    asyncio.run(_run(options, Output(verbose=verbose), verbose=verbose))


async def _run(options: Options, output: Output, *, verbose: bool) -> None:
    platform = Platform(options, output)
    running = asyncio.create_task(platform.run())

    def stop() -> None:
        running.cancel()
        with contextlib.suppress(OSError):  # the terminal may be what has gone
            output.say("\nStopping; once more stops at once.")

    StopSignals(stop=stop, force=platform.kill).watch()
    try:
        await running
    except asyncio.CancelledError:
        with contextlib.suppress(OSError):
            output.say("Stopped.")
    except PlatformError:
        raise
    except Exception as error:
        if verbose:
            traceback.print_exc()
        raise PlatformError(f"something unexpected happened ({_brief(error)}); --verbose shows where") from error


def _brief(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__}: {error}"
