from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from luca_ingest_worker.buffers import BATCH_EVENTS, Buffers
from luca_shared.tenancy.ids import SchoolId

NORTE, SUR = SchoolId("norte"), SchoolId("sur")

Event = tuple[str, int]


def buffers(max_messages: int = 50) -> Buffers[Event]:
    return Buffers(max_messages=max_messages, max_age=5.0)


def of(school: str, count: int, first: int = 0) -> list[Event]:
    return [(school, number) for number in range(first, first + count)]


def test_a_buffer_is_written_when_it_holds_25() -> None:
    waiting = buffers()
    assert waiting.add(NORTE, of("norte", 24), 0) == []
    assert waiting.add(NORTE, of("norte", 1, 24), 1) == [of("norte", 25)]
    assert len(waiting) == 0


def test_the_events_of_one_message_may_fill_several_batches() -> None:
    waiting = buffers()
    waiting.add(NORTE, of("norte", 10), 0)
    assert [len(batch) for batch in waiting.add(NORTE, of("norte", 100), 0)] == [25, 25, 25, 25]
    assert [len(batch) for batch in waiting.take_all()] == [10]


def test_a_buffer_is_written_when_it_holds_enough_messages() -> None:
    waiting = buffers(max_messages=3)
    assert waiting.add(NORTE, of("norte", 1), 0) == []
    assert waiting.add(NORTE, of("norte", 2), 0) == []
    assert waiting.add(NORTE, of("norte", 1), 0) == [[("norte", 0), ("norte", 0), ("norte", 1), ("norte", 0)]]


def test_a_buffer_is_due_when_its_oldest_event_is() -> None:
    waiting = buffers()
    waiting.add(NORTE, of("norte", 1), 10)
    waiting.add(SUR, of("sur", 1), 11)
    waiting.add(NORTE, of("norte", 1), 14)
    assert waiting.next_due() == 15
    assert list(waiting.take_due(14.9)) == []
    assert list(waiting.take_due(15)) == [of("norte", 1) * 2]
    assert waiting.next_due() == 16


def test_what_a_full_batch_leaves_is_as_old_as_the_message_it_came_with() -> None:
    waiting = buffers()
    waiting.add(NORTE, of("norte", 20), 0)
    waiting.add(SUR, of("sur", 1), 1)
    waiting.add(NORTE, of("norte", 20), 3)
    assert list(waiting.take_due(6)) == [of("sur", 1)]
    assert waiting.next_due() == 8


def test_nothing_is_due_when_nothing_waits() -> None:
    assert buffers().next_due() is None
    assert list(buffers().take_due(1000)) == []


@given(
    st.lists(st.tuples(st.sampled_from(["a", "a-b", "b"]), st.integers(1, 100), st.floats(0, 3)), max_size=40),
    st.integers(1, 60),
)
def test_no_event_is_lost_mixed_up_or_kept_waiting(steps: list[tuple[str, int, float]], max_messages: int) -> None:
    waiting = buffers(max_messages)
    now, number = 0.0, 0
    came: dict[Event, float] = {}
    left: list[list[Event]] = []
    for school, count, later in steps:
        now += later
        left += waiting.take_due(now)
        assert all(now < came[event] + 5 for event in came.keys() - set(chain(*left)))
        events = of(school, count, number)
        number += count
        came |= dict.fromkeys(events, now)
        left += waiting.add(SchoolId(school), events, now)
    left += waiting.take_all()
    assert sorted(chain(*left)) == sorted(came)
    assert all(1 <= len(batch) <= BATCH_EVENTS for batch in left)
    assert all(len({school for school, _ in batch}) == 1 for batch in left)
