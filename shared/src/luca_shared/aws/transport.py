"""One attempt of an AWS call: signed, sent over a pooled connection, and its answer read."""

import asyncio
import logging
import re
import ssl
import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple, TypeVar

from yarl import URL

from luca_shared.aws import metrics
from luca_shared.aws.answers import read_answer
from luca_shared.aws.clock import CorrectedClock
from luca_shared.aws.connection import Answer
from luca_shared.aws.connection_pool import ConnectionPool
from luca_shared.aws.credentials import Credentials
from luca_shared.aws.errors import AwsError, Unavailable
from luca_shared.aws.services import DIALECTS, Service
from luca_shared.aws.signing import Signer
from luca_shared.aws.timeouts import Timeouts

_log = logging.getLogger(__name__)

Content = TypeVar("Content")

_USER_AGENT = "luca/1"
_HEADER_SAFE = re.compile(r"[A-Za-z0-9_=:.-]{1,128}")


class _Door(NamedTuple):
    """How to reach one service."""

    url: URL
    pool: ConnectionPool
    signer: Signer
    target_prefix: str
    headers: dict[str, str]


class Transport:
    """The pools of connections, and the clock that the signatures go by; at most `max_connections` are in use."""

    def __init__(
        self, region: str, endpoint_url: str | None, *, max_connections: int, now: Callable[[], float] = time.time
    ) -> None:
        self._doors = {service: _door(service, region, endpoint_url) for service in Service}
        self._free = asyncio.Semaphore(max_connections)
        self._clock = CorrectedClock(now)
        self._is_open = False

    def open(self) -> None:
        """Let calls be made; connections are opened as they are needed."""
        self._is_open = True

    def close(self) -> None:
        """Close all connections."""
        self._is_open = False
        for door in self._doors.values():
            door.pool.close()

    async def send(
        self,
        service: Service,
        operation: str,
        body: bytes,
        credentials: Credentials,
        correlation_id: str | None,
        timeouts: Timeouts,
        read: Callable[[bytes], Content | None],
    ) -> Content | AwsError:
        """Return what `read` makes of the answer's body, or the error that the answer or its absence stands for.

        Sent twice only when AWS says that our clock is wrong.
        """
        door = self._doors[service]
        corrected = False
        while True:
            signed_at = self._clock.time()
            headers = door.headers.copy()
            headers["x-amz-target"] = f"{door.target_prefix}.{operation}"
            headers["user-agent"] = _user_agent(correlation_id)
            door.signer.sign(headers, body, credentials, signed_at)
            answer = await self._exchange(door, operation, _request(headers, body), timeouts)
            result = answer if isinstance(answer, AwsError) else read_answer(operation, *answer, read)
            if not isinstance(result, AwsError):
                metrics.attempted(service, operation, "ok")
                return result
            metrics.attempted(service, operation, result.outcome)
            date = None if isinstance(answer, AwsError) else answer.headers.get("date")
            if corrected or not self._clock.corrected_by(result, date, signed_at):
                return result
            corrected = True
            _log.warning("this machine's clock lacks %.0f s to AWS's; signatures are corrected", self._clock.offset)

    async def _exchange(self, door: _Door, operation: str, request: bytes, timeouts: Timeouts) -> Answer | Unavailable:
        """One request and its answer. A cancellation closes the connection."""
        if not self._is_open:
            raise RuntimeError("the client is used inside `async with` only")
        async with self._free:
            try:
                connection = await door.pool.take(connect_timeout=timeouts.connect)
            except OSError:  # a time-out too
                return Unavailable(operation, "NoConnection", lost=False)
            try:
                return await connection.exchange(request, read_timeout=timeouts.read)
            except TimeoutError:
                return Unavailable(operation, "ReadTimeout")
            except OSError:
                return Unavailable(operation, "ConnectionLost")
            finally:
                door.pool.give_back(connection)


def _request(headers: Mapping[str, str], body: bytes) -> bytes:
    lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
    if lines.count("\n") != len(headers) or lines.count("\r") != len(headers):
        raise ValueError("a header's value has a line break")
    return f"POST / HTTP/1.1\r\n{lines}content-length: {len(body)}\r\n\r\n".encode() + body


def _door(service: Service, region: str, endpoint_url: str | None) -> _Door:
    url = URL(endpoint_url or f"https://{service}.{region}.amazonaws.com")
    if url.scheme not in {"http", "https"} or not url.host or url.path != "/" or url.query_string:
        raise ValueError("an AWS endpoint is http:// or https:// with a host and no path")
    dialect = DIALECTS[service]
    tls = _tls() if url.scheme == "https" else None
    headers = {
        "accept-encoding": "identity",
        "content-type": dialect.content_type,
        "host": url.host_port_subcomponent or "",
    }
    pool = ConnectionPool(url.host, url.port or 0, tls)
    return _Door(url, pool, Signer(service, region), dialect.target_prefix, headers)


@cache
def _tls() -> ssl.SSLContext:
    """One for the process: reading the authorities' certificates takes as long as a hundred calls."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


def _user_agent(correlation_id: str | None) -> str:
    if correlation_id is None or not _HEADER_SAFE.fullmatch(correlation_id):
        return _USER_AGENT
    return f"{_USER_AGENT} (correlation_id={correlation_id})"
