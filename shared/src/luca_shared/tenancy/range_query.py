"""A range of keys as a DynamoDB query, and where its page ended as a position in the range."""

from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from luca_shared.aws.attributes import Item
from luca_shared.aws.expressions import Between, Page, Query
from luca_shared.tenancy.key_types import LAST, Range

T = TypeVar("T")

_LONGEST_SORT_KEY: Final = 1024  # bytes, DynamoDB's


class OutsideRange(ValueError):
    """A position to go on from is not one of the range; it came from a cursor of another list, or from nowhere."""


@dataclass(frozen=True, slots=True)
class RangePage(Generic[T]):
    """A part of a range's items; `after` is the position to go on from, None when this was the last part."""

    items: list[T] = field(repr=False)
    after: str | None


def query_of(range_: Range, *, limit: int | None, after: str | None, ascending: bool, consistent: bool) -> Query:
    """Return the query that reads a part of a range; raises OutsideRange."""
    return Query(
        index=range_.index,
        partition=(range_.partition_attribute, range_.pk),
        sort=_sort(range_),
        limit=limit,
        start=None if after is None else _start(range_, after),
        ascending=ascending,
        consistent=consistent,
    )


def page_of(range_: Range, page: Page[T]) -> RangePage[T]:
    """Return a query's page as a page of the range."""
    return RangePage(page.items, None if page.last_key is None else page.last_key[range_.sort_attribute])


def _sort(range_: Range) -> Between | None:
    if not range_.low and range_.high == LAST:
        return None  # the whole partition
    return Between(range_.sort_attribute, range_.low, range_.high)


def _start(range_: Range, after: str) -> Item:
    try:
        if 0 < len(after.encode()) <= _LONGEST_SORT_KEY:
            return dict(range_.start_after(after))
    except ValueError:  # also a text that UTF-8 can't hold
        pass
    raise OutsideRange("the position lies outside the range")
