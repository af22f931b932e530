"""Runs the edge as a process of its own: `python -m luca_local.edge`."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from aiohttp import web

from luca_local.edge.app import edge_app
from luca_local.edge.proxy import Proxy, client_session
from luca_local.edge.queue import SqsQueue
from luca_local.edge.root_page.page import RootPage
from luca_local.edge.settings import EdgeSettings
from luca_local.edge.token_bucket import TokenBucket
from luca_shared.aws import AwsClient, PlatformCredentials, Sqs
from luca_shared.runtime import logs, service
from luca_shared.runtime.service import Life
from luca_shared.runtime.settings import load
from luca_shared.runtime.unreadable_requests import AppRunner
from luca_shared.tenancy.jwks import Jwks
from luca_shared.tenancy.tokens import TokenVerifier

_GRACE = 3.0  # seconds for requests under way, on a machine whose owner has pressed Ctrl-C


async def serve(life: Life) -> None:
    """Serve until told to stop."""
    settings = load(EdgeSettings)
    logs.configure("edge", settings.log_level)
    await life.operations(host=settings.host, port=settings.operations_port)
    aws = await life.enter(AwsClient(region=settings.aws_region, endpoint_url=settings.aws_endpoint_url))
    credentials = PlatformCredentials()
    life.ready_when("credentials", lambda: _obtained(credentials))  # so that the first event doesn't wait for them
    keys_session = await life.enter(aiohttp.ClientSession())
    services_session = await life.enter(client_session())
    app = edge_app(
        verifier=TokenVerifier(
            Jwks(settings.jwks_url, keys_session), issuer=settings.token_issuer, client_id=settings.client_id
        ),
        throttle=TokenBucket(per_second=settings.edge_rate, burst=settings.edge_burst),
        queue=SqsQueue(Sqs(aws), settings.queue_url, credentials),
        interactive=Proxy(services_session, settings.interactive_url, timeout=settings.edge_timeout),
        root_page=RootPage(Path(settings.run_file)),
        service_timeout=settings.edge_timeout,
        body_limit=settings.edge_max_body,
    )
    await life.enter(listening(app, host=settings.host, port=settings.port))
    await life.until_stopped()


async def _obtained(credentials: PlatformCredentials) -> None:
    await credentials.get()


@asynccontextmanager
async def listening(app: web.Application, *, host: str, port: int) -> AsyncIterator[None]:
    """Listen while the context lasts."""
    # aiohttp would unpack a compressed body; the edge hands it on as it came.
    runner = AppRunner(app, access_log=None, shutdown_timeout=_GRACE, auto_decompress=False)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    sys.exit(service.run(serve, service="edge", grace=_GRACE))
