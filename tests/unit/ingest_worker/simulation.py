"""SQS and the table as far as the worker can tell, with faults: calls fail before or after they are carried out."""
# ruff: noqa: ARG002  # the simulated calls have the signatures of the real ones

import asyncio
import copy
import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Self

from luca_ingest_worker.events_queue import DeadLetterQueue, EventsQueue
from luca_ingest_worker.settings import IngestSettings
from luca_ingest_worker.worker import Worker
from luca_shared.aws.attributes import Item
from luca_shared.aws.credentials import Credentials
from luca_shared.aws.errors import AwsError, Unavailable
from luca_shared.aws.sqs import Message, OutgoingMessage, Sqs
from luca_shared.aws.statements import Duplicate, Failed, StatementResult, Written
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.key_types import Key

NOW = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)
EVENTS, DEAD_LETTERS = "http://localhost/events", "http://localhost/dead-letters"
TEACHER = {"school_id": "norte", "person_id": "p9", "roles": "teacher", "correlation_id": "c-1"}


def event(event_id: str | None = "e1", **changes: Any) -> dict[str, Any]:
    """An event that is accepted from a teacher at any time of these tests."""
    body = {
        "kind": "behavior",
        "student_id": "s42",
        "type": "merit",
        "occurred_at": datetime.now(UTC).replace(minute=0, second=0, microsecond=0).isoformat(),
        "data": {"points": 1},
        **changes,
    }
    return body if event_id is None else {"event_id": event_id, **body}


def body_of(*events: Any) -> str:
    return json.dumps({"events": events})


def message(body: str, attributes: Mapping[str, str] = TEACHER, message_id: str = "m1", receives: int = 1) -> Message:
    return Message(message_id, f"{message_id}/{receives}", body, attributes, receives, attributes.get("school_id"))


class Faults:
    """Whether and how a call fails; none do until a test says so.

    One process has one. When the process is killed, `dead` keeps what is left of it from doing anything: a task that
    is cancelled still runs its `finally` blocks, a process that is killed does not.
    """

    def __init__(self, random: Random | None = None, rate: float = 0.0) -> None:
        self._random = random or Random(0)
        self.rate = rate
        self.always: AwsError | None = None
        self.dead = False

    async def call(self, operation: str, carry_out: Callable[[], Any]) -> Any:
        """Take some time, and perhaps lose the request or its answer."""
        await self._travel()
        if self.always is not None:
            raise self.always
        if self._random.random() < self.rate:
            raise Unavailable(operation, "ConnectionLost")
        answer = carry_out()
        await self._travel()
        if self._random.random() < self.rate:
            raise Unavailable(operation, "AnswerLost")
        return answer

    async def _travel(self) -> None:
        await asyncio.sleep(self._random.uniform(0.001, 0.05))
        if self.dead:
            await asyncio.Event().wait()

    def statement(self) -> Failed | None:
        return Failed("ThrottlingError", retryable=True) if self._random.random() < self.rate else None


@dataclass(slots=True)
class _Stored:
    message: OutgoingMessage
    message_id: str
    visible_at: float = 0.0
    receives: int = 0


