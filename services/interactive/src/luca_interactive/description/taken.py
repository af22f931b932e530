"""What an endpoint takes of a request, by the names of inputs."""

from luca_interactive.access import Endpoint


def taken_by(endpoint: Endpoint) -> list[str]:
    """Return the names, in the order in which a request is judged."""
    by_key = [] if endpoint.method == "GET" else ["idempotency_key"]
    return [*endpoint.inputs.models, *by_key]
