"""One HTTP/1.1 connection on a bare asyncio protocol: a request is written, its answer is read, and then the next.

llhttp (Node's parser, by httptools) reads the answers; what a general client does beyond that - redirects, cookies,
proxies, streams, a dozen objects for each request - no call of AWS's has a use for, and it is most of what one costs.
"""

import asyncio
import ssl
from typing import Final, NamedTuple, cast

import httptools

_INFORMATIONAL: Final = range(100, 200)


class Answer(NamedTuple):
    """An answer; the names of its headers are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class ConnectionLost(ConnectionError):
    """The connection ended, or brought something that is no HTTP, before the answer was whole."""


class Connection(asyncio.Protocol):
    """Carries one exchange at a time; open it by `connect`."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._reader = _Reader()
        self._answer: asyncio.Future[Answer] | None = None
        self._patience: asyncio.TimerHandle | None = None
        self._read_timeout = 0.0
        self.idle_since = 0.0
        """The loop's time at which it was last used."""

    @classmethod
    async def connect(cls, host: str, port: int, tls: ssl.SSLContext | None) -> "Connection":
        """Open a connection; it is made for the host's name, if it is encrypted.

        Raises:
            OSError: It can't be had.
        """
        _, connection = await asyncio.get_running_loop().create_connection(cls, host, port, ssl=tls)
        return connection

    @property
    def is_open(self) -> bool:
        """Whether it can take a request, as far as is known here."""
        return self._transport is not None and not self._transport.is_closing()

    async def exchange(self, request: bytes, *, read_timeout: float) -> Answer:
        """Send a request and return its answer, which may be read for `read_timeout` seconds without any progress.

        Whoever is cancelled here, or doesn't get a whole answer, leaves the connection closed.

        Raises:
            TimeoutError: Nothing came for so long.
            ConnectionLost: The request may or may not have been carried out.
        """
        if self._transport is None or self._transport.is_closing():
            raise ConnectionLost
        self._answer = self._loop.create_future()
        self._read_timeout = read_timeout
        self._wait()
        self._transport.write(request)
        try:
            return await self._answer
        except BaseException:
            self.close()
            raise
        finally:
            self._answer = None
            self._stop_waiting()

    def close(self) -> None:
        """Close it at once."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what bytes are written to."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's only behaves like one

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell who waits for an answer that none will come."""
        self._transport = None
        self._fail(ConnectionLost("closed by the other side" if exc is None else str(exc)))

    def data_received(self, data: bytes) -> None:
        """Read on; what nobody has asked for ends the connection, for it may be taken for the next answer."""
        if self._answer is None or self._answer.done():
            self.close()
            return
        try:
            answer = self._reader.read(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._fail(ConnectionLost("not an HTTP answer"))
            return
        if answer is None:
            self._wait()
            return
        self._answer.set_result(answer)
        if not self._reader.keeps_alive:
            self.close()

    def _wait(self) -> None:
        self._stop_waiting()
        self._patience = self._loop.call_later(self._read_timeout, self._lose_patience)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _lose_patience(self) -> None:
        self._fail(TimeoutError())

    def _fail(self, error: Exception) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)
        self.close()


class _Reader:
    """Makes answers of bytes; its public methods below `read` are what httptools calls."""

    def __init__(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._headers: dict[str, str] = {}
        self._body: list[bytes] = []
        self._answer: Answer | None = None
        self.keeps_alive = True
        """Whether the connection serves for another answer after the last one."""

    def read(self, data: bytes) -> Answer | None:
        """Take the next bytes; return the answer once it is whole."""
        self._parser.feed_data(data)
        answer, self._answer = self._answer, None
        return answer

    def on_message_begin(self) -> None:
        if self._answer is not None:
            raise ValueError("a second answer to one request")

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, part: bytes) -> None:
        self._body.append(part)

    def on_message_complete(self) -> None:
        status = self._parser.get_status_code()
        if status not in _INFORMATIONAL:  # which precede the answer
            self._answer = Answer(status, self._headers, b"".join(self._body))
            self.keeps_alive = self._parser.should_keep_alive()
        self._headers, self._body = {}, []
