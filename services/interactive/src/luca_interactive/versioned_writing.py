"""Storing what has a version and lies in several places: in all of them at once, in place of the version that is named.

Killed before the transaction, nothing has happened; killed after it, everything has and only the answer is missing: the
repeat then finds what it wants in the place of the version that it names, and is answered like the first time.
"""

import secrets
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol, TypeVar

from luca_shared.aws.attributes import Item
from luca_shared.aws.errors import CancellationReason, TransactionCanceled
from luca_shared.aws.expressions import Condition, absent, equals
from luca_shared.runtime import problems
from luca_shared.runtime.json_answers import etag
from luca_shared.runtime.preconditions import Create, Precondition, Replace
from luca_shared.runtime.problems import Problem
from luca_shared.tenancy.key_types import Key
from luca_shared.tenancy.table import TenantTable
from luca_shared.tenancy.writes import Delete, Put, Write

FAILED_CONDITION: Final = "ConditionalCheckFailed"


class Versioned(Protocol):
    """A record that counts its changes."""

    @property
    def version(self) -> int: ...  # noqa: D102  # the first is 1

    def to_item(self) -> dict[str, Any]: ...  # noqa: D102  # the record's own


R = TypeVar("R", bound=Versioned)


def next_version(precondition: Precondition) -> int:
    """Return the version that a write makes which this precondition allows."""
    match precondition:
        case Create():
            return 1
        case Replace(version):
            return version + 1


async def store(
    table: TenantTable,
    record: R,
    places: Sequence[Key],
    precondition: Precondition,
    *,
    read: Callable[[Item], R],
    same: Callable[[R, R], bool],
    shown: Callable[[R], Any],
    also: Sequence[Write] = (),
) -> R:
    """Store a record in all its places, and return the one that stands there then.

    Args:
        table: Of the school.
        record: Of the version after the one that the precondition names.
        places: Each has the record's attributes, and is on the condition.
        precondition: What must stand in all of them.
        read: Makes a record of an item that stood in the way.
        same: Whether two records say the same, whoever said it and when.
        shown: Makes of a record what the answer 412 shows.
        also: Writes that happen with it or not at all.

    Raises:
        Problem: 412, with what stands there.
    """
    condition = condition_of(precondition)
    writes = [Put(place, record.to_item(), condition) for place in places]
    try:
        await table.transact([*writes, *also], token=secrets.token_hex(16))
    except TransactionCanceled as canceled:
        current = _met(canceled.reasons[: len(places)], canceled, read)
        return stored_before(current, record, same=same, shown=shown)
    return record


async def remove(
    table: TenantTable,
    places: Sequence[Key],
    version: int,
    *,
    read: Callable[[Item], R],
    shown: Callable[[R], Any],
    also: Sequence[Write] = (),
) -> None:
    """Delete a record from all its places; the arguments are those of `store`.

    Raises:
        Problem: 404, there is none; 412, with what stands there in another version.
    """
    deletes = [Delete(place, equals("version", version)) for place in places]
    try:
        await table.transact([*deletes, *also], token=secrets.token_hex(16))
    except TransactionCanceled as canceled:
        current = _met(canceled.reasons[: len(places)], canceled, read)
        raise problems.not_found() if current is None else conflict_with(current, shown) from None


def failed_on(canceled: TransactionCanceled, write: int) -> bool:
    """Whether this one of a transaction's writes (its index) met an item that isn't as its condition demands."""
    return canceled.reasons[write].code == FAILED_CONDITION


def is_named(current: Versioned | None, precondition: Precondition) -> bool:
    """Whether what stands there is what a write would replace: who names something else is told so first of all."""
    match precondition:
        case Create():
            return current is None
        case Replace(version):
            return current is not None and current.version == version


def stored_before(current: R | None, wanted: R, *, same: Callable[[R, R], bool], shown: Callable[[R], Any]) -> R:
    """Return what stands in the way, when an earlier sending of the same request has stored it.

    Raises:
        Problem: 412, it is something else.
    """
    if current is not None and current.version == wanted.version and same(current, wanted):
        return current
    raise conflict_with(current, shown)


def condition_of(precondition: Precondition) -> Condition:
    """Return the condition that an item's present version must meet."""
    match precondition:
        case Create():
            return absent()
        case Replace(version):
            return equals("version", version)


def conflict_with(current: R | None, shown: Callable[[R], Any]) -> Problem:
    """Return the answer 412 for what stands there, or for nothing."""
    if current is None:
        return problems.version_conflict(current=None, detail="there is none yet; create it with If-None-Match: *")
    return problems.version_conflict(current=shown(current), etag=etag(current.version))


def _met(reasons: Sequence[CancellationReason], canceled: TransactionCanceled, read: Callable[[Item], R]) -> R | None:
    """Return what stood in the way; a transaction that failed for anything else stays that failure."""
    failed = [reason for reason in reasons if reason.code == FAILED_CONDITION]
    if not failed:
        raise canceled
    item = next((reason.item for reason in failed if reason.item is not None), None)
    return None if item is None else read(item)
