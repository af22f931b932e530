"""How long requests take, as a histogram with fixed buckets, by route template and never by path."""

import time
from functools import lru_cache

from aiohttp import web
from aiohttp.typedefs import Handler
from prometheus_client import Gauge, Histogram

from luca_shared.runtime import correlation

TARGET_S = 0.12  # DESIGN.md's p95; a bucket's bound, so that the share within it is exact
BUCKETS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.08, TARGET_S, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0)

NO_ANSWER = 499  # nginx's number for it; nobody receives it, the metrics show it

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

REQUESTS = Histogram(
    "luca_http_server_request_duration_seconds",
    "Time from a request's headers to its answer's",
    ["method", "route", "status"],
    buckets=BUCKETS,
)
IN_FLIGHT = Gauge("luca_http_server_requests_in_flight", "Requests that are being answered")


@web.middleware
async def metrics_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Time a request. One that ends without an answer (a client that left, a shutdown) counts as status 499."""
    started = time.perf_counter()
    status = NO_ANSWER
    IN_FLIGHT.inc()
    try:
        response = await handler(request)
    except web.HTTPException as error:
        status = error.status
        raise
    else:
        status = response.status
        return response
    finally:
        IN_FLIGHT.dec()
        _observe(request, status, time.perf_counter() - started)


def route_template(request: web.Request) -> str:
    """The route's template, `/v1/students/{student_id}`; whatever has no route is one label value."""
    resource = request.match_info.route.resource
    return "unmatched" if resource is None else resource.canonical


def _observe(request: web.Request, status: int, seconds: float) -> None:
    method = request.method if request.method in _METHODS else "other"
    child = _child(method, route_template(request), status)
    correlation_id = correlation.current()
    # An exemplar leads from a slow bucket to its logs; the fast ones need none, and it costs more than the sample.
    # OpenMetrics allows 128 characters, the name included.
    if seconds > TARGET_S and correlation_id is not None and len(correlation_id) <= 100:
        child.observe(seconds, {"correlation_id": correlation_id})
    else:
        child.observe(seconds)


@lru_cache(maxsize=4096)
def _child(method: str, route: str, status: int) -> Histogram:
    return REQUESTS.labels(method, route, str(status))
