"""PartiQL INSERTs: the batch write with a condition on every item that BatchWriteItem can't be."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from luca_shared.aws.attributes import Item
from luca_shared.aws.statements import Statement

_TABLE_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{3,255}")  # what DynamoDB allows
_ATTRIBUTE_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}")


def insert(table: str, item: Item) -> Statement:
    """Return the statement that writes an item unless its key exists.

    Values travel as parameters, never in the text. Names can't, so they are held to letters, digits and underscores.

    Raises:
        ValueError: a name of an attribute, or of the table, holds something else.
    """
    return Statement(_text(table, tuple(item)), tuple(item.values()))


@lru_cache(maxsize=256)
def _text(table: str, names: Sequence[str]) -> str:
    if not _TABLE_NAME.fullmatch(table) or not all(map(_ATTRIBUTE_NAME.fullmatch, names)):
        raise ValueError("a statement names only plain tables and attributes")
    members = ", ".join(f"'{name}': ?" for name in names)
    return f'INSERT INTO "{table}" VALUE {{{members}}}'
