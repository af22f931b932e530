"""Which events a profile reads: all of the days that have few, a bounded number of those that have many."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from luca_interactive.behavior_reading import MOST_OF_A_DAY, CappedReading, Stretch
from luca_shared.aws.attributes import Item
from luca_shared.tenancy.table import RangePage

FIRST = date(2026, 10, 26)


def position(day: int, number: int) -> str:
    return f"EVENT#{FIRST + timedelta(days=day)}#{number:05d}"


def day_of(item: dict[str, Any]) -> int:
    return (date.fromisoformat(item["sk"].split("#")[1]) - FIRST).days


@dataclass
class Table:
    """Events by day, and pages that end anywhere: DynamoDB ends one at 1 MB, whatever the limit is."""

    events_of_days: list[int]
    chance: Random | None = None
    read: Counter[int] = field(default_factory=Counter)
    queries: int = 0

    def page(self, stretch: Stretch) -> RangePage[Item]:
        self.queries += 1
        found = [
            {"sk": position(day, number)}
            for day, events in enumerate(self.events_of_days)
            for number in range(events)
            if day >= (stretch.first_day - FIRST).days
        ]
        if stretch.after is not None:
            found = [item for item in found if item["sk"] > stretch.after]
        limit = stretch.limit if self.chance is None else self.chance.randint(1, stretch.limit)
        page = found[:limit]
        self.read.update(map(day_of, page))
        return RangePage(page, page[-1]["sk"] if len(page) == limit else None)  # even when nothing follows, as DynamoDB


def read(table: Table, most: int) -> tuple[list[str], list[int]]:
    reading = CappedReading(FIRST, FIRST + timedelta(days=len(table.events_of_days) - 1), most=most)
    taken: list[str] = []
    while reading.next is not None:
        taken += [item["sk"] for item in reading.take(table.page(reading.next))]
    return taken, [(day - FIRST).days for day in reading.capped_days]


days = st.lists(st.integers(0, 12), min_size=1, max_size=10)


@given(days, st.integers(1, 6), st.randoms(use_true_random=False))
def test_each_day_is_read_to_its_end_or_to_the_cap_wherever_pages_end(
    events_of_days: list[int], most: int, chance: Random
) -> None:
    table = Table(events_of_days, chance)
    taken, capped = read(table, most)
    assert taken == [
        position(day, number) for day, events in enumerate(events_of_days) for number in range(min(events, most))
    ]
    assert capped == [day for day, events in enumerate(events_of_days) if events > most]
    assert all(count <= most + 1 for count in table.read.values())


@given(days, st.integers(1, 6))
def test_there_are_not_many_more_queries_than_it_takes(events_of_days: list[int], most: int) -> None:
    """A query that gets little, for its day has had most already, is followed by one that gets more."""
    table = Table(events_of_days)
    _, capped = read(table, most)
    assert table.queries <= 2 + 2 * (table.read.total() // (most + 2)) + len(capped)


def test_few_events_are_one_query() -> None:
    table = Table([66] * 30)
    assert len(read(table, MOST_OF_A_DAY)[0]) == 30 * 66
    assert table.queries == 1


def test_a_day_with_too_many_is_skipped_to_the_next_one() -> None:
    table = Table([1, 10_000, 3])
    taken, capped = read(table, MOST_OF_A_DAY)
    assert (len(taken), capped) == (2_004, [1])
    assert table.read == {0: 1, 1: 2_001, 2: 3}
    assert table.queries == 3


def test_a_day_with_just_as_many_as_are_read_is_not_capped() -> None:
    assert read(Table([2_000]), MOST_OF_A_DAY)[1] == []
    assert read(Table([2_001]), MOST_OF_A_DAY)[1] == [0]


def test_nothing_is_read_after_a_last_day_with_too_many() -> None:
    table = Table([0, 3_000])
    assert len(read(table, MOST_OF_A_DAY)[0]) == 2_000
    assert table.queries == 1
