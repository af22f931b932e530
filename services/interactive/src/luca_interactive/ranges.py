"""The part of a range of keys that a list's page holds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from luca_interactive.api.lists import ListQuery
from luca_interactive.cursors import cursor_at, position_of
from luca_interactive.in_turns import in_turns
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


async def merged_part_of(
    table: TenantTable, within: Range, query: ListQuery, groups: Sequence[Sequence[Range]]
) -> Part:
    """Return the part of a list whose items lie in several partitions, by their positions.

    A position is in one partition only, and where it goes on is the same for all of them: after the last one given
    out. So nothing is passed over and nothing comes twice, unless it moves meanwhile.

    Args:
        table: The tables, as the school.
        within: The range in which the list's positions lie, in any of the partitions.
        query: How many, and after which.
        groups: In their order, ranges of different partitions with the same bounds.

    Raises:
        Problem: 422, the cursor is none of this list.
    """
    after = position_of(query.cursor, within) if query.cursor is not None else None
    items: list[Item] = []
    for group in groups:
        if after is not None and after > group[0].high:
            continue
        start = after if after is not None and after in group[0] else None
        count = query.limit + 1 - len(items)  # one more shows whether the list goes on
        first = partial(_first, table, after=start, count=count)
        found = await in_turns(group, first, at_once=len(group))
        attribute = group[0].sort_attribute
        items += sorted((item for part in found for item in part), key=lambda item: str(item[attribute]))[:count]
        if len(items) > query.limit:
            return Part(items[:-1], cursor_at(items[-2][attribute]))
    return Part(items, None)


async def _first(table: TenantTable, range_: Range, after: str | None, count: int) -> list[Item]:
    items: list[Item] = []
    async for item in table.items(range_, after=after, at_once=count):
        items.append(item)
        if len(items) == count:
            break
    return items
