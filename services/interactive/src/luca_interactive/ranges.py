"""The part of a range of keys that a list's page holds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from luca_interactive.api.lists import ListQuery
from luca_interactive.cursors import cursor_at, position_of
from luca_shared.aws.attributes import Item
from luca_shared.tenancy.key_types import Range
from luca_shared.tenancy.table import TenantTable


@dataclass(frozen=True, slots=True)
class Part:
    """A list's part, and the cursor by which it goes on."""

    items: list[Item]
    next_cursor: str | None


async def part_of(
    table: TenantTable,
    within: Range,
    query: ListQuery,
    *,
    ranges: Sequence[Range] | None = None,
    wanted: Callable[[Item], bool] | None = None,
    consistent: bool = False,
) -> Part:
    """Return the part of a list that a query asks for.

    Args:
        table: The tables, as the school.
        within: The range in which the list's positions lie.
        query: How many, and after which.
        ranges: Those parts of it, in their order, that the list consists of; all of it by default.
        wanted: Which items the list holds; all by default.
        consistent: Whether it shows at once what was just written; not of an index.

    Raises:
        Problem: 422, the cursor is none of this list.
    """
    after = position_of(query.cursor, within) if query.cursor is not None else None
    at_once = query.limit + 1 if wanted is None else None  # one more shows whether the list goes on
    items: list[Item] = []
    for range_ in [within] if ranges is None else ranges:
        if after is not None and after > range_.high:
            continue
        start = after if after is not None and after in range_ else None
        async for item in table.items(range_, after=start, at_once=at_once, consistent=consistent):
            if wanted is not None and not wanted(item):
                continue
            if len(items) == query.limit:
                return Part(items, cursor_at(items[-1][range_.sort_attribute]))
            items.append(item)
    return Part(items, None)
