import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luca_local.chaos.points import Point, Recorded, Side, every_point, recorded, sampled, spread

KINDS = [Recorded("receive", made=5, answered=3), Recorded("write", made=1, answered=1)]


def test_a_recording_counts_requests_and_answers_by_kind() -> None:
    assert recorded(["receive", "write", "receive"], ["write"]) == [
        Recorded("receive", made=2, answered=0),
        Recorded("write", made=1, answered=1),
    ]


def test_there_is_a_point_before_each_request_and_after_each_answer() -> None:
    points = every_point(KINDS)
    assert len(points) == len(set(points)) == 5 + 3 + 1 + 1
    assert Point("receive", 5, Side.BEFORE) in points
    assert Point("receive", 4, Side.AFTER) not in points


def test_spread_takes_the_first_the_middle_and_the_last_on_both_sides() -> None:
    assert [(point.ordinal, point.side) for point in spread(KINDS[:1])] == [
        (1, Side.BEFORE), (3, Side.BEFORE), (5, Side.BEFORE), (1, Side.AFTER), (2, Side.AFTER), (3, Side.AFTER),
    ]  # fmt: skip


counted = st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9)), min_size=1, max_size=8)


@given(counts=counted, seed=st.integers(), count=st.integers(1, 30))
def test_a_sample_has_so_many_different_points_and_no_kind_twice_before_each_had_its_turn(
    counts: list[tuple[int, int]], seed: int, count: int
) -> None:
    kinds = [Recorded(f"k{n}", made, min(made, answered)) for n, (made, answered) in enumerate(counts)]
    points = sampled(kinds, random.Random(seed), count)
    assert len(points) == len(set(points)) == min(count, len(every_point(kinds)))
    assert set(points) <= set(every_point(kinds))
    assert len({point.kind for point in points}) == min(count, len(kinds))


def test_the_same_seed_gives_the_same_sample() -> None:
    assert sampled(KINDS, random.Random(7), 4) == sampled(KINDS, random.Random(7), 4)


@given(st.builds(Point, st.sampled_from(["sqs ReceiveMessage q", "a + b #3"]), st.integers(1), st.sampled_from(Side)))
def test_a_point_is_read_as_it_is_written(point: Point) -> None:
    assert Point.parse(str(point)) == point


@pytest.mark.parametrize("text", ["", "before", "sqs ReceiveMessage #1", "before sqs #x"])
def test_what_is_no_point_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Point.parse(text)
