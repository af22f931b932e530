import asyncio

import pytest
from tests.unit.ingest_worker.simulation import EVENTS, Faults, OwnCredentials, SimulatedSqs, message
from tests.virtual_time import run

from luca_ingest_worker.acknowledgement import Delivery, Ledger
from luca_ingest_worker.events_queue import EventsQueue
from luca_ingest_worker.room import RECEIVE_WEIGHT, Room
from luca_ingest_worker.visibility import LONGEST_LEFT, Visibility
from luca_shared.aws.errors import Unavailable

VISIBILITY = 60


class Scene:
    def __init__(self) -> None:
        self.sqs = SimulatedSqs(Faults())
        self.ledger = Ledger(Room(RECEIVE_WEIGHT))
        self.visibility = Visibility(
            EventsQueue(self.sqs, EVENTS, OwnCredentials(), visibility=VISIBILITY), self.ledger
        )

    def received(self, receives: int = 1) -> Delivery:
        message_id = self.sqs.put("{}")
        stored = self.sqs.queues[EVENTS][message_id]
        now = asyncio.get_running_loop().time()
        stored.receives, stored.visible_at = receives, now + VISIBILITY
        received = message("{}", message_id=message_id, receives=receives)
        return self.ledger.open(received, weight=1, events=1, refusals=[], now=now)

    def visible_at(self, delivery: Delivery) -> float:
        return self.sqs.queues[EVENTS][delivery.message.message_id].visible_at


def test_a_message_in_hand_never_becomes_visible_however_long_it_takes() -> None:
    async def main() -> None:
        scene = Scene()
        beating = asyncio.create_task(scene.visibility.run())
        await asyncio.sleep(7)
        delivery = scene.received()
        while (now := asyncio.get_running_loop().time()) < 1000:
            assert scene.visible_at(delivery) > now + VISIBILITY / 4
            await asyncio.sleep(1)
        beating.cancel()

    run(main())


def test_a_message_that_is_acknowledged_soon_costs_no_call() -> None:
    async def main() -> None:
        scene = Scene()
        beating = asyncio.create_task(scene.visibility.run())
        for _ in range(40):
            delivery = scene.received()
            await asyncio.sleep(7)
            scene.ledger.close(delivery)
        assert scene.sqs.calls == []
        beating.cancel()

    run(main())


def test_ten_messages_are_one_call() -> None:
    async def main() -> None:
        scene = Scene()
        beating = asyncio.create_task(scene.visibility.run())
        for _ in range(25):
            scene.received()
        await asyncio.sleep(VISIBILITY / 4 + 1)
        assert scene.sqs.calls == ["hide 60"] * 3
        beating.cancel()

    run(main())


def test_an_sqs_that_does_not_answer_does_not_stop_the_beat() -> None:
    async def main() -> None:
        scene = Scene()
        beating = asyncio.create_task(scene.visibility.run())
        delivery = scene.received()
        scene.sqs.faults.always = Unavailable("ChangeMessageVisibilityBatch", "ConnectionLost")
        await asyncio.sleep(20)
        scene.sqs.faults.always = None
        await asyncio.sleep(20)
        assert scene.visible_at(delivery) > 80
        beating.cancel()

    run(main())


@pytest.mark.parametrize(("receives", "hidden"), [(1, 60), (2, 120), (3, 240), (5, LONGEST_LEFT), (500, LONGEST_LEFT)])
def test_a_message_that_is_left_comes_again_later_the_more_often_it_came(receives: int, hidden: int) -> None:
    async def main() -> None:
        scene = Scene()
        beating = asyncio.create_task(scene.visibility.run())
        scene.ledger.leave(scene.received(receives))
        await asyncio.sleep(100)
        assert scene.sqs.calls == [f"hide {hidden}"]
        beating.cancel()

    run(main())


def test_a_thousand_receives_take_longer_than_a_message_is_kept() -> None:
    retention_days = 14
    assert 0.7 * retention_days * 86_400 < 1000 * LONGEST_LEFT


def test_what_is_released_is_visible_at_once() -> None:
    async def main() -> None:
        scene = Scene()
        in_hand, left = scene.received(), scene.received()
        scene.ledger.leave(left)
        await scene.visibility.release()
        now = asyncio.get_running_loop().time()
        assert scene.visible_at(in_hand) <= now
        assert scene.visible_at(left) <= now
        assert scene.sqs.calls == ["hide 0"]

    run(main())
