"""How long requests take, by route template."""

from fastapi import Response
from prometheus_client import CONTENT_TYPE_LATEST, Histogram, generate_latest

REQUESTS = Histogram(
    "peer_http_server_request_duration_seconds",
    "Time from a request's headers to its answer's",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0),
)

_children: dict[tuple[str, str, int], Histogram] = {}


def observe(method: str, route: str, status: int, seconds: float) -> None:
    """Count one request."""
    child = _children.get((method, route, status))
    if child is None:
        child = _children[method, route, status] = REQUESTS.labels(method, route, str(status))
    child.observe(seconds)


def metrics_text() -> Response:
    """Return what Prometheus asks for."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
