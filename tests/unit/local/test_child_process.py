import asyncio
import os
import sys
from pathlib import Path

import pytest

from luca_local.child_process import ChildProcess
from luca_local.platform_errors import ProcessEnded
from luca_local.ports import HeldPort

SERVER = """
import http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""


def child(directory: Path, program: str, port: HeldPort) -> ChildProcess:
    (directory / "program.py").write_text(program)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(directory), *sys.path]), "PORT": str(port.number)}
    return ChildProcess(
        "the program", "program", environment=environment, log=directory / "log", ports=[port], ready_url=port.url
    )


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_a_child_runs_until_it_is_left(tmp_path: Path) -> None:
    with HeldPort() as port:
        async with child(tmp_path, SERVER, port) as process:
            await process.ready()
            pid = process.pid
            assert pid is not None
            assert alive(pid)
        assert not alive(pid)
        assert process.pid is None


async def test_a_child_that_ends_is_reported_with_its_log(tmp_path: Path) -> None:
    with HeldPort() as port:
        async with child(tmp_path, "print('what went wrong'); raise SystemExit(2)", port) as process:
            with pytest.raises(ProcessEnded, match=r"(?s)the program ended with code 2.*what went wrong") as ended:
                await process.ready()
            assert ended.value.exit_code == 2
            with pytest.raises(ProcessEnded):
                await process.ended()


async def test_a_child_that_is_killed_is_reported_by_its_signal(tmp_path: Path) -> None:
    with HeldPort() as port:
        async with child(tmp_path, SERVER, port) as process:
            await process.ready()
            process.kill()
            with pytest.raises(ProcessEnded, match="signal 9") as ended:
                async with asyncio.timeout(10):
                    await process.ended()
            assert ended.value.exit_code == 1
