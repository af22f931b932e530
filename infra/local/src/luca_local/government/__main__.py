"""`python -m luca_local.government`: the government's API on a port of its own."""

import argparse
import asyncio
import contextlib
import signal
from pathlib import Path

from aiohttp import web

from luca_local.government.journal import Journal
from luca_local.government.server import Government


async def serve(options: argparse.Namespace) -> None:
    """Serve until SIGTERM or SIGINT; the first line on standard output is the address."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    with Journal(options.journal) as journal:
        government = Government(journal, token=options.token, per_second=options.per_second)
        runner = web.AppRunner(government.app(), access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(runner.cleanup)
            site = web.TCPSite(runner, options.host, options.port)
            await site.start()
            print(f"http://{options.host}:{runner.addresses[0][1]}", flush=True)  # noqa: T201  # the starter reads it
            await stopping.wait()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m luca_local.government", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (this machine's loopback)")
    parser.add_argument("--port", type=int, default=0, help="0 (the default) takes a free one")
    parser.add_argument("--token", default="local-government", help="the bearer token that senders must show")
    parser.add_argument("--per-second", type=int, default=2, help="requests allowed in any second (2)")
    parser.add_argument("--journal", type=Path, required=True, help="the append-only log to write")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
