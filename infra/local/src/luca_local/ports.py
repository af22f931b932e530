"""Free ports, held until whoever is to listen on them starts."""

import socket
from types import TracebackType
from typing import Self

from luca_local.platform_errors import PortTaken

HOST = "127.0.0.1"


class HeldPort:
    """A port of the loopback address that nobody else is given.

    It is held by a socket that listens: one that is merely bound would keep nobody out who sets SO_REUSEADDR, as every
    server does. Leaving the context lets go of it.
    """

    def __init__(self, wanted: int = 0, *, option: str = "--port") -> None:
        try:
            self._socket = socket.create_server((HOST, wanted), backlog=1)
        except OSError:
            raise PortTaken(wanted, option) from None
        self.number: int = self._socket.getsockname()[1]

    @property
    def url(self) -> str:
        """The address of a web server there."""
        return f"http://{HOST}:{self.number}"

    def let_go(self) -> None:
        """Free the port for the process that starts now."""
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.let_go()
