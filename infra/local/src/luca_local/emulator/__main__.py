"""Runs the AWS emulator: `python -m luca_local.emulator` in the emulator's environment.

It listens on `GATEWAY_PORT` of `BIND_HOST` (this machine's loopback unless given), or on the socket that a parent
process hands over (`--socket`). It prints `Ready.`, as LocalStack does, when it answers. It ends on SIGTERM, SIGINT,
or, under `--lifeline`, when standard input closes: then the parent is gone, however it went, and what it would have
removed is removed here.
"""

import argparse
import asyncio
import os
import shutil
import signal
import socket
import sys
import threading

from luca_local.emulator.patching import UnexpectedEmulatorError, require_version
from luca_local.emulator.shims import UnknownShimError, chosen, install

_GRACE = 0.5  # seconds for requests under way; nothing is kept on disk, so that there is nothing else to wait for


def main() -> int:
    """Serve until told to stop; 2 when the installed emulator or the settings are not as they must be."""
    parser = argparse.ArgumentParser(prog="luca_local.emulator")
    parser.add_argument("--socket", type=int, metavar="FD", help="listen on this inherited socket")
    parser.add_argument("--lifeline", metavar="DIRECTORY", help="when standard input closes, remove this and end")
    options = parser.parse_args()
    if options.lifeline:
        threading.Thread(target=_end_with_parent, args=(options.lifeline,), name="lifeline", daemon=True).start()
    # ministack reads its settings while it is imported: these are not for the caller to choose.
    os.environ.update(AUTH="true", IOT_MTLS_ENABLED="false", PERSIST_STATE="0")
    try:
        require_version()
        install(chosen(os.environ))
    except (UnexpectedEmulatorError, UnknownShimError) as error:
        sys.stderr.write(f"emulator: {error}\n")
        return 2
    asyncio.run(_serve(options.socket))
    return 0


def _end_with_parent(directory: str) -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    shutil.rmtree(directory, ignore_errors=True)
    os._exit(0)


def _listener(inherited: int | None) -> socket.socket:
    if inherited is not None:
        return socket.socket(fileno=inherited)
    return socket.create_server((os.environ.get("BIND_HOST", "127.0.0.1"), int(os.environ["GATEWAY_PORT"])))


async def _serve(inherited: int | None) -> None:
    from hypercorn.asyncio import serve  # noqa: PLC0415 - the settings come first
    from hypercorn.config import Config  # noqa: PLC0415
    from ministack.app import app  # noqa: PLC0415

    listener = _listener(inherited)
    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = _GRACE
    config.loglevel = os.environ.get("LOG_LEVEL", "INFO")
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)

    async def stopping() -> None:
        await stop.wait()
        # ministack's worker threads and open long polls keep an orderly exit waiting for up to 10 seconds.
        asyncio.get_running_loop().call_later(2 * _GRACE, os._exit, 0)

    announcing = asyncio.create_task(_announce(*listener.getsockname()[:2]))
    await serve(app, config, shutdown_trigger=stopping)
    announcing.cancel()
    os._exit(0)


async def _announce(host: str, port: int) -> None:
    """Say `Ready.` at the first answer: connections are taken long before anybody serves them."""
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(b"GET /_ministack/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    await reader.readline()
    writer.close()
    sys.stdout.write("Ready.\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
