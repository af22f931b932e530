import asyncio
import json
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.ingest_worker.simulation import (
    EVENTS,
    TEACHER,
    Faults,
    SimulatedSqs,
    SimulatedTable,
    body_of,
    event,
    stop_after,
    worker,
)
from tests.virtual_time import run

from luca_ingest_worker.worker import TableFailing
from luca_shared.aws.errors import Unavailable
from luca_shared.aws.sqs import OutgoingMessage

SCHOOLS = ["a", "a-b", "b"]


@dataclass(frozen=True)
class Planned:
    """An event that is going to be sent: `merit` and `demerit` under one id conflict, `bad` is refused."""

    event_id: str
    type: str

    @property
    def body(self) -> dict[str, Any]:
        return event(self.event_id, kind="weather") if self.type == "bad" else event(self.event_id, type=self.type)


PLANNED = st.builds(
    Planned,
    st.integers(0, 30).map("e{}".format),
    st.sampled_from(["merit", "merit", "merit", "demerit", "bad"]),
)
MESSAGES = st.lists(st.tuples(st.sampled_from(SCHOOLS), st.lists(PLANNED, min_size=1, max_size=4)), max_size=40)


@dataclass
class World:
    """The queues, the table, and what was sent; it checks each delete as it happens."""

    random: Random
    sqs: SimulatedSqs = field(init=False)
    table: SimulatedTable = field(init=False)
    sent: dict[str, tuple[str, list[Planned]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sqs, self.table = SimulatedSqs(Faults()), SimulatedTable(Faults())
        self.sqs.on_delete = self.check_deleted

    def send(self, school: str, events: list[Planned]) -> None:
        message_id = self.sqs.put(body_of(*(each.body for each in events)), {**TEACHER, "school_id": school})
        self.sent[message_id] = school, events

    def stored(self) -> dict[tuple[str, str], str]:
        """The types that are stored, by school and event id."""
        return {(key.school_id, key.sk.rpartition("#")[2]): str(item["type"]) for key, item in self.table.items.items()}

    def dead(self) -> Counter[tuple[str, str, str, str]]:
        """The dead letters, by school, event id, reason and type."""
        return Counter(
            (
                each.attributes["school_id"],
                each.attributes["event_id"],
                each.attributes["reason"],
                json.loads(each.body)["type"],
            )
            for each in self.sqs.dead_letters
        )

    def check_deleted(self, message_id: str, _message: OutgoingMessage) -> None:
        if message_id in self.sent:
            school, events = self.sent[message_id]
            for each in events:
                assert self.is_durable(school, each), f"{each} of {message_id} is not durable"

    def is_durable(self, school: str, each: Planned) -> bool:
        if each.type == "bad":
            return (school, each.event_id, "unknown-kind", "merit") in self.dead()
        in_table = self.stored().get((school, each.event_id)) == each.type
        return in_table or (school, each.event_id, "conflicting-payload", each.type) in self.dead()

    async def live(self, seconds: float, rate: float, **changes: Any) -> None:
        """Run a worker for so long, then kill it."""
        faults = Faults(self.random, rate)
        life = asyncio.create_task(
            worker(self.sqs.for_process(faults), self.table.for_process(faults), **changes).run(asyncio.Event().wait)
        )
        await asyncio.wait([life], timeout=seconds)
        assert not life.done(), life.exception()
        faults.dead = True
        life.cancel()
        await asyncio.wait([life])

    async def until_the_queue_is_empty(self) -> None:
        faults = Faults(self.random)
        sqs, table = self.sqs.for_process(faults), self.table.for_process(faults)

        async def empty() -> None:
            async with asyncio.timeout(5_000):
                while self.sqs.queues[EVENTS]:  # noqa: ASYNC110  # virtual time
                    await asyncio.sleep(1)

        await worker(sqs, table).run(empty)

    def check_everything(self) -> None:
        events = {(school, each) for school, of_message in self.sent.values() for each in of_message}
        assert all(self.is_durable(school, each) for school, each in events)
        good = {(school, each.event_id) for school, each in events if each.type != "bad"}
        assert self.stored().keys() == good


@settings(max_examples=60, deadline=None)
@given(MESSAGES, st.floats(0, 0.3), st.lists(st.floats(0.01, 12), max_size=4), st.integers(0, 2**32))
def test_whatever_fails_and_whenever_it_is_killed_nothing_is_lost_or_doubled(
    messages: list[tuple[str, list[Planned]]], fault_rate: float, lives: list[float], seed: int
) -> None:
    async def main() -> None:
        world = World(Random(seed))
        for school, events in messages:
            world.send(school, events)
        for seconds in lives:
            await world.live(seconds, fault_rate)
        await world.until_the_queue_is_empty()
        world.check_everything()

    run(main())


@settings(max_examples=20, deadline=None)
@given(MESSAGES, st.integers(0, 2**32))
def test_two_workers_on_one_queue_do_not_mind_each_other(messages: list[tuple[str, list[Planned]]], seed: int) -> None:
    async def main() -> None:
        world = World(Random(seed))
        for school, events in messages:
            world.send(school, events)
        # A visibility that is too short for the buffers, so that messages are received while the other has them.
        await asyncio.gather(*(world.live(30, 0.1, visibility=8, batch_age=10) for _ in range(2)))
        await world.until_the_queue_is_empty()
        world.check_everything()

    run(main())


@settings(max_examples=30, deadline=None)
@given(MESSAGES)
def test_when_nothing_fails_every_dead_letter_is_sent_once(messages: list[tuple[str, list[Planned]]]) -> None:
    async def main() -> None:
        world = World(Random(0))
        for school, events in messages:
            world.send(school, events)
        await world.until_the_queue_is_empty()
        world.check_everything()
        sent = Counter((school, each) for school, of_message in world.sent.values() for each in of_message)
        stored = world.stored()
        expected = Counter[tuple[str, str, str, str]]()
        for (school, each), times in sent.items():
            if each.type == "bad":
                expected[school, each.event_id, "unknown-kind", "merit"] = times
            elif stored[school, each.event_id] != each.type:
                expected[school, each.event_id, "conflicting-payload", each.type] = times
        assert world.dead() == expected

    run(main())


def test_a_thousand_messages_of_one_school_take_at_most_260_calls() -> None:
    async def main() -> None:
        sqs, table = SimulatedSqs(Faults()), SimulatedTable(Faults())
        for number in range(1000):
            sqs.put(body_of(event(f"e{number}")))

        async def empty() -> None:
            while sqs.queues[EVENTS]:  # noqa: ASYNC110  # virtual time
                await asyncio.sleep(0.1)

        await worker(sqs, table).run(empty)
        assert len(table.items) == 1000
        assert len(sqs.calls) + len(table.batches) <= 260

    run(main())


def test_a_message_that_is_received_again_while_it_is_in_hand_is_handled_once() -> None:
    async def main() -> None:
        sqs, table = SimulatedSqs(Faults()), SimulatedTable(Faults())
        running = asyncio.create_task(worker(sqs, table).run(asyncio.Event().wait))
        message_id = sqs.put(body_of(event("e1"), event("e2", kind="weather")))
        await asyncio.sleep(1)
        sqs.queues[EVENTS][message_id].visible_at = 0  # SQS delivers at least once
        await asyncio.sleep(1)
        assert sqs.queues[EVENTS][message_id].receives == 2
        await asyncio.sleep(5)
        assert not sqs.queues[EVENTS]
        assert len(sqs.dead_letters) == 1
        assert table.batches == [("norte", 1)]
        running.cancel()

    run(main())


def test_an_event_waits_no_longer_than_the_age_of_its_buffer() -> None:
    async def main() -> None:
        sqs, table = SimulatedSqs(Faults()), SimulatedTable(Faults())
        running = asyncio.create_task(worker(sqs, table).run(asyncio.Event().wait))
        await asyncio.sleep(1)
        for number in range(5):
            sqs.put(body_of(event(f"e{number}")))
            await asyncio.sleep(0.8)
        assert not table.items
        await asyncio.sleep(2.5)
        assert len(table.items) == 5
        assert table.batches == [("norte", 5)]
        running.cancel()

    run(main())


@settings(max_examples=30, deadline=None)
@given(MESSAGES, st.floats(0.01, 8), st.integers(0, 2**32))
def test_a_stop_finishes_what_is_in_hand_and_leaves_the_rest_for_others(
    messages: list[tuple[str, list[Planned]]], seconds: float, seed: int
) -> None:
    async def main() -> None:
        world = World(Random(seed))
        faults = Faults(world.random)
        sqs = world.sqs.for_process(faults)
        for school, events in messages:
            world.send(school, events)
        await worker(sqs, world.table.for_process(faults)).run(lambda: stop_after(seconds))
        assert asyncio.get_running_loop().time() < seconds + 3
        assert len(asyncio.all_tasks()) == 1
        # Whatever is left was received by nobody, but for what a poll had received as it was cancelled.
        left = world.sqs.queues[EVENTS].values()
        assert sum(each.receives for each in left) <= 20
        await world.until_the_queue_is_empty()
        world.check_everything()

    run(main())


def test_a_stop_comes_to_an_end_though_messages_keep_coming() -> None:
    async def main() -> None:
        sqs, table = SimulatedSqs(Faults()), SimulatedTable(Faults())

        async def send() -> None:
            for number in count():
                sqs.put(body_of(event(f"e{number}")))
                await asyncio.sleep(0.01)

        sending = asyncio.create_task(send())
        await worker(sqs, table).run(lambda: stop_after(3))
        assert asyncio.get_running_loop().time() < 6
        sending.cancel()

    run(main())


def test_a_stop_while_the_table_fails_gives_everything_back_in_time() -> None:
    async def main() -> None:
        faults = Faults(Random(0))
        sqs, table = SimulatedSqs(faults), SimulatedTable(Faults(Random(0)))
        table.faults.always = Unavailable("BatchExecuteStatement", "Timeout")
        for number in range(100):
            sqs.put(body_of(event(f"e{number}")))
        await worker(sqs, table, stop_timeout=3).run(lambda: stop_after(1))
        now = asyncio.get_running_loop().time()
        assert now < 7
        assert len(sqs.queues[EVENTS]) == 100
        assert all(stored.visible_at <= now for stored in sqs.queues[EVENTS].values())

    run(main())


def test_an_outage_of_hours_loses_nothing_and_costs_a_message_few_receives() -> None:
    async def main() -> None:
        sqs, table = SimulatedSqs(Faults(Random(0))), SimulatedTable(Faults(Random(1)))
        for number in range(300):
            sqs.put(body_of(event(f"e{number}")))
        running = worker(sqs, table)
        life = asyncio.create_task(running.run(asyncio.Event().wait))
        await running.check_table()
        table.faults.always = Unavailable("BatchExecuteStatement", "Timeout")
        await asyncio.sleep(6 * 3600)
        with pytest.raises(TableFailing):
            await running.check_table()
        assert max(stored.receives for stored in sqs.queues[EVENTS].values()) < 100
        table.faults.always = None
        await asyncio.sleep(1000)
        await running.check_table()
        assert not sqs.queues[EVENTS]
        assert not sqs.dead_letters
        assert len(table.items) == 300
        life.cancel()

    run(main())


def test_an_unreachable_queue_is_waited_for() -> None:
    async def main() -> None:
        faults = Faults(Random(0))
        sqs, table = SimulatedSqs(faults), SimulatedTable(Faults())
        sqs.put(body_of(event()))
        running = worker(sqs, table)
        life = asyncio.create_task(running.run(asyncio.Event().wait))
        faults.always = Unavailable("ReceiveMessage", "ConnectionLost")
        await asyncio.sleep(120)
        faults.always = None
        await asyncio.sleep(60)
        assert len(table.items) == 1
        assert not sqs.queues[EVENTS]
        life.cancel()

    run(main())


def test_a_part_that_fails_ends_the_worker() -> None:
    class Broken(SimulatedSqs):
        async def receive_messages(self, *_: Any, **__: Any) -> Any:
            raise ZeroDivisionError

    async def main() -> None:
        with pytest.raises(ExceptionGroup):
            await worker(Broken(Faults()), SimulatedTable(Faults())).run(asyncio.Event().wait)

    run(main())
