"""S3 objects, each request signed as whoever it is made for.

An aiobotocore client has one set of credentials; a client a school would be hundreds of them. S3 is asked a few times
a second at most, so this is botocore's own S3 signer over aiohttp, for the two requests that the sync makes: PUT, and
GET. What the bucket encrypts with, and that it keeps versions, is the bucket's business.
"""

import asyncio
import random
import re
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Final, Self
from urllib.parse import quote

import aiohttp
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials
from yarl import URL

from luca_shared.aws.credentials import Credentials
from luca_shared.aws.errors import AccessDenied, AwsError, CredentialsRejected, Rejected, Throttled, Unavailable
from luca_shared.aws.retries import RetryPolicy

_CODE: Final = re.compile(rb"<Code>([A-Za-z0-9]{1,64})</Code>")
_TIMEOUT: Final = aiohttp.ClientTimeout(total=30, connect=5)
_RETRY: Final = RetryPolicy(attempts=4, base=0.1, cap=2.0)
_CREDENTIALS: Final = frozenset({"ExpiredToken", "InvalidAccessKeyId", "InvalidToken", "SignatureDoesNotMatch"})


class AlreadyThere(AwsError):
    """There is an object with this key, and it was left alone."""


class ObjectStore:
    """One bucket; an async context manager that owns its connections.

    Args:
        region: The bucket's.
        bucket: Its name, without dots.
        endpoint_url: Where an emulator answers; None for AWS's own address.
        sleep: How to wait between attempts.
        chance: A random number in [0, 1).
    """

    def __init__(
        self,
        *,
        region: str,
        bucket: str,
        endpoint_url: str | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._region = region
        self._base = (
            f"{endpoint_url.rstrip('/')}/{bucket}" if endpoint_url else f"https://{bucket}.s3.{region}.amazonaws.com"
        )
        self._sleep = sleep
        self._chance = chance
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=_TIMEOUT, auto_decompress=False)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def put(
        self,
        key: str,
        content: bytes,
        *,
        content_type: str,
        once: bool = False,
        credentials: Credentials,
        correlation_id: str | None = None,
    ) -> None:
        """Store an object.

        Raises:
            AlreadyThere: `once`, and there is one with this key.
            AwsError: One of its kinds.
        """
        headers = {"Content-Type": content_type} | ({"If-None-Match": "*"} if once else {})
        await self._ask("PUT", key, content, headers, credentials, correlation_id)

    async def get(self, key: str, *, credentials: Credentials, correlation_id: str | None = None) -> bytes:
        """Return an object's content."""
        return await self._ask("GET", key, b"", {}, credentials, correlation_id)

    async def _ask(
        self,
        method: str,
        key: str,
        content: bytes,
        headers: dict[str, str],
        credentials: Credentials,
        correlation_id: str | None,
    ) -> bytes:
        operation = f"{method.capitalize()}Object"
        if correlation_id:
            headers = {**headers, "User-Agent": f"luca-gov-sync cid/{correlation_id}"}
        attempt, lost_answers = 0, 0
        while True:
            attempt += 1
            result = await self._once(operation, method, key, content, headers, credentials)
            if isinstance(result, bytes):
                return result
            lost_answers += result.lost_answers
            if not isinstance(result, Unavailable | Throttled) or attempt >= _RETRY.attempts:
                result.attempts, result.lost_answers = attempt, lost_answers
                raise result
            await self._sleep(_RETRY.backoff(attempt, self._chance()))

    async def _once(
        self, operation: str, method: str, key: str, content: bytes, headers: dict[str, str], credentials: Credentials
    ) -> bytes | AwsError:
        if self._session is None:
            raise RuntimeError("the store is not open")
        url = f"{self._base}/{quote(key, safe='/-_.~')}"
        request = AWSRequest(method=method, url=url, data=content, headers=headers)
        frozen = ReadOnlyCredentials(
            credentials.access_key_id, credentials.secret_access_key, credentials.session_token
        )
        S3SigV4Auth(frozen, "s3", self._region).add_auth(request)
        try:
            async with self._session.request(
                method,
                URL(url, encoded=True),
                data=content or None,
                headers=dict(request.headers.items()),
                allow_redirects=False,
            ) as answer:
                body = await answer.read()
        except TimeoutError:
            return Unavailable(operation, "Timeout")
        except (aiohttp.ClientError, OSError):
            return Unavailable(operation, "ConnectionLost")
        if answer.status == 200:
            return body
        found = _CODE.search(body)
        code = found[1].decode() if found else f"Http{answer.status}"
        return _error(operation, answer.status, code, answer.headers.get("x-amz-request-id"))


def _error(operation: str, status: int, code: str, request_id: str | None) -> AwsError:
    if code in _CREDENTIALS:
        return CredentialsRejected(operation, code, request_id)
    if status in {409, 412}:  # 409: another PUT with this key and condition is going on
        kind = AlreadyThere if status == 412 else Throttled
        return kind(operation, code, request_id)
    if status == 403:
        return AccessDenied(operation, code, request_id)
    if status == 429 or code in {"SlowDown", "ThrottlingException"}:
        return Throttled(operation, code, request_id)
    return Unavailable(operation, code, request_id) if status >= 500 else Rejected(operation, code, request_id)
