import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.virtual_time import run

from luca_ingest_worker.room import RECEIVE_WEIGHT, Room, weight_of


async def test_room_is_taken_at_once_while_there_is_some() -> None:
    room = Room(2 * RECEIVE_WEIGHT)
    await room.take(RECEIVE_WEIGHT)
    await room.take(RECEIVE_WEIGHT)
    assert room.taken == 2 * RECEIVE_WEIGHT


@given(st.integers(1, 5), st.lists(st.tuples(st.integers(0, RECEIVE_WEIGHT), st.floats(0.1, 3)), max_size=20))
def test_the_bound_holds_whatever_comes_and_everybody_gets_in(receives: int, uses: list[tuple[int, float]]) -> None:
    units = receives * RECEIVE_WEIGHT

    async def receive(room: Room, used: int, seconds: float) -> None:
        await room.take(RECEIVE_WEIGHT)
        assert room.taken <= units
        room.give_back(RECEIVE_WEIGHT - used)
        await asyncio.sleep(seconds)
        room.give_back(used)

    async def main() -> int:
        room = Room(units)
        async with asyncio.timeout(1000), asyncio.TaskGroup() as tasks:
            for used, seconds in uses:
                tasks.create_task(receive(room, used, seconds))
        return room.taken

    assert run(main()) == 0


def test_room_for_less_than_one_receive_is_refused() -> None:
    with pytest.raises(ValueError, match=str(RECEIVE_WEIGHT)):
        Room(RECEIVE_WEIGHT - 1)


@pytest.mark.parametrize(
    ("events", "length", "weight"),
    [(1, 200, 1), (100, 200, 100), (1, 1024 * 1024, 256), (1, 8192, 2), (1000, 100_000, 256)],
)
def test_a_message_weighs_what_it_may_take_in_memory(events: int, length: int, weight: int) -> None:
    assert weight_of(events, "x" * length) == weight
    assert 10 * weight <= RECEIVE_WEIGHT
