"""An application at a port of this machine, while a context lasts."""

from contextlib import AsyncExitStack
from typing import Any

from aiohttp import web

from luca_local.ports import HOST


async def served(app: web.Application, stack: AsyncExitStack, **options: Any) -> str:
    """Serve it until the stack unwinds; return its URL."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, **options)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, HOST, 0).start()
    host, port = runner.addresses[0][:2]
    return f"http://{host}:{port}"
