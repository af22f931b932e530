"""What every record is: a frozen struct that becomes an item's attributes, and is parsed back from them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Self

import msgspec


class CorruptItem(Exception):
    """An item in a table does not hold what its entity demands; says where, never what it holds instead."""

    def __init__(self, entity: str, path: str) -> None:
        super().__init__(f"a stored {entity} is not valid at {path}")
        self.entity = entity
        self.path = path


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="entity"):
    """An item's attributes, less its keys.

    The attribute `entity` names the kind of record, so that an item read under a wrong key is refused, and so that
    readers of the stream and of the lake can tell records apart.
    """

    def to_item(self) -> dict[str, Any]:
        """Return the attributes; one that has its default is left out."""
        item = msgspec.to_builtins(self, builtin_types=(Decimal, bytes))
        return {name: value for name, value in item.items() if value is not None}

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> Self:
        """Parse an item; attributes that are not the record's (keys, indexes) are passed over.

        Raises:
            CorruptItem: the item does not hold such a record.
        """
        try:
            # bytes are the table's own type: without this, msgspec would take any text for base64 of some.
            return msgspec.convert(item, cls, builtin_types=(bytes,))
        except msgspec.ValidationError as error:
            # The message may repeat a value; the path after the last `$` does not.
            path = str(error).rpartition("`$")[2].rstrip("`") if "`$" in str(error) else ""
            raise CorruptItem(str(cls.__struct_config__.tag), path.lstrip(".") or "its root") from None
