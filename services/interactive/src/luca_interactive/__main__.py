"""Runs the interactive service: `python -m luca_interactive`, or with `--help` to see its settings."""

import argparse
import sys

from luca_interactive.app import api_of
from luca_interactive.settings import Settings
from luca_shared.runtime import logs, service, settings
from luca_shared.runtime.service import Life
from luca_shared.runtime.settings_table import text_table

SERVICE = "luca-interactive"


async def serve(life: Life) -> None:
    """Serve the API and, on a port of its own, health and metrics."""
    given = settings.load(Settings)
    logs.configure(SERVICE, given.log_level)
    await life.operations(host=given.host, port=given.operations_port)
    await life.listen(await api_of(given, life), name="api", host=given.host, port=given.port)
    await life.until_stopped()


def main() -> int:
    """Return the process's exit code."""
    argparse.ArgumentParser(
        prog="python -m luca_interactive",
        description="Path 1 of Luca: the REST API in which teachers record grades.",
        epilog="settings, read from the environment:\n\n" + text_table(Settings),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args()
    return service.run(serve, service=SERVICE)


if __name__ == "__main__":
    sys.exit(main())
