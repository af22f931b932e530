import gc
from collections.abc import Iterator

import pytest

from luca_shared.runtime import garbage


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    thresholds = gc.get_threshold()
    yield
    gc.set_threshold(*thresholds)
    gc.unfreeze()


class Node:
    def __init__(self) -> None:
        self.itself = self


def test_a_class_full_of_grades_is_made_without_a_look_at_it() -> None:
    garbage.collect_seldom()
    gc.collect()
    before = gc.get_stats()[0]["collections"]
    answer = [{str(number): {"S": "x"}} for number in range(10_000)]
    assert gc.get_stats()[0]["collections"] == before
    assert answer


def test_cycles_still_go() -> None:
    garbage.collect_seldom()
    before = gc.get_stats()[0]["collected"]
    for _ in range(200_000):
        Node()
    assert gc.get_stats()[0]["collected"] > before


def test_what_there_is_at_the_start_is_spared() -> None:
    garbage.spare_what_stays()
    assert gc.get_freeze_count() > 1000
