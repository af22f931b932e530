"""The connections to one address: those in use, and those that wait to be used again."""

import asyncio
import ssl
from collections import deque
from typing import Final

from luca_shared.aws.connection import Connection

_IDLE_SECONDS: Final = 20.0  # less than AWS and NAT gateways allow: a connection that they close costs a lost call


class ConnectionPool:
    """Hands out open connections, the one used last first, so that those which a burst has left over grow old.

    Args:
        host: Its name, which a certificate must be for.
        port: Its TCP port.
        tls: How the connection is encrypted; None for not at all.
    """

    def __init__(self, host: str, port: int, tls: ssl.SSLContext | None) -> None:
        self._host, self._port, self._tls = host, port, tls
        self._idle: deque[Connection] = deque()
        self._in_use: set[Connection] = set()

    async def take(self, *, connect_timeout: float) -> Connection:
        """Return a connection, a new one if none is idle; it belongs to the caller until it is given back.

        Raises:
            TimeoutError: It could not be opened in so many seconds.
            OSError: It could not be opened.
        """
        connection = self._youngest() or await self._new(connect_timeout)
        self._in_use.add(connection)
        return connection

    def give_back(self, connection: Connection) -> None:
        """Keep a connection for the next call, if it still serves."""
        self._in_use.discard(connection)
        now = asyncio.get_running_loop().time()
        if connection.is_open:
            connection.idle_since = now
            self._idle.append(connection)
        while self._idle and now - self._idle[0].idle_since >= _IDLE_SECONDS:
            self._idle.popleft().close()

    def close(self) -> None:
        """Close them all: whoever waits for an answer loses it."""
        for connection in (*self._idle, *self._in_use):
            connection.close()
        self._idle.clear()

    def _youngest(self) -> Connection | None:
        now = asyncio.get_running_loop().time()
        while self._idle:
            connection = self._idle.pop()
            if connection.is_open and now - connection.idle_since < _IDLE_SECONDS:
                return connection
            connection.close()
        return None

    async def _new(self, connect_timeout: float) -> Connection:
        async with asyncio.timeout(connect_timeout):
            return await Connection.connect(self._host, self._port, self._tls)
