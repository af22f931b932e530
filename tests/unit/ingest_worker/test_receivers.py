import asyncio
from collections.abc import Callable, Iterable

import pytest
from tests.unit.ingest_worker.simulation import EVENTS, Faults, OwnCredentials, SimulatedSqs
from tests.virtual_time import run

from luca_ingest_worker.circuit import FAILURES, Circuit
from luca_ingest_worker.events_queue import EventsQueue
from luca_ingest_worker.receivers import QueueUnreachable, Receivers
from luca_ingest_worker.room import RECEIVE_WEIGHT, Room
from luca_shared.aws.errors import Unavailable
from luca_shared.aws.sqs import Message

FEWEST, MOST = 2, 16


class Scene:
    def __init__(self, receives_of_room: int = 100, use: Callable[[list[Message]], int] = lambda _: 0) -> None:
        self.sqs = SimulatedSqs(Faults())
        self.room = Room(receives_of_room * RECEIVE_WEIGHT)
        self.circuit = Circuit()
        self.received: list[Message] = []
        self.use = use
        queue = EventsQueue(self.sqs, EVENTS, OwnCredentials(), visibility=60)
        self.receivers = Receivers(
            queue, self.room, self.circuit, self.accept, fewest=FEWEST, most=MOST, chance=lambda: 1
        )

    def accept(self, messages: list[Message]) -> int:
        self.received += messages
        return self.use(messages)

    def put(self, bodies: Iterable[str]) -> None:
        for body in bodies:
            self.sqs.put(body)

    async def run_for(self, seconds: float) -> None:
        receiving = asyncio.create_task(self.receivers.run())
        await asyncio.wait([receiving], timeout=seconds)
        receiving.cancel()
        await asyncio.wait([receiving])


def test_an_empty_queue_is_polled_by_the_fewest() -> None:
    async def main() -> None:
        scene = Scene()
        await scene.run_for(100)
        assert scene.receivers.at_work == FEWEST
        assert len(scene.sqs.calls) <= FEWEST * 6  # long polls of 20 s

    run(main())


def test_a_full_queue_calls_in_the_most_and_an_empty_one_sends_them_home() -> None:
    async def main() -> None:
        scene = Scene()
        scene.put(map(str, range(2000)))
        most = 0
        receiving = asyncio.create_task(scene.receivers.run())
        while len(scene.received) < 2000:
            await asyncio.sleep(0.01)
            most = max(most, scene.receivers.at_work)
            assert scene.receivers.at_work <= MOST
        assert most == MOST
        await asyncio.sleep(21)
        assert scene.receivers.at_work == FEWEST
        receiving.cancel()

    run(main())


def test_nothing_is_received_for_which_there_might_be_no_room() -> None:
    async def main() -> None:
        scene = Scene(receives_of_room=3, use=lambda messages: 200 * len(messages))
        scene.put(map(str, range(1000)))
        await scene.run_for(100)
        assert scene.room.taken == 200 * len(scene.received)
        assert 2 * RECEIVE_WEIGHT < scene.room.taken <= 3 * RECEIVE_WEIGHT

    run(main())


def test_room_is_given_back_when_a_receive_fails_or_is_cancelled() -> None:
    async def main() -> None:
        scene = Scene()
        scene.sqs.faults.always = Unavailable("ReceiveMessage", "ConnectionLost")
        scene.put(["1"])
        await scene.run_for(5)
        assert scene.room.taken == 0
        scene.sqs.faults.always = None
        await scene.run_for(0.001)
        assert scene.room.taken == 0

    run(main())


def test_while_the_queue_does_not_answer_it_is_asked_less_and_less_and_the_worker_is_not_ready() -> None:
    async def main() -> None:
        scene = Scene()
        scene.put(["1"])
        scene.sqs.faults.always = Unavailable("ReceiveMessage", "ConnectionLost")
        receiving = asyncio.create_task(scene.receivers.run())
        await asyncio.sleep(300)
        assert len(scene.sqs.calls) < FEWEST * 25
        with pytest.raises(QueueUnreachable):
            scene.receivers.check()
        scene.sqs.faults.always = None
        await asyncio.sleep(21)
        assert [each.body for each in scene.received] == ["1"]
        scene.receivers.check()
        receiving.cancel()

    run(main())


def test_while_the_table_fails_only_probes_are_received() -> None:
    async def main() -> None:
        scene = Scene()
        for _ in range(FAILURES):
            scene.circuit.failed()
        scene.put(map(str, range(2000)))
        receiving = asyncio.create_task(scene.receivers.run())
        await asyncio.sleep(100)
        assert len(scene.received) <= 10 * 8
        scene.circuit.succeeded()
        await asyncio.sleep(10)
        assert len({each.body for each in scene.received}) == 2000
        receiving.cancel()

    run(main())
