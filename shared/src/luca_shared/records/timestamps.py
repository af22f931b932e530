"""Points in time as they are stored: RFC 3339, UTC, milliseconds, so that their text sorts as they do."""

from datetime import UTC, datetime
from typing import Annotated, NewType

import msgspec

Timestamp = NewType(
    "Timestamp", Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$(?!\n)")]
)


def timestamp(moment: datetime) -> Timestamp:
    """Return an aware `datetime` as a timestamp; what lies below a millisecond is cut off.

    Raises:
        ValueError: the `datetime` is naive.
    """
    if moment.tzinfo is None:
        raise ValueError("a timestamp needs a time zone")
    return Timestamp(moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"))


def moment(text: Timestamp) -> datetime:
    """Return a timestamp as an aware `datetime`."""
    return datetime.fromisoformat(text)


def now() -> Timestamp:
    """Return the present."""
    return timestamp(datetime.now(UTC))
