"""Points in time as they are stored: RFC 3339, UTC, milliseconds, so that their text sorts as they do."""

from datetime import UTC, datetime
from typing import Annotated, NewType

import msgspec

# Not `\d`, which in Python also matches the digits of other scripts.
_RFC_3339 = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$(?!\n)"

Timestamp = NewType("Timestamp", Annotated[str, msgspec.Meta(pattern=_RFC_3339)])


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
