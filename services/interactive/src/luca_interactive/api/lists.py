"""How every list is asked for and answered."""

from typing import Annotated, Generic, TypeVar

import msgspec

from luca_shared.runtime.requests import RequestModel
from luca_shared.tenancy.ids import Term

T = TypeVar("T")


class ListQuery(RequestModel, frozen=True):
    """How many at most, and after which of them."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=200)] = 50
    cursor: str | None = None


class TermListQuery(ListQuery, frozen=True):
    """A list of one term's things, or of all open terms'."""

    term: Term | None = None


class ListAnswer(msgspec.Struct, Generic[T], frozen=True):
    """A part of a list, and where it goes on; `next_cursor` is null when this was the last part."""

    items: list[T]
    next_cursor: str | None
