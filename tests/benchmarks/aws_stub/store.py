"""DynamoDB tables in memory, each school's part filled when it is first asked for, and put back to that by `reset`."""

import bisect
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import orjson

Wire = dict[str, Any]
"""An item as DynamoDB's JSON has it: `{"pk": {"S": "..."}, "version": {"N": "3"}}`."""

Seed = Callable[[str], Iterable[tuple[str, Wire]]]
"""A school's items at the beginning, each with its table."""

_INDEX: Final = "by_class"  # no item leaves it, and none moves within it


class Stored(NamedTuple):
    """An item, and its JSON, which is made when it is written: items are read more often."""

    item: Wire
    json: bytes


@dataclass(slots=True)
class Partition:
    """Items in the order of their sort keys."""

    items: dict[str, Stored] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)

    def put(self, sort_key: str, stored: Stored) -> None:
        """Write an item."""
        if sort_key not in self.items:
            bisect.insort(self.order, sort_key)
        self.items[sort_key] = stored

    def remove(self, sort_key: str) -> None:
        """Delete an item, if it is there."""
        if self.items.pop(sort_key, None) is not None:
            del self.order[bisect.bisect_left(self.order, sort_key)]

    def between(self, low: str, high: str, after: str | None) -> list[str]:
        """Return the sort keys from `low` to `high`, both included, that come after another."""
        first = bisect.bisect_left(self.order, low)
        if after is not None:
            first = max(first, bisect.bisect_right(self.order, after))
        return self.order[first : bisect.bisect_right(self.order, high)]


class Store:
    """All tables; a partition of none of its schools is empty."""

    def __init__(self, seed: Seed) -> None:
        self._seed = seed
        self._schools: set[str] = set()
        self._partitions: dict[tuple[str, str], Partition] = {}
        self._overwritten: list[tuple[str, str, str, Stored | None]] = []

    def partition(self, table: str, key: str) -> Partition:
        """Return the partition of a table with this key; that of the index is in the table `luca/by_class`."""
        self.require(key.split("#", 2)[1])
        found = self._partitions.get((table, key))
        if found is None:
            found = self._partitions[table, key] = Partition()
        return found

    def get(self, table: str, pk: str, sk: str) -> Stored | None:
        """Return an item."""
        return self.partition(table, pk).items.get(sk)

    def put(self, table: str, item: Wire) -> None:
        """Write an item, so that `reset` takes it back."""
        pk, sk = item["pk"]["S"], item["sk"]["S"]
        self._overwritten.append((table, pk, sk, self.get(table, pk, sk)))
        self._put(table, item)

    def delete(self, table: str, pk: str, sk: str) -> None:
        """Delete an item, so that `reset` brings it back."""
        self._overwritten.append((table, pk, sk, self.get(table, pk, sk)))
        self._delete(table, pk, sk)

    def require(self, school_id: str) -> None:
        """Fill a school's part, if it isn't yet."""
        if school_id not in self._schools:
            self._schools.add(school_id)
            for table, item in self._seed(school_id):
                self._put(table, item)

    def reset(self) -> None:
        """Make everything as it was seeded."""
        while self._overwritten:
            table, pk, sk, before = self._overwritten.pop()
            self._delete(table, pk, sk)
            if before is not None:
                self._put(table, before.item)

    def _put(self, table: str, given: Wire) -> None:
        item = {name: _trimmed(value) for name, value in given.items()}
        stored = Stored(item, orjson.dumps(item))
        self.partition(table, item["pk"]["S"]).put(item["sk"]["S"], stored)
        if f"{_INDEX}_pk" in item:
            in_index = self.partition(f"{table}/{_INDEX}", item[f"{_INDEX}_pk"]["S"])
            in_index.put(item[f"{_INDEX}_sk"]["S"], stored)

    def _delete(self, table: str, pk: str, sk: str) -> None:
        stored = self.get(table, pk, sk)
        if stored is not None and f"{_INDEX}_pk" in stored.item:
            in_index = self.partition(f"{table}/{_INDEX}", stored.item[f"{_INDEX}_pk"]["S"])
            in_index.remove(stored.item[f"{_INDEX}_sk"]["S"])
        self.partition(table, pk).remove(sk)


def _trimmed(value: dict[str, Any]) -> dict[str, Any]:
    """A number as DynamoDB gives it back: without trailing zeros."""
    number = value.get("N")
    return value if number is None or "." not in number else {"N": number.rstrip("0").rstrip(".")}
