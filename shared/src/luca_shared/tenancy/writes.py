"""The writes of one school: those that a transaction is made of, and one of many that stand by themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

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


@dataclass(frozen=True, slots=True)
class Check:
    """Demands something of an item that the transaction leaves as it is."""

    key: Key
    condition: Condition


@dataclass(frozen=True, slots=True)
class Amendment:
    """Sets and removes some attributes of an item, on the condition that others are equal to what is demanded."""

    key: Key
    sets: Mapping[str, Any] = field(repr=False)
    removes: tuple[str, ...]
    where: Mapping[str, Any] = field(repr=False)


Write: TypeAlias = Put | Update | Delete | Check
