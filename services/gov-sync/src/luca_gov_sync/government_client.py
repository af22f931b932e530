"""The government's API over HTTP: every request leaves through the gate, and ends as an outcome.

The gate is passed when the connection stands and the next thing is the request's first byte: looking up a name and
shaking hands take their time before it, so that requests reach the government as far apart as they leave. It is
passed by *every* request, also by those that aiohttp repeats by itself on a connection that turned out to be dead.
"""

import asyncio
from collections.abc import Mapping
from types import SimpleNamespace, TracebackType
from typing import Any, Final, Self

import aiohttp
import msgspec

from luca_gov_sync.outcomes import OursToMend, Outcome, Received, RefusedWhole, Retry, no_answer, outcome_of
from luca_gov_sync.ports import Gate, Government, NotReceived, RecordPage, SubmissionPage
from luca_shared.tenancy.ids import SchoolId, Term

_AWAY: Final = (aiohttp.ClientError, OSError, TimeoutError)
_LONGEST_ANSWER: Final = 10_000_000  # bytes; a page of 1,000 is 200 KB


class _Answer(msgspec.Struct, frozen=True):
    status: int
    body: bytes
    retry_after: str | None


class _Summary(msgspec.Struct, frozen=True):
    submission_id: str
    accepted: int
    digest: str


class _Held(msgspec.Struct, frozen=True):
    record_id: str
    version: int
    sha256: str


class _Summaries(msgspec.Struct, frozen=True):
    items: list[_Summary]
    next_cursor: str | None


class _HeldRecords(msgspec.Struct, frozen=True):
    items: list[_Held]
    next_cursor: str | None


class _Leaving:
    """One request on its way through the gate."""

    def __init__(self, gate: Gate, limit: asyncio.Timeout, seconds: float) -> None:
        self._gate = gate
        self._limit = limit
        self._seconds = seconds
        self.left = False

    async def pass_gate(self) -> None:
        self._limit.reschedule(None)
        await self._gate()
        self._limit.reschedule(asyncio.get_running_loop().time() + self._seconds)
        self.left = True


async def _before_the_first_byte(
    _: aiohttp.ClientSession, context: SimpleNamespace, __: aiohttp.TraceRequestHeadersSentParams
) -> None:
    # In spite of its name aiohttp awaits this signal before it writes the headers; a test holds it to that.
    await context.trace_request_ctx.pass_gate()


class GovernmentClient(Government):
    """Speaks docs/government-api.yaml; an async context manager that owns its connections.

    Args:
        url: Where the API is.
        token: The bearer token.
        gate: What each request passes last before it leaves.
        timeout: Seconds that a request may take from its departure.
        in_flight: How many requests are on their way at most.
    """

    def __init__(self, url: str, token: str, gate: Gate, *, timeout: float, in_flight: int) -> None:
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        self._gate = gate
        self._timeout = timeout
        self._in_flight = in_flight
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        tracing = aiohttp.TraceConfig()
        tracing.on_request_headers_sent.append(_before_the_first_byte)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._in_flight + 1),
            timeout=aiohttp.ClientTimeout(total=None),  # ours begins at the departure
            trace_configs=[tracing],
            headers=self._headers,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def submit(self, batch_id: str, payload: bytes) -> Outcome:
        """Send a batch."""
        headers = {"Idempotency-Key": batch_id, "Content-Type": "application/json"}
        answer = await self._ask("POST", "/v1/submissions", headers=headers, data=payload)
        if isinstance(answer, Retry):
            return answer
        return outcome_of(batch_id, answer.status, answer.body, answer.retry_after)

    async def ask(self, batch_id: str) -> Received | NotReceived | OursToMend | Retry:
        """Ask whether a batch was received."""
        answer = await self._ask("GET", f"/v1/submissions/{batch_id}")
        if isinstance(answer, Retry):
            return answer
        if answer.status == 404:
            return NotReceived()
        outcome = outcome_of(batch_id, answer.status, answer.body, answer.retry_after)
        return Retry(in_doubt=True, outage=False) if isinstance(outcome, RefusedWhole) else outcome

    async def submissions(self, period: Term, cursor: str | None) -> SubmissionPage | OursToMend | Retry:
        """List what was received."""
        page = await self._page("/v1/submissions", {"period": period}, cursor, _Summaries)
        if isinstance(page, _Summaries):
            return SubmissionPage(
                {each.submission_id: (each.accepted, each.digest) for each in page.items}, page.next_cursor
            )
        return page

    async def records(self, period: Term, school_id: SchoolId, cursor: str | None) -> RecordPage | OursToMend | Retry:
        """List what is held of a school."""
        page = await self._page("/v1/records", {"period": period, "school_id": school_id}, cursor, _HeldRecords)
        if isinstance(page, _HeldRecords):
            return RecordPage({each.record_id: (each.version, each.sha256) for each in page.items}, page.next_cursor)
        return page

    async def _page(
        self, path: str, parameters: Mapping[str, str], cursor: str | None, kind: type[Any]
    ) -> Any | OursToMend | Retry:
        given = dict(parameters) | ({"cursor": cursor} if cursor else {})
        answer = await self._ask("GET", path, params=given)
        if isinstance(answer, Retry):
            return answer
        if answer.status == 200:
            try:
                return msgspec.json.decode(answer.body, type=kind)
            except (msgspec.DecodeError, UnicodeDecodeError):
                return Retry(in_doubt=False, outage=False)
        outcome = outcome_of("", answer.status, answer.body, answer.retry_after)
        return outcome if isinstance(outcome, OursToMend | Retry) else Retry(in_doubt=False, outage=False)

    async def _ask(self, method: str, path: str, **request: Any) -> _Answer | Retry:
        if self._session is None:
            raise RuntimeError("the client is not open")
        leaving: _Leaving | None = None
        try:
            async with asyncio.timeout(self._timeout) as limit:
                leaving = _Leaving(self._gate, limit, self._timeout)
                async with self._session.request(
                    method, self._url + path, trace_request_ctx=leaving, allow_redirects=False, **request
                ) as answer:
                    body = await answer.content.read(_LONGEST_ANSWER)
                    while not answer.content.at_eof() and len(body) < _LONGEST_ANSWER:
                        body += await answer.content.read(_LONGEST_ANSWER - len(body))
                    return _Answer(answer.status, body, answer.headers.get("Retry-After"))
        except _AWAY:
            return no_answer(sent=leaving is not None and leaving.left)
