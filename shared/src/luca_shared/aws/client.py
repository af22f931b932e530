"""The client for hot AWS JSON calls: every call signed as whoever it is made for, and retried as its failure deserves.

What a caller must know about retries: an answer can be lost after the request was carried out, and the request is then
sent again. Reads, deletes, whole-item puts and transactions with a token don't mind. A put on condition that the item
is absent can meet its own first attempt (`ConditionFailed` with `lost_answers`), a PartiQL INSERT likewise
(`Duplicate`), a sent message can arrive twice, and an update that counts can count twice. A call that is cancelled may
have been carried out.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from types import TracebackType
from typing import Any, Self, TypeVar

import orjson

from luca_shared.aws import metrics
from luca_shared.aws.answers import json_object, json_object_if_any
from luca_shared.aws.credentials import Credentials
from luca_shared.aws.errors import AwsError, Unavailable
from luca_shared.aws.retries import RetryPolicy
from luca_shared.aws.services import DIALECTS, Service
from luca_shared.aws.timeouts import Timeouts
from luca_shared.aws.transport import Transport

Content = TypeVar("Content")

_TIMEOUTS = Timeouts()
_RETRY = RetryPolicy()


class AwsClient:
    """Makes AWS JSON calls; an async context manager that owns its connections.

    Args:
        endpoint_url: Where all services answer, for an emulator; None for AWS's own addresses.
        max_connections: How many calls are on the wire at most; others wait, within their own time-outs.
        sleep: How to wait between attempts (seconds); tests pass a virtual one.
        chance: A random number in [0, 1).
        now: The machine's time in seconds since the epoch.
    """

    def __init__(
        self,
        *,
        region: str,
        endpoint_url: str | None = None,
        timeouts: Timeouts = _TIMEOUTS,
        retry: RetryPolicy = _RETRY,
        max_connections: int = 256,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._timeouts = timeouts
        self._retry = retry
        self._sleep = sleep
        self._chance = chance
        self._transport = Transport(region, endpoint_url, max_connections=max_connections, now=now)

    async def __aenter__(self) -> Self:
        self._transport.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._transport.close()

    async def call(
        self,
        service: Service,
        operation: str,
        request: Mapping[str, Any],
        *,
        credentials: Credentials,
        correlation_id: str | None = None,
        timeouts: Timeouts | None = None,
    ) -> dict[str, Any]:
        """Return the answer of one call, a JSON object; all else as `call_as`."""
        read = json_object_if_any if DIALECTS[service].empty_answers else json_object
        return await self.call_as(
            read,
            service,
            operation,
            request,
            credentials=credentials,
            correlation_id=correlation_id,
            timeouts=timeouts,
        )

    async def call_as(
        self,
        read: Callable[[bytes], Content | None],
        service: Service,
        operation: str,
        request: Mapping[str, Any],
        *,
        credentials: Credentials,
        correlation_id: str | None = None,
        timeouts: Timeouts | None = None,
    ) -> Content:
        """Return what `read` makes of the answer of one call; None stands for a body that it can't read.

        `operation` and the members of `request` have AWS's names, and DynamoDB's attribute values are encoded.
        CloudTrail shows the `correlation_id` in the user agent (left out if no header could carry it). `timeouts`
        replace the client's, for a call that waits by design.

        Raises:
            AwsError: One of its kinds, after the retries that make sense for it.
            TypeError: The request is not JSON; nothing was sent.
        """
        timeouts = timeouts or self._timeouts
        body = orjson.dumps(request)
        send = partial(self._transport.send, service, operation, body, credentials, correlation_id, timeouts, read)
        started = time.perf_counter()
        outcome = "cancelled"
        try:
            result = await self._with_retries(send, operation, timeouts.total)
            outcome = result.outcome if isinstance(result, AwsError) else "ok"
        finally:
            metrics.ended(service, operation, outcome, time.perf_counter() - started)
        if isinstance(result, AwsError):
            raise result
        return result

    async def pause(self, attempt: int) -> None:
        """Wait as before the retry that follows this attempt (from 1)."""
        await self._sleep(self._retry.backoff(attempt, self._chance()))

    async def _with_retries(
        self, send: Callable[[], Awaitable[Content | AwsError]], operation: str, total: float
    ) -> Content | AwsError:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + total
        attempt = lost_answers = 0
        try:
            async with asyncio.timeout_at(deadline):
                while True:
                    attempt += 1
                    result = await send()
                    if not isinstance(result, AwsError):
                        return result
                    lost_answers += result.lost_answers
                    delay = self._retry.delay(result, attempt, self._chance())
                    if delay is None or loop.time() + delay >= deadline:  # no use to wait for what can't be sent
                        break
                    await self._sleep(delay)
        except TimeoutError:
            result = Unavailable(operation, "DeadlineExceeded")
            lost_answers += 1
        result.attempts = attempt
        result.lost_answers = lost_answers
        return result
