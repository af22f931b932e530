"""One attempt of an AWS call: signed, sent over a pooled connection, and its answer read."""

import logging
import re
import time
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any, NamedTuple

import aiohttp
from yarl import URL

from luca_shared.aws import metrics
from luca_shared.aws.answers import read_answer
from luca_shared.aws.clock import CorrectedClock
from luca_shared.aws.credentials import Credentials
from luca_shared.aws.errors import AwsError, Unavailable
from luca_shared.aws.services import DIALECTS, Service
from luca_shared.aws.signing import Signer
from luca_shared.aws.timeouts import Timeouts

_log = logging.getLogger(__name__)

Result = dict[str, Any] | AwsError

_USER_AGENT = "luca/1"
_HEADER_SAFE = re.compile(r"[A-Za-z0-9_=:.-]{1,128}")
_LARGE_BODY = 1 << 20  # aiohttp warns of larger bodies in one piece: writing them would hold up the event loop
_IDLE_SECONDS = 20.0  # less than AWS and NAT gateways allow: a connection that they close costs a lost call


class _Door(NamedTuple):
    """How to reach one service."""

    url: URL
    signer: Signer
    target_prefix: str
    headers: dict[str, str]
    empty_answers: bool


class Transport:
    """The pool of connections, and the clock that the signatures go by."""

    def __init__(
        self, region: str, endpoint_url: str | None, *, max_connections: int, now: Callable[[], float] = time.time
    ) -> None:
        self._doors = {service: _door(service, region, endpoint_url) for service in Service}
        self._max_connections = max_connections
        self._clock = CorrectedClock(now)
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Make the pool; connections are opened as they are needed."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._max_connections, keepalive_timeout=_IDLE_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,  # nothing comes compressed, and the checksum is of the bytes as they come
        )

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()

    async def send(
        self,
        service: Service,
        operation: str,
        body: bytes,
        credentials: Credentials,
        correlation_id: str | None,
        timeouts: Timeouts,
    ) -> Result:
        """Return the answer's content, or the error that it or its absence stands for.

        Sent twice only when AWS says that our clock is wrong.
        """
        door = self._doors[service]
        limits = aiohttp.ClientTimeout(sock_connect=timeouts.connect, sock_read=timeouts.read)
        corrected = False
        while True:
            signed_at = self._clock.time()
            headers = door.headers.copy()
            headers["x-amz-target"] = f"{door.target_prefix}.{operation}"
            headers["user-agent"] = _user_agent(correlation_id)
            door.signer.sign(headers, body, credentials, signed_at)
            result, date = await self._exchange(door, operation, headers, body, limits)
            if not isinstance(result, AwsError):
                metrics.attempted(service, operation, "ok")
                return result
            metrics.attempted(service, operation, result.outcome)
            if corrected or not self._clock.corrected_by(result, date, signed_at):
                return result
            corrected = True
            _log.warning("this machine's clock lacks %.0f s to AWS's; signatures are corrected", self._clock.offset)

    async def _exchange(
        self, door: _Door, operation: str, headers: Mapping[str, str], body: bytes, limits: aiohttp.ClientTimeout
    ) -> tuple[Result, str | None]:
        """One request and its answer, with the answer's date. A cancellation closes the connection."""
        if self._session is None:
            raise RuntimeError("the client is used inside `async with` only")
        data = body if len(body) <= _LARGE_BODY else BytesIO(body)
        try:
            async with self._session.post(
                door.url, data=data, headers=headers, timeout=limits, allow_redirects=False
            ) as response:
                content = await response.read()
                answer = read_answer(
                    operation, response.status, response.headers, content, may_be_empty=door.empty_answers
                )
                return answer, response.headers.get("date")
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            return Unavailable(operation, "NoConnection", lost=False), None
        except TimeoutError:
            return Unavailable(operation, "ReadTimeout"), None
        except (aiohttp.ClientError, OSError):
            return Unavailable(operation, "ConnectionLost"), None


def _door(service: Service, region: str, endpoint_url: str | None) -> _Door:
    url = URL(endpoint_url or f"https://{service}.{region}.amazonaws.com")
    if url.scheme not in {"http", "https"} or not url.host or url.path != "/" or url.query_string:
        raise ValueError("an AWS endpoint is http:// or https:// with a host and no path")
    dialect = DIALECTS[service]
    headers = {
        "accept-encoding": "identity",
        "content-type": dialect.content_type,
        "host": url.host_port_subcomponent or "",
    }
    return _Door(url, Signer(service, region), dialect.target_prefix, headers, dialect.empty_answers)


def _user_agent(correlation_id: str | None) -> str:
    if correlation_id is None or not _HEADER_SAFE.fullmatch(correlation_id):
        return _USER_AGENT
    return f"{_USER_AGENT} (correlation_id={correlation_id})"
