"""What an endpoint takes of a request, by the names of inputs."""

from luca_interactive.access import Endpoint


def taken_by(endpoint: Endpoint) -> list[str]:
    """Return the names, in the order in which a request is judged."""
    return list(endpoint.inputs.models)
