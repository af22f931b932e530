"""Docker, and the services' images, one after another."""

from collections.abc import Iterator

import pytest
from tests.containers.docker_client import Docker

SERVICES = ("interactive", "ingest-worker", "gov-sync")


@pytest.fixture
def docker() -> Iterator[Docker]:
    client = Docker()
    yield client
    client.remove_all()


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest) -> str:
    """Each of the services."""
    return str(request.param)


@pytest.fixture
def image(service: str, pytestconfig: pytest.Config) -> str:
    """The image of a service."""
    return f"luca-{service}:{pytestconfig.getoption('--images')}"
