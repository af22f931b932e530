"""Every function that makes a key or a range, found by what it returns: a new one is tried without being named."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, get_type_hints

from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.key_types import Key, Range

_MADE: Final = (Key, Range, dict[str, str])

# What the parameters stand for; one that is not here has to be added with the builder that has it.
_GIVEN: Final[dict[str, Any]] = {
    "assessment_id": "a1",
    "batch_id": "b1",
    "class_id": "c1",
    "day": "2026-11-24",
    "digest": "0f",
    "event_id": "e1",
    "first_day": "2026-11-01",
    "last_day": "2026-11-30",
    "period": "2026-Q4",
    "person_id": "p1",
    "shard": 3,
    "student_id": "s1",
    "subject": "math",
    "term": "2026-Q4",
    "updated_at": "2026-11-24T10:00:00.000000Z",
    "version": 1,
}


@dataclass(frozen=True, slots=True)
class Builder:
    """A function of `luca_shared.tenancy.keys`; `makes` is what it returns."""

    name: str
    make: Callable[..., Any]
    makes: Any

    def of(self, context: TenantContext, **changes: Any) -> Any:
        """Make something of a school."""
        return self.make(context, **{**self.arguments, **changes})

    @property
    def arguments(self) -> dict[str, Any]:
        """What it is called with, beside the context."""
        return {name: _GIVEN[name] for name in inspect.signature(self.make).parameters if name != "context"}

    @property
    def texts(self) -> list[str]:
        """The names of those arguments that are texts."""
        return [name for name, value in self.arguments.items() if isinstance(value, str)]


def builders() -> Iterator[Builder]:
    """Return them all, private ones left out."""
    for name, function in inspect.getmembers(keys, inspect.isfunction):
        makes = get_type_hints(function).get("return")
        if function.__module__ == keys.__name__ and not name.startswith("_") and makes in _MADE:
            yield Builder(name, function, makes)


def keys_made() -> list[Builder]:
    """Return those that make a key."""
    return [each for each in builders() if each.makes is Key]


def ranges_made() -> list[Builder]:
    """Return those that make a range."""
    return [each for each in builders() if each.makes is Range]


def attributes_made() -> list[Builder]:
    """Return those that make the attributes by which an index files an item."""
    return [each for each in builders() if each.makes == dict[str, str]]
