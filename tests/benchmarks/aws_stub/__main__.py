"""Runs the AWS stub: `python -m tests.benchmarks.aws_stub --port 4600 --seed MODULE ...`."""

import argparse
import asyncio
import signal
from importlib import import_module
from pathlib import Path

import uvloop
from tests.benchmarks.aws_stub.answering import AwsStub
from tests.benchmarks.aws_stub.http import HttpProtocol
from tests.benchmarks.aws_stub.store import Store


async def serve(stub: AwsStub, host: str, port: int, latency: float) -> None:
    """Answer until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    server = await loop.create_server(lambda: HttpProtocol(stub.answer, latency), host, port, backlog=1024)
    async with server:
        await stopped.wait()


def main() -> None:
    """Seed the tables, then serve."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.aws_stub")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--latency-ms", type=float, default=5.0, help="how long each answer is held back")
    parser.add_argument("--credentials-last", type=float, default=3600.0, help="seconds that a role's session lasts")
    parser.add_argument("--jwks", type=Path, required=True, help="a file with the user pool's key set")
    parser.add_argument("--seed", required=True, help="a module whose items_of(school_id) the tables begin with")
    parser.add_argument("--schools", type=int, required=True, help="how many schools are seeded at the start")
    given = parser.parse_args()
    seed = import_module(given.seed)
    store = Store(seed.items_of)
    for number in range(given.schools):
        store.require(seed.school_id(number))
    stub = AwsStub(store, jwks=given.jwks.read_bytes(), credentials_last=given.credentials_last)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(stub, given.host, given.port, given.latency_ms / 1000))


if __name__ == "__main__":
    main()
