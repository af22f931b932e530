"""A web application with what every service's traffic needs: a correlation id, metrics, problems, limits."""

from aiohttp import web

from luca_shared.runtime.correlation_middleware import correlation_middleware, send_correlation_id
from luca_shared.runtime.metrics import metrics_middleware
from luca_shared.runtime.problem_middleware import problem_middleware
from luca_shared.runtime.server_name import send_server_name


def web_app(*, deadline: float, body_limit: int) -> web.Application:
    """An application to add routes to; `deadline` in seconds, `body_limit` in bytes.

    A service's own middlewares (who is it, is it too much) are appended: they run inside of these.
    """
    app = web.Application(
        middlewares=[correlation_middleware, metrics_middleware, problem_middleware(deadline=deadline)],
        client_max_size=body_limit,
    )
    app.on_response_prepare.append(send_correlation_id)
    app.on_response_prepare.append(send_server_name)
    return app
