"""A guard of a wall, and how to take it away: what the wall's attempts must notice.

It is taken away in this process alone, by putting something laxer in the place of one attribute. That is no wiring of
any service: the services' packages don't know this one, and it is in none of their images.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any


class GuardGone(Exception):
    """What a guard consists of is not where it was: nothing was taken away, so nothing was tried."""


@dataclass(frozen=True, slots=True)
class Guard:
    """One condition of a wall.

    Attributes:
        name: What it demands.
        removed: While the context lasts, it doesn't.
        backed_by: What holds when only this one is gone: then its removal alone must leak nothing, and another guard
            of the list is the removal of both.
        kinds: Where its absence is looked for in the short extent; everywhere when empty.
        missed_by_controls: Whether it is missed, too, when rightful requests don't succeed any more.
    """

    name: str
    removed: Callable[[], AbstractContextManager[None]]
    backed_by: str = ""
    kinds: frozenset[str] = frozenset()
    missed_by_controls: bool = False


@dataclass(frozen=True, slots=True)
class Instead:
    """What stands in the place of an attribute of a module or a class."""

    of: Any
    name: str
    put: Any

    @contextmanager
    def placed(self) -> Iterator[None]:
        """Put it there while the context lasts.

        Raises:
            GuardGone: there is no such attribute.
        """
        if self.name not in vars(self.of):
            raise GuardGone(f"{getattr(self.of, '__name__', self.of)} has no {self.name}")
        was = vars(self.of)[self.name]
        setattr(self.of, self.name, self.put)
        try:
            yield
        finally:
            setattr(self.of, self.name, was)


def without(name: str, *instead: Instead, backed_by: str = "", kinds: frozenset[str] | set[str] = frozenset()) -> Guard:
    """Return a guard that is removed by putting something in several places."""

    @contextmanager
    def removed() -> Iterator[None]:
        with ExitStack() as stack:
            for each in instead:
                stack.enter_context(each.placed())
            yield

    return Guard(name, removed, backed_by, frozenset(kinds))
