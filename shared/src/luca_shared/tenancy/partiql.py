"""PartiQL statements of one item each: the batch write with a condition on every item that BatchWriteItem can't be.

Values travel as parameters, never in the text. Names can't, so they are held to letters, digits and underscores.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from luca_shared.aws.attributes import Item
from luca_shared.aws.statements import Statement
from luca_shared.tenancy.writes import Amendment

_TABLE_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{3,255}")  # what DynamoDB allows
_ATTRIBUTE_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}")


def insert(table: str, item: Item) -> Statement:
    """Return the statement that writes an item unless its key exists.

    Raises:
        ValueError: a name of an attribute, or of the table, is not plain.
    """
    return Statement(_insert_text(table, tuple(item)), tuple(item.values()))


def update(table: str, amendment: Amendment) -> Statement:
    """Return the statement that amends an item, on the condition that it is as demanded.

    Raises:
        ValueError: a name of an attribute, or of the table, is not plain.
    """
    text = _update_text(table, tuple(amendment.sets), amendment.removes, tuple(amendment.where))
    key = amendment.key
    return Statement(text, (*amendment.sets.values(), key.pk, key.sk, *amendment.where.values()))


@lru_cache(maxsize=256)
def _insert_text(table: str, names: Sequence[str]) -> str:
    _require_plain(table, names)
    members = ", ".join(f"'{name}': ?" for name in names)
    return f'INSERT INTO "{table}" VALUE {{{members}}}'


@lru_cache(maxsize=256)
def _update_text(table: str, sets: Sequence[str], removes: Sequence[str], where: Sequence[str]) -> str:
    _require_plain(table, (*sets, *removes, *where))
    return " ".join(
        (
            f'UPDATE "{table}"',
            *(f'SET "{name}" = ?' for name in sets),
            *(f'REMOVE "{name}"' for name in removes),
            'WHERE "pk" = ? AND "sk" = ?',
            *(f'AND "{name}" = ?' for name in where),
        )
    )


def _require_plain(table: str, names: Sequence[str]) -> None:
    if not _TABLE_NAME.fullmatch(table) or not all(map(_ATTRIBUTE_NAME.fullmatch, names)):
        raise ValueError("a statement names only plain tables and attributes")
