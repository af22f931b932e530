"""Recess: one school's phones all at once, the other schools' now and then, and the queue until it is empty.

An API Gateway takes thousands of requests a second; the local edge is one process on a core that it shares. So most of
the crowd's messages are put on the queue as the edge's own role puts them there, with the edge's attributes, but ten in
a call. The rest of them, and everything from the other schools, goes through the edge.
"""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Final, TypeVar

from luca_local.aws_clients import session_as
from luca_local.demo.collecting.administrator import PATIENT, Administrator
from luca_local.demo.evidence.answered import Answered
from luca_local.demo.evidence.events import SentEvent, SentRubbish
from luca_local.demo.place import Place
from luca_local.demo.progress import Act
from luca_local.demo.recess_plan import Message, Plan
from luca_local.part_names import INGEST_WORKER
from luca_local.platform import Running
from luca_shared.aws import AwsClient, AwsError, Credentials, OutgoingMessage, Sqs
from luca_shared.runtime import correlation
from luca_shared.tenancy.sts import StsAssumeRole

_CALL: Final = 10  # messages
_CALLS_AT_ONCE: Final = 16
_WAVE: Final = 5_000
_POLL_S: Final = 0.5
_TRICKLE_PER_S: Final = 10.0  # of each school
_TRIES: Final = 3

T = TypeVar("T")


@dataclass(slots=True)
class Sent:
    """What was sent, and what is known of it; the first `burst` messages took `burst_s` seconds."""

    events: list[SentEvent] = field(default_factory=list)
    rubbish: list[SentRubbish] = field(default_factory=list)
    burst: int = 0
    burst_s: float = 0.0
    by_edge: int = 0

    @property
    def count(self) -> int:
        """How many messages."""
        return len(self.events) + len(self.rubbish)

    def note(self, evidence: SentEvent | SentRubbish) -> None:
        """Add one."""
        if isinstance(evidence, SentEvent):
            self.events.append(evidence)
        else:
            self.rubbish.append(evidence)


class EdgesQueue:
    """The queue of events, as the edge's role reaches it."""

    def __init__(self, sqs: Sqs, url: str, credentials: Credentials, sent: Sent) -> None:
        self._sqs = sqs
        self._url = url
        self._credentials = credentials
        self.sent = sent

    async def put(self, messages: Sequence[Message]) -> None:
        """Put up to ten messages on the queue in one call."""
        outgoing = [OutgoingMessage(each.body, _attributes(each), each.school_id) for each in messages]
        try:
            failed = await self._sqs.send_message_batch(self._url, outgoing, credentials=self._credentials)
        except AwsError:
            answers = [Answered.MAYBE] * len(messages)
        else:
            refused = {id(each) for each in failed}
            answers = [Answered.NO if id(each) in refused else Answered.YES for each in outgoing]
        for message, answered in zip(messages, answers, strict=True):
            self.sent.note(message.sent(answered))

    async def put_one(self, message: Message) -> None:
        """Put a message on the queue whose id there counts."""
        message_id = await self._sqs.send_message(
            self._url, message.body, _attributes(message), message.school_id, credentials=self._credentials
        )
        self.sent.note(message.sent(Answered.YES, message_id=message_id))


@asynccontextmanager
async def edges_queue(running: Running, sent: Sent) -> AsyncIterator[EdgesQueue]:
    """Be the edge while the context lasts."""
    record = running.record
    admin = session_as(Credentials(record.admin.access_key_id, record.admin.secret_access_key))
    async with (
        StsAssumeRole(region=record.region, endpoint_url=record.aws_endpoint, session=admin) as assume_role,
        AwsClient(region=record.region, endpoint_url=record.aws_endpoint, timeouts=PATIENT) as client,
    ):
        credentials = await assume_role(running.places.deployment.edge_role_arn, {}, "recess")
        yield EdgesQueue(Sqs(client), record.queue_url, credentials, sent)


async def play(plan: Plan, queue: EdgesQueue, place: Place, act: Act) -> None:
    """Send everything: the crowd's at once, the rest in a trickle from each school.

    On AWS the queue and the worker don't share a machine. Here they do, so the worker is held while the crowd's
    messages arrive: then it finds them all on the queue at once, as it would there. What is more than one wave
    follows as the queue empties: the emulator looks through the whole queue for each message that is deleted.
    """
    sent = queue.sent
    first, rest = plan.crowd[:_WAVE], plan.crowd[_WAVE:]
    for message in plan.nameless:
        await queue.put_one(message)
    async with asyncio.TaskGroup() as group:
        for messages in plan.trickle:
            group.create_task(trickle(place, messages, sent))
        started = time.monotonic()
        with held(place.running.pids[INGEST_WORKER]):
            await burst(queue, first)
        sent.burst, sent.burst_s = len(first), time.monotonic() - started
        for begin in range(0, len(rest), _WAVE // 2):
            while (left := await place.admin.messages_left()) > _WAVE // 2:
                act.reached(sent.count - left, f"{left} on the queue")
                await asyncio.sleep(_POLL_S)
            await burst(queue, rest[begin : begin + _WAVE // 2])


@contextmanager
def held(pid: int) -> Iterator[None]:
    """Have a process do nothing while the context lasts."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


async def burst(queue: EdgesQueue, messages: Sequence[Message]) -> None:
    """Put messages on the queue, as fast as it takes them."""
    calls = iter(list(_in_tens(messages)))

    async def sender() -> None:
        for call in calls:  # shared: each takes the next
            await queue.put(call)

    async with asyncio.TaskGroup() as group:
        for _ in range(_CALLS_AT_ONCE):
            group.create_task(sender())


async def trickle(place: Place, messages: Iterable[Message], sent: Sent) -> None:
    """Send messages through the edge, one after the other, each as the person whose it is."""
    by_id = {(person.school_id, person.person_id): person for person in place.people.values()}
    for message in messages:
        person = by_id[message.school_id, message.person_id]
        for _ in range(_TRIES):
            answer = await place.edge.ask(person, "POST", "/v1/events", text=message.body)
            if answer.status == 202:
                sent.note(message.sent(Answered.YES))
                sent.by_edge += 1
                break
            # It may have arrived: then the same event comes twice, which makes it no second one.
            sent.note(message.sent(Answered.NO if 400 <= answer.status < 500 else Answered.MAYBE))
        await asyncio.sleep(1 / _TRICKLE_PER_S)


async def drained(admin: Administrator, sent: Sent, act: Act, *, within: float) -> int:
    """Wait until the queue is empty, for so many seconds at most; return how many messages are left."""
    deadline = time.monotonic() + within
    while (left := await admin.messages_left()) and time.monotonic() < deadline:
        act.reached(sent.count - left, f"{left} on the queue")
        await asyncio.sleep(_POLL_S)
    act.reached(sent.count - left)
    return left


def _attributes(message: Message) -> dict[str, str]:
    """What the edge says of a message, from the sender's token."""
    return {
        "school_id": message.school_id,
        "person_id": message.person_id,
        "roles": message.role.value,
        "correlation_id": correlation.new(),
    }


def _in_tens(messages: Sequence[T]) -> Iterator[Sequence[T]]:
    for first in range(0, len(messages), _CALL):
        yield messages[first : first + _CALL]
