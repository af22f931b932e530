from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.ingest_worker.simulation import message

from luca_ingest_worker.acknowledgement import Delivery, Ledger
from luca_ingest_worker.refusals import Reason, Refusal
from luca_ingest_worker.room import RECEIVE_WEIGHT, Room

REFUSAL = Refusal(Reason.MALFORMED, "{}", "e1")


async def room_taken(units: int) -> Room:
    room = Room(RECEIVE_WEIGHT)
    await room.take(units)
    return room


@pytest.fixture
def ledger() -> Ledger:
    return Ledger(Room(RECEIVE_WEIGHT))


def opened(ledger: Ledger, events: int = 1, refusals: int = 0, message_id: str = "m1", receives: int = 1) -> Delivery:
    received = message("{}", message_id=message_id, receives=receives)
    return ledger.open(received, weight=1, events=events, refusals=[REFUSAL] * refusals, now=0)


def deletable(ledger: Ledger) -> list[Delivery]:
    return [ledger.deletable.get_nowait() for _ in range(ledger.deletable.qsize())]


def test_a_message_is_deletable_when_all_its_events_are_durable(ledger: Ledger) -> None:
    delivery = opened(ledger, events=2)
    ledger.durable(delivery)
    assert not deletable(ledger)
    ledger.durable(delivery)
    assert deletable(ledger) == [delivery]


def test_its_dead_letters_are_sent_after_its_events_are_durable_and_before_it_is_deletable(ledger: Ledger) -> None:
    delivery = opened(ledger, events=2, refusals=1)
    ledger.refuse(delivery, REFUSAL)
    assert not ledger.dead_letters.qsize()
    ledger.durable(delivery)
    assert ledger.dead_letters.qsize() == 2
    ledger.durable(delivery)
    assert not deletable(ledger)
    ledger.durable(delivery)
    assert deletable(ledger) == [delivery]


def test_a_message_of_which_something_is_left_sends_no_dead_letter_and_is_never_deletable(ledger: Ledger) -> None:
    delivery = opened(ledger, events=2, refusals=1)
    ledger.leave(delivery)
    assert not ledger.left
    ledger.durable(delivery)
    assert ledger.left == [delivery]
    assert not ledger.in_hand
    assert not ledger.dead_letters.qsize()
    assert not deletable(ledger)


def test_a_message_whose_dead_letter_is_not_sent_is_left(ledger: Ledger) -> None:
    delivery = opened(ledger, events=0, refusals=2)
    ledger.durable(delivery)
    ledger.leave(delivery)
    assert ledger.left == [delivery]
    assert not deletable(ledger)


def test_a_second_receive_of_a_message_in_hand_is_the_one_that_counts(ledger: Ledger) -> None:
    delivery = opened(ledger)
    assert ledger.received_again(message("{}", receives=2), now=7)
    assert (delivery.handle, delivery.hidden_since) == ("m1/2", 7)
    assert not ledger.received_again(message("{}", message_id="m2"), now=7)


def test_a_message_that_is_being_left_is_taken_in_hand_anew(ledger: Ledger) -> None:
    first = opened(ledger, events=2)
    ledger.leave(first)
    assert not ledger.received_again(message("{}", receives=2), now=7)
    second = opened(ledger, receives=2)
    ledger.durable(first)
    assert ledger.in_hand == {second}
    assert ledger.received_again(message("{}", receives=3), now=8)
    assert second.handle == "m1/3"


async def test_what_is_out_of_hand_gives_its_room_back() -> None:
    room = await room_taken(2)
    ledger = Ledger(room)
    opened(ledger, message_id="m1")
    left = opened(ledger, message_id="m2")
    ledger.leave(left)
    assert room.taken == 1


async def test_it_is_empty_when_nothing_is_in_hand(ledger: Ledger) -> None:
    await ledger.empty()
    delivery = opened(ledger)
    ledger.durable(delivery)
    assert ledger.in_hand
    ledger.close(delivery)
    await ledger.empty()


@dataclass
class Fate:
    """What is told of a message: of each event, and then of each dead letter."""

    of_events: list[str]
    refused_at_once: int
    letters_fail: bool
    told: list[str] = field(default_factory=list)


FATES = st.builds(
    Fate,
    st.lists(st.sampled_from(["durable", "refuse", "leave"]), max_size=5),
    st.integers(0, 3),
    st.booleans(),
).filter(lambda fate: bool(fate.of_events or fate.refused_at_once))


@given(st.lists(FATES, min_size=1, max_size=6), st.randoms())
def test_no_message_is_deletable_before_all_of_it_is_durable(fates: list[Fate], random: Random) -> None:
    ledger = Ledger(Room(RECEIVE_WEIGHT))
    of: dict[Delivery, Fate] = {}
    steps: list[Callable[[], None]] = []
    for number, fate in enumerate(fates):
        delivery = opened(ledger, len(fate.of_events), fate.refused_at_once, f"m{number}")
        of[delivery] = fate
        steps += [_telling(ledger, delivery, fate, what) for what in fate.of_events]
    while steps or ledger.dead_letters.qsize():
        while ledger.dead_letters.qsize():
            letter = ledger.dead_letters.get_nowait()
            fate = of[letter.delivery]
            steps.append(_telling(ledger, letter.delivery, fate, "leave" if fate.letters_fail else "durable letter"))
        steps.pop(random.randrange(len(steps)))()
        for delivery in deletable(ledger):
            fate = of[delivery]
            letters = fate.refused_at_once + fate.of_events.count("refuse")
            assert "leave" not in fate.told
            assert fate.told.count("durable") == fate.of_events.count("durable")
            assert fate.told.count("durable letter") == letters
            ledger.close(delivery)
    assert not ledger.in_hand  # nothing is forgotten either


def _telling(ledger: Ledger, delivery: Delivery, fate: Fate, what: str) -> Callable[[], None]:
    def tell() -> None:
        fate.told.append(what)
        match what:
            case "refuse":
                ledger.refuse(delivery, REFUSAL)
            case "leave":
                ledger.leave(delivery)
            case _:
                ledger.durable(delivery)

    return tell
