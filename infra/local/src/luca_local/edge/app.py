"""The edge's routes, and what stands before them."""

from aiohttp import web

from luca_local.edge.authorizer import Verifier, authorizer
from luca_local.edge.events import EventIntake, EventQueue
from luca_local.edge.middlewares import new_correlation_id, stage_throttle
from luca_local.edge.proxy import Proxy
from luca_local.edge.root_page.page import RootPage
from luca_local.edge.token_bucket import TokenBucket
from luca_shared.runtime import json_answers, problems
from luca_shared.runtime.correlation_middleware import send_correlation_id
from luca_shared.runtime.metrics import metrics_middleware
from luca_shared.runtime.problem_middleware import problem_middleware
from luca_shared.runtime.server_name import send_server_name

HEALTH = "/health"
ROOT = "/"
EVENTS = "/v1/events"

# The API's description and the page that shows it: the service gives them to anybody.
DESCRIPTION = frozenset({"/openapi.json", "/docs", "/docs/page.css", "/docs/page.js"})

# For a client to send its body, which comes on top of the time that a service has.
_SENDING_SECONDS = 60.0


def edge_app(
    *,
    verifier: Verifier,
    throttle: TokenBucket,
    queue: EventQueue,
    interactive: Proxy,
    root_page: RootPage,
    service_timeout: float,
    body_limit: int,
) -> web.Application:
    """Return the application; `service_timeout` in seconds, `body_limit` in bytes."""
    app = web.Application(
        middlewares=[
            new_correlation_id,
            metrics_middleware,
            problem_middleware(deadline=service_timeout + _SENDING_SECONDS),
            stage_throttle(throttle, without=frozenset({HEALTH})),
            authorizer(verifier, public=DESCRIPTION | {HEALTH, ROOT}),
        ],
        client_max_size=body_limit,
    )
    app.on_response_prepare.append(send_correlation_id)
    app.on_response_prepare.append(send_server_name)
    app.router.add_get(ROOT, root_page.show)
    app.router.add_get(HEALTH, _health)
    app.router.add_post(EVENTS, EventIntake(queue).accept)
    app.router.add_route("*", EVENTS, _not_allowed)
    app.router.add_route("*", "/v1/{path:.*}", interactive.hand_on)
    for path in sorted(DESCRIPTION):
        app.router.add_get(path, interactive.hand_on)
    return app


async def _not_allowed(_: web.Request) -> web.Response:
    raise problems.method_not_allowed(["POST"])


async def _health(_: web.Request) -> web.Response:
    return web.Response(body=json_answers.encode({"status": "ok"}), content_type="application/json")
