"""What every test has: an emulator and a platform for the session if it asks, and loopback for a network."""

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

from luca_local.emulator_process import Emulator
from luca_local.platform_process import PlatformProcess


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    """The AWS emulator with all its shims. Shared: a test makes tables, roles and queues of its own names."""
    with Emulator() as running:
        yield running


@pytest.fixture(scope="session")
def platform() -> Iterator[PlatformProcess]:
    """The whole platform with its demo schools. Shared: a test writes what no other test looks at."""
    with PlatformProcess() as running:
        yield running


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
