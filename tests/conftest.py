"""What every test has: an emulator and a platform for the session if it asks, and loopback for a network."""

import ipaddress
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from hypothesis import settings
from tests import localstack
from tests.localstack import NewEmulator

from luca_local.platform_process import PlatformProcess
from luca_local.running_emulator import EmulatorAccount


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the suites run in containers."""
    group = parser.getgroup("luca")
    group.addoption("--localstack", metavar="IMAGE", help="AWS is this image, in a container of testcontainers'")
    group.addoption("--images", metavar="TAG", help="the platform's services are their images of this tag")


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say what is real in this run."""
    tag = config.getoption("--images")
    services = f"the images luca-*:{tag}" if tag else "processes"
    return [localstack.described(config.getoption("--localstack")), f"services of the platform: {services}"]


@pytest.fixture(scope="session")
def new_emulator(pytestconfig: pytest.Config) -> NewEmulator:
    """For tests that want an AWS of their own."""
    return localstack.emulators(pytestconfig.getoption("--localstack"))


@pytest.fixture(scope="session")
def emulator(new_emulator: NewEmulator) -> Iterator[EmulatorAccount]:
    """The AWS emulator with all its shims. Shared: a test makes tables, roles and queues of its own names."""
    with new_emulator() as running:
        yield running


@pytest.fixture(scope="session")
def platform(pytestconfig: pytest.Config, new_emulator: NewEmulator) -> Iterator[PlatformProcess]:
    """The whole platform with its demo schools. Shared: a test writes what no other test looks at."""
    options: list[str] = []
    with ExitStack() as stack:
        if pytestconfig.getoption("--localstack"):
            given = stack.enter_context(new_emulator())
            localstack.require_identity(given)
            options += ["--emulator-url", given.endpoint_url]
        if tag := pytestconfig.getoption("--images"):
            options += ["--images", tag]
        yield stack.enter_context(PlatformProcess(options=options))


class NetworkForbiddenError(RuntimeError):
    """A test reached for another machine."""


def pytest_configure() -> None:
    """Forbid the network before any test module is imported, and let hypothesis take its time on a busy machine."""
    settings.register_profile("luca", deadline=None)
    settings.load_profile("luca")
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _require_loopback(self.family, address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        _require_loopback(self.family, address)
        return connect_ex(self, address)

    def guarded_getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
        _require_loopback(socket.AF_INET, (host,))
        return getaddrinfo(host, *arguments, **options)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", guarded_connect)
    patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    patch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)


def _require_loopback(family: int, address: Any) -> None:
    if family not in (socket.AF_INET, socket.AF_INET6):
        return
    host = address[0]
    if isinstance(host, bytes):
        host = host.decode()
    if host is None or host == "localhost":
        return
    try:
        allowed = ipaddress.ip_address(host).is_loopback
    except ValueError:
        allowed = False
    if not allowed:
        raise NetworkForbiddenError(f"tests may only connect to this machine's loopback, not to {host}")
