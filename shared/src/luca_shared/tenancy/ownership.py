"""The second wall's last check: what is about to leave the process names the school that it leaves for, and no other.

Keys are built from a context, so a foreign one means that two contexts were mixed up. Item attributes are plain values,
and an index is filed by some of them: IAM looks at the table's own key only, so an item with another school's name in
`by_class_pk` would be written, and would show up in that school's gradebook. Nothing but this check stops that.
"""

from collections.abc import Mapping
from typing import Any, Final

from luca_shared.aws.expressions import Update
from luca_shared.tenancy.ids import SchoolId
from luca_shared.tenancy.key_types import Index, Key, Range

_INDEX_PARTITIONS: Final = tuple(f"{index}_pk" for index in Index)
_KEY_ATTRIBUTES: Final = ("pk", "sk")


class ForeignKey(Exception):
    """Something of another school was about to be read or written; nothing has been. The text names neither."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} belongs to another school than the context")


class Ownership:
    """What one school owns."""

    def __init__(self, school_id: SchoolId) -> None:
        self._prefix = f"TENANT#{school_id}#"

    def check_key(self, key: Key) -> None:
        """Raise ForeignKey unless the key is the school's, TypeError unless it is a `Key` at all."""
        if not isinstance(key, Key):
            raise TypeError("a key is made by luca_shared.tenancy.keys")
        self._check_partition(key.pk, "a key")

    def check_range(self, range_: Range) -> None:
        """Raise ForeignKey unless the range is the school's, TypeError unless it is a `Range` at all."""
        if not isinstance(range_, Range):
            raise TypeError("a range is made by luca_shared.tenancy.keys")
        self._check_partition(range_.pk, "a range")

    def check_attributes(self, attributes: Mapping[str, Any]) -> None:
        """Raise ForeignKey if an item with these attributes would be filed under another school in an index.

        Raises:
            ValueError: they hold the item's own key, which is given apart.
        """
        for name in _KEY_ATTRIBUTES:
            if name in attributes:
                raise ValueError(f"the attributes hold {name}, which is the key's")
        for name in _INDEX_PARTITIONS:
            if name in attributes:
                self._check_partition(attributes[name], "an index attribute")

    def check_update(self, update: Update) -> None:
        """Raise ForeignKey if an update might file an item under another school in an index."""
        named = (*update.names.values(), update.expression)
        if any(partition in text for partition in _INDEX_PARTITIONS for text in named):
            # Which value goes to which attribute is the expression's secret; so none may be another school's.
            for value in update.values.values():
                if isinstance(value, str) and value.startswith("TENANT#"):
                    self._check_partition(value, "an index attribute")

    def _check_partition(self, partition: object, what: str) -> None:
        if not isinstance(partition, str) or not partition.startswith(self._prefix):
            raise ForeignKey(what)
