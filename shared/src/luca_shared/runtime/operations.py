"""The operations port: what the platform asks a service, apart from the service's own traffic."""

from aiohttp import web
from prometheus_client import REGISTRY
from prometheus_client.exposition import choose_encoder

from luca_shared.runtime import json_answers
from luca_shared.runtime.health import Health


def operations_app(health: Health) -> web.Application:
    """`/health/live` (restart me when it fails), `/health/ready` (send me traffic), `/metrics`."""

    async def live(_: web.Request) -> web.Response:
        return _plain({"status": "live"})

    async def ready(_: web.Request) -> web.Response:
        is_ready, results = await health.check()
        checks = {
            name: {"status": "failed" if result.failure else "ok", "failure": result.failure, "ms": result.milliseconds}
            for name, result in results.items()
        }
        body = {"status": "ready" if is_ready else "not-ready", "state": health.state, "checks": checks}
        return _plain(body, status=200 if is_ready else 503)

    async def metrics(request: web.Request) -> web.Response:
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        return web.Response(body=encode(REGISTRY), headers={"Content-Type": content_type})

    app = web.Application()
    app.router.add_get("/health/live", live)
    app.router.add_get("/health/ready", ready)
    app.router.add_get("/metrics", metrics)
    return app


def _plain(body: object, *, status: int = 200) -> web.Response:
    return web.Response(
        body=json_answers.encode(body),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )
