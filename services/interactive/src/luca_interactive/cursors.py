"""Cursors of lists: the last position given out, and nothing else.

A cursor carries no partition: in which school's data the list goes on is decided by the token of the request that
brings it. So there is nothing in it to forge, and it needs no signature.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

from luca_shared.runtime import problems
from luca_shared.runtime.problems import ErrorDetail
from luca_shared.tenancy.key_types import Range

_SHAPE = re.compile(r"[A-Za-z0-9_-]{1,1024}")


def cursor_at(position: str) -> str:
    """Return the cursor by which a list goes on after `position`, a sort key."""
    return urlsafe_b64encode(position.encode()).rstrip(b"=").decode()


def position_of(cursor: str, within: Range) -> str:
    """Return the position to go on after.

    Raises:
        Problem: 422, it is no cursor of this list.
    """
    position = _decoded(cursor) if _SHAPE.fullmatch(cursor) else None
    if not position or not _is_position(position, within):
        raise problems.validation([ErrorDetail("/cursor", "is not a cursor of this list")])
    return position


def _is_position(position: str, within: Range) -> bool:
    try:
        within.start_after(position)
    except ValueError:  # it lies outside, or in an index no item can lie there
        return False
    return True


def _decoded(cursor: str) -> str | None:
    try:
        return urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except ValueError:  # what is not Base64 and what is not UTF-8 are both ValueErrors
        return None