class SimulatedSqs(Sqs):
    """Queues with visibility: a receive hides, a delete removes, and what is hidden reappears."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.queues: dict[str, dict[str, _Stored]] = {EVENTS: {}, DEAD_LETTERS: {}}
        self.calls: list[str] = []
        self.on_delete: Callable[[str, OutgoingMessage], None] = lambda _id, _message: None
        self._numbers = itertools.count()

    def for_process(self, faults: Faults) -> Self:
        """The same queues as another process sees them."""
        seen = copy.copy(self)
        seen.faults = faults
        return seen

    def put(self, body: str, attributes: Mapping[str, str] = TEACHER, queue: str = EVENTS) -> str:
        message_id = f"m-{next(self._numbers):04d}"
        self.queues[queue][message_id] = _Stored(OutgoingMessage(body, dict(attributes)), message_id)
        return message_id

    @property
    def dead_letters(self) -> list[OutgoingMessage]:
        return [stored.message for stored in self.queues[DEAD_LETTERS].values()]

    async def receive_messages(
        self,
        queue_url: str,
        *,
        wait_seconds: int,
        max_messages: int = 10,
        visibility_timeout: int,
        credentials: Credentials,
        correlation_id: str | None = None,
    ) -> list[Message]:
        self.calls.append("receive")
        deadline = _time() + wait_seconds
        while not self._visible(queue_url) and _time() < deadline:  # noqa: ASYNC110  # virtual time
            await asyncio.sleep(min(0.5, deadline - _time()))

        def receive() -> list[Message]:
            return [self._received(stored, visibility_timeout) for stored in self._visible(queue_url)[:max_messages]]

        return await self.faults.call("ReceiveMessage", receive)  # type: ignore[no-any-return]

    async def delete_message_batch(
        self, queue_url: str, handles: Sequence[str], *, credentials: Credentials, correlation_id: str | None = None
    ) -> list[str]:
        assert 1 <= len(handles) <= 10
        self.calls.append("delete")
        return await self.faults.call("DeleteMessageBatch", lambda: self._delete(queue_url, handles))  # type: ignore[no-any-return]

    async def change_visibility_batch(
        self,
        queue_url: str,
        handles: Sequence[str],
        seconds: int,
        *,
        credentials: Credentials,
        correlation_id: str | None = None,
    ) -> list[str]:
        assert 1 <= len(handles) <= 10
        self.calls.append(f"hide {seconds}")

        def hide() -> list[str]:
            failed = []
            for handle in handles:
                stored = self.queues[queue_url].get(handle.partition("/")[0])
                if stored is None:
                    failed.append(handle)
                else:
                    stored.visible_at = _time() + seconds
            return failed

        return await self.faults.call("ChangeMessageVisibilityBatch", hide)  # type: ignore[no-any-return]

    async def send_message_batch(
        self,
        queue_url: str,
        messages: Sequence[OutgoingMessage],
        *,
        credentials: Credentials,
        correlation_id: str | None = None,
    ) -> list[OutgoingMessage]:
        assert 1 <= len(messages) <= 10
        assert sum(len(each.body.encode()) for each in messages) < 1024 * 1024
        self.calls.append("send")

        def send() -> list[OutgoingMessage]:
            for each in messages:
                assert all(each.attributes.values())  # SQS takes no empty one
                self.put(each.body, each.attributes, queue_url)
            return []

        return await self.faults.call("SendMessageBatch", send)  # type: ignore[no-any-return]

    def _visible(self, queue_url: str) -> list[_Stored]:
        return [stored for stored in self.queues[queue_url].values() if stored.visible_at <= _time()]

    def _received(self, stored: _Stored, visibility: int) -> Message:
        stored.receives += 1
        stored.visible_at = _time() + visibility
        sent = stored.message
        return message(sent.body, sent.attributes, stored.message_id, stored.receives)

    def _delete(self, queue_url: str, handles: Sequence[str]) -> list[str]:
        for handle in handles:
            stored = self.queues[queue_url].get(handle.partition("/")[0])
            # An older handle is accepted and may do nothing (SQS API reference, DeleteMessage).
            if stored is not None and handle == f"{stored.message_id}/{stored.receives}":
                del self.queues[queue_url][stored.message_id]
                self.on_delete(stored.message_id, stored.message)
        return []


@dataclass(slots=True)
class SimulatedTable:
    """The table of all schools; an item that is there is never written again."""

    faults: Faults
    items: dict[Key, Item] = field(default_factory=dict)
    batches: list[tuple[str, int]] = field(default_factory=list)
    results: Callable[[Key], StatementResult | None] = lambda _key: None
    """What a statement answers, where a test wants something else than the table would."""

    def for_process(self, faults: Faults) -> "SimulatedTable":
        """The same table as another process sees it."""
        return replace(self, faults=faults)

    def of(self, context: TenantContext) -> "SchoolOfTable":
        return SchoolOfTable(self, context.school_id)


@dataclass(slots=True)
class SchoolOfTable:
    table: SimulatedTable
    school_id: str

    async def insert_many(self, items: Sequence[tuple[Key, Item]]) -> list[StatementResult]:
        keys = [key for key, _ in items]
        assert 1 <= len(keys) <= 25
        assert len(set(keys)) == len(keys)
        assert {key.school_id for key in keys} == {self.school_id}
        self.table.batches.append((self.school_id, len(keys)))
        return await self.table.faults.call(  # type: ignore[no-any-return]
            "BatchExecuteStatement", lambda: [self._insert(key, item) for key, item in items]
        )

    async def get_many(self, keys: Sequence[Key], *, consistent: bool = False) -> Mapping[Key, Item]:
        assert consistent
        return await self.table.faults.call(  # type: ignore[no-any-return]
            "BatchGetItem", lambda: {key: self.table.items[key] for key in keys if key in self.table.items}
        )

    def _insert(self, key: Key, item: Item) -> StatementResult:
        result = self.table.results(key) or self.table.faults.statement()
        if result is not None:
            return result
        if key in self.table.items:
            return Duplicate()
        self.table.items[key] = item
        return Written()


class OwnCredentials:
    async def get(self) -> Credentials:
        return Credentials("key", "secret")


def settings(**changes: Any) -> IngestSettings:
    return IngestSettings(
        queue_url=EVENTS, dead_letter_url=DEAD_LETTERS, tenant_role_arn="arn:aws:iam::000000000000:role/t", **changes
    )


def worker(sqs: Sqs, table: SimulatedTable, **changes: Any) -> Worker:
    chosen = settings(**changes)
    return Worker(
        chosen,
        EventsQueue(sqs, EVENTS, OwnCredentials(), visibility=chosen.visibility),
        DeadLetterQueue(sqs, DEAD_LETTERS, OwnCredentials()),
        table.of,
    )


async def stop_after(seconds: float) -> None:
    await asyncio.sleep(seconds)


def hours_ago(hours: float, now: datetime = NOW) -> str:
    return (now - timedelta(hours=hours)).isoformat()


def _time() -> float:
    return asyncio.get_running_loop().time()
