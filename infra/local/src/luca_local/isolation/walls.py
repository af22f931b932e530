"""What a wall is to the battery: attempts at it, and the guards that it consists of."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import TypeVar

from luca_local.isolation.attempts import Tried
from luca_local.isolation.guards import Guard

T = TypeVar("T")


class Extent(StrEnum):
    """How much is tried."""

    SHORT = "short"  # each kind, some of it
    LONG = "long"


@dataclass(frozen=True, slots=True)
class Plan:
    """How a wall is tried.

    Attributes:
        extent: How much of it.
        chance: Decides what is left to chance.
        kinds: Only these kinds of attempts; all when empty.
    """

    extent: Extent
    chance: Random
    kinds: frozenset[str] = frozenset()

    def wants(self, kind: str) -> bool:
        """Whether attempts of this kind are to be made."""
        return not self.kinds or kind in self.kinds

    def some(self, all_of_them: Sequence[T], few: int) -> Sequence[T]:
        """Return all, or in the short extent a random few."""
        if self.extent is Extent.LONG or len(all_of_them) <= few:
            return all_of_them
        return self.chance.sample(all_of_them, few)


class Wall(ABC):
    """One wall, with the others taken away; it is tried while it stands.

    Attributes:
        name: What it is called.
        alone: How the others are taken away, in words.
    """

    name: str
    alone: str

    @asynccontextmanager
    async def standing(self) -> AsyncIterator[None]:
        """Set up what outlives a single try."""
        yield

    @property
    @abstractmethod
    def guards(self) -> Sequence[Guard]:
        """What it consists of."""

    @abstractmethod
    async def tried(self, plan: Plan) -> list[Tried]:
        """Try it."""
