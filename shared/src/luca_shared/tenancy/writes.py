"""The writes that a transaction of one school is made of."""

from dataclasses import dataclass, field
from typing import TypeAlias

from luca_shared.aws import expressions
from luca_shared.aws.attributes import Item
from luca_shared.aws.expressions import Condition
from luca_shared.tenancy.key_types import Key


@dataclass(frozen=True, slots=True)
class Put:
    """Writes a whole item; `attributes` are all but its key."""

    key: Key
    attributes: Item = field(repr=False)
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Update:
    """Changes an item's attributes; a condition is part of the expression."""

    key: Key
    expression: expressions.Update


@dataclass(frozen=True, slots=True)
class Delete:
    """Deletes an item."""

    key: Key
    condition: Condition | None = None


Write: TypeAlias = Put | Update | Delete
