"""The people of the day, logged in at the user pool like everybody, and what they ask for at the edge."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp
import msgspec

from luca_local import login
from luca_local.run_record import RunRecord
from luca_local.seed.plan import SchoolPlan
from luca_shared.runtime import problems
from luca_shared.tenancy.context import Role

_PATIENCE: Final = aiohttp.ClientTimeout(total=15)
_LOGINS_AT_ONCE: Final = 4


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a token."""

    username: str
    school_id: str
    person_id: str
    role: Role
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `status` is 0 when nothing did."""

    status: int
    text: str = field(repr=False)
    headers: Mapping[str, str]
    ms: float

    @property
    def json(self) -> Any:
        """What it says; None when that is no JSON."""
        try:
            return msgspec.json.decode(self.text)
        except msgspec.DecodeError:
            return None

    @property
    def retry_after(self) -> float:
        """Seconds that the server asks one to wait; half a second unless it says."""
        return float(self.headers.get("Retry-After", "0.5"))


class Edge:
    """The one door that people have.

    Attributes:
        problems: What it has said is wrong, each once: without the id of the request, and without what stands there.
    """

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self._url = url
        self._session = session
        self.problems: set[str] = set()

    async def ask(
        self,
        person: Person | None,
        method: str,
        path: str,
        *,
        body: Any = None,
        text: str | None = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask for something and wait for the answer; no answer is one, too.

        A body is sent as JSON; `text` is one that is JSON already, or what `Content-Type` in the headers says.
        """
        sent = {**(headers or {}), **({"Authorization": f"Bearer {person.token}"} if person else {})}
        if text is not None:
            sent.setdefault("Content-Type", "application/json")
        started = time.perf_counter()
        try:
            async with self._session.request(
                method, self._url + path, json=body, data=text, headers=sent, params=query, timeout=_PATIENCE
            ) as answer:
                text = await answer.text()
                if answer.content_type == problems.CONTENT_TYPE:
                    self.problems.add(_problem(text))
                return Answer(answer.status, text, dict(answer.headers), _ms_since(started))
        except (aiohttp.ClientError, TimeoutError):
            return Answer(0, "", {}, _ms_since(started))


@asynccontextmanager
async def edge(record: RunRecord) -> AsyncIterator[Edge]:
    """Open the door while the context lasts."""
    connector = aiohttp.TCPConnector(limit=64)
    async with aiohttp.ClientSession(connector=connector) as session:
        yield Edge(record.edge, session)


async def log_in(record: RunRecord, schools: Iterable[SchoolPlan]) -> dict[str, Person]:
    """Log everybody in; return them by their user names."""
    turnstile = asyncio.Semaphore(_LOGINS_AT_ONCE)

    async def one(school_id: str, username: str, person_id: str, role: Role) -> Person:
        async with turnstile:
            token = await asyncio.to_thread(login.id_token, record, username)
        return Person(username, school_id, person_id, role, token)

    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(one(plan.school.school_id, account.username, account.person_id, account.role))
            for plan in schools
            for account in plan.accounts
        ]
    return {task.result().username: task.result() for task in tasks}


def _problem(text: str) -> str:
    try:
        said = msgspec.json.decode(text, type=dict[str, Any])
    except msgspec.DecodeError:  # whatever it is, it was said
        return text
    return msgspec.json.encode({name: said[name] for name in said.keys() - {"correlation_id", "current"}}).decode()


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
