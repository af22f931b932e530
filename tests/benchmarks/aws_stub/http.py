"""As much of HTTP/1.1 as AWS's SDKs speak, on a bare asyncio protocol: the stub must not be what is measured."""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, cast

_END_OF_HEAD: Final = b"\r\n\r\n"
_HEADER: Final = re.compile(rb"\r\n([^:\r\n]+):[ \t]*([^\r\n]*)")
_REASONS: Final = {200: b"OK", 400: b"Bad Request", 404: b"Not Found", 500: b"Internal Server Error"}


@dataclass(frozen=True, slots=True)
class Request:
    """A request; names of headers are in lower case."""

    method: bytes
    path: bytes
    headers: Mapping[bytes, bytes]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer; `at_once` is for the bench's own questions, which no latency is added to."""

    status: int
    content_type: bytes
    body: bytes
    headers: bytes = b""  # further lines, each with its line end
    at_once: bool = False


class HttpProtocol(asyncio.Protocol):
    """One kept-alive connection, on which one request follows another. What is asked is done when it arrives, and its
    answer is held back for `latency` seconds, as if the network and AWS had taken them.
    """

    def __init__(self, answer: Callable[[Request], Answer], latency: float) -> None:
        self._answer = answer
        self._latency = latency
        self._loop = asyncio.get_running_loop()
        self._received = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the connection."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's only behaves like one

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # asyncio's name
        """Forget it: an answer that is held back has nowhere to go."""
        self._transport = None

    def data_received(self, data: bytes) -> None:
        """Answer each request that is complete."""
        self._received += data
        while (request := self._next_request()) is not None:
            answer = self._answer(request)
            wire = _wire(answer)
            if answer.at_once:
                self._write(wire)
            else:
                self._loop.call_later(self._latency, self._write, wire)

    def _next_request(self) -> Request | None:
        end = self._received.find(_END_OF_HEAD)
        if end < 0:
            return None
        head = bytes(self._received[:end])
        headers = {name.lower(): value for name, value in _HEADER.findall(head)}
        length = int(headers.get(b"content-length", b"0"))
        start = end + len(_END_OF_HEAD)
        if len(self._received) < start + length:
            return None
        body = bytes(self._received[start : start + length])
        del self._received[: start + length]
        method, path, _ = head.split(b"\r\n", 1)[0].split(b" ", 2)
        return Request(method, path, headers, body)

    def _write(self, wire: bytes) -> None:
        if self._transport is not None:
            self._transport.write(wire)


def _wire(answer: Answer) -> bytes:
    return b"HTTP/1.1 %d %s\r\ncontent-type: %s\r\ncontent-length: %d\r\n%s\r\n%s" % (
        answer.status,
        _REASONS[answer.status],
        answer.content_type,
        len(answer.body),
        answer.headers,
        answer.body,
    )
