"""Why the platform could not start or go on, each with what to do about it: texts for the person at the terminal."""

from pathlib import Path


class PlatformError(Exception):
    """The text says what happened and what to do; no traceback is needed to understand it."""

    exit_code = 1


class PortTaken(PlatformError):
    """Somebody else listens on a port that was asked for."""

    def __init__(self, port: int, option: str) -> None:
        super().__init__(
            f"port {port} is taken: choose another one with {option}, or leave the option out for a free one"
        )


class RunFileTaken(PlatformError):
    """Another platform that is running has written the run file that was asked for."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} belongs to another platform that is running: choose another one with --run-file")


class ProcessEnded(PlatformError):
    """A part of the platform ended by itself; without it the rest is of no use."""

    def __init__(self, name: str, exit_code: int, log: Path, tail: str) -> None:
        # A service's own code for wrong settings: whoever set them looks for that.
        self.exit_code = exit_code if exit_code == 2 else 1
        how = f"was ended by signal {-exit_code}" if exit_code < 0 else f"ended with code {exit_code}"
        super().__init__(f"{name} {how}. The end of its log ({log}):\n{tail}")


class NotReady(PlatformError):
    """A part of the platform runs, but does not become ready."""

    def __init__(self, name: str, seconds: float, log: Path, tail: str) -> None:
        super().__init__(f"{name} was not ready within {seconds:.0f} s. The end of its log ({log}):\n{tail}")
