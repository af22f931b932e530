"""Keys and ranges of keys that can only be made from a tenant's context.

Their constructors take the parts of a key, never a whole partition key: the prefix `TENANT#{school}#` is always the
context's own, and the terminating `#` keeps the school `norte` apart from `norte-2`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import SchoolId

SEPARATOR = "#"
# Sorts after every character of an id or a timestamp: `prefix + LAST` ends the range that starts at `prefix`.
LAST = "\U0010ffff"


class Table(StrEnum):
    """The tables, by what they hold; their deployed names are settings."""

    LUCA = "luca"
    KEYS = "luca-keys"
    GOV_SYNC = "luca-gov-sync"


class Index(StrEnum):
    """The indexes of `luca`; an index's key attributes are `{index}_pk` and `{index}_sk`."""

    BY_CLASS = "by_class"
    PENDING = "pending"


def joined(*parts: str) -> str:
    """Join the parts of a key, none of which may hold the separator.

    Raises:
        ValueError: one of them does, or is empty.
    """
    key = SEPARATOR.join(parts)
    if not all(parts) or key.count(SEPARATOR) != len(parts) - 1:
        raise ValueError("a part of a key is empty or holds the separator")
    return key


def tenant_partition(context: TenantContext, *parts: str) -> str:
    """Return the partition key `TENANT#{school}#{parts}` of the context's school."""
    return joined("TENANT", context.school_id, *parts)


@dataclass(frozen=True, slots=True, init=False)
class Key:
    """The primary key of one item of one school."""

    table: Table
    school_id: SchoolId
    pk: str
    sk: str

    def __init__(
        self, context: TenantContext, table: Table, *, partition: tuple[str, ...], sort: tuple[str, ...]
    ) -> None:
        object.__setattr__(self, "table", table)
        object.__setattr__(self, "school_id", context.school_id)
        object.__setattr__(self, "pk", tenant_partition(context, *partition))
        object.__setattr__(self, "sk", joined(*sort))


@dataclass(frozen=True, slots=True, init=False)
class Range:
    """A run of items in one partition, of a table or of one of its indexes, in the order of their sort keys.

    `low` and `high` are the sort keys between which it lies, both included; `low` is empty when it is the whole
    partition. In a range of an index, `primary` makes an item's primary key from its position (its sort key), so that
    a position is all that is needed to go on from: no cursor ever carries a partition key.
    """

    table: Table
    index: Index | None
    school_id: SchoolId
    pk: str
    low: str
    high: str
    _primary: Callable[[str], Key] | None = field(repr=False, compare=False)

    def __init__(
        self,
        context: TenantContext,
        table: Table,
        *,
        partition: tuple[str, ...],
        prefix: str = "",
        low: str = "",
        high: str = LAST,
        index: Index | None = None,
        primary: Callable[[str], Key] | None = None,
    ) -> None:
        if (index is None) != (primary is None):
            raise TypeError("a range of an index says how a position becomes a primary key; another does not")
        object.__setattr__(self, "table", table)
        object.__setattr__(self, "index", index)
        object.__setattr__(self, "school_id", context.school_id)
        object.__setattr__(self, "pk", tenant_partition(context, *partition))
        object.__setattr__(self, "low", prefix + low)
        object.__setattr__(self, "high", prefix + high)
        object.__setattr__(self, "_primary", primary)

    @property
    def partition_attribute(self) -> str:
        """The attribute that holds `pk`."""
        return f"{self.index}_pk" if self.index else "pk"

    @property
    def sort_attribute(self) -> str:
        """The attribute that holds an item's position."""
        return f"{self.index}_sk" if self.index else "sk"

    def __contains__(self, position: str) -> bool:
        return self.low <= position <= self.high

    def start_after(self, position: str) -> dict[str, str]:
        """Return the `ExclusiveStartKey` that goes on after `position`.

        Raises:
            ValueError: the position is not one of this range.
        """
        if position not in self:
            raise ValueError("the position lies outside the range")
        if self.index is None:
            return {"pk": self.pk, "sk": position}
        key = self.key_at(position)
        return {"pk": key.pk, "sk": key.sk, self.partition_attribute: self.pk, self.sort_attribute: position}

    def key_at(self, position: str) -> Key:
        """Return the primary key of the item at a position of an index's range.

        Raises:
            TypeError: the range is not one of an index.
            ValueError: there can be no such position.
        """
        if self._primary is None:
            raise TypeError("only a range of an index tells keys from positions")
        return self._primary(position)
