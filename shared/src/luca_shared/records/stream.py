"""A change as the table's stream tells it, the shape that the lake and its replay are made of."""

from enum import StrEnum
from typing import Any, Self

import msgspec

from luca_shared.aws.attributes import decode_item
from luca_shared.records.record import CorruptItem

# Whom DynamoDB names as the author of a deletion by time to live (developer guide, "DynamoDB Streams and TTL").
_TTL_PRINCIPAL = "dynamodb.amazonaws.com"


class Change(StrEnum):
    """What happened to an item."""

    INSERT = "INSERT"
    MODIFY = "MODIFY"
    REMOVE = "REMOVE"


class _UserIdentity(msgspec.Struct, frozen=True, rename={"principal_id": "principalId"}):
    type: str = ""
    principal_id: str = ""


class _Keys(msgspec.Struct, frozen=True):
    pk: str
    sk: str


class _StreamData(msgspec.Struct, frozen=True, rename="pascal"):
    keys: dict[str, Any]
    sequence_number: str
    new_image: dict[str, Any] | None = None
    old_image: dict[str, Any] | None = None
    approximate_creation_date_time: float = 0


class _WireRecord(msgspec.Struct, frozen=True, rename="camel"):
    event_name: Change
    dynamodb: _StreamData
    user_identity: _UserIdentity | None = None


class StreamRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A change of one item, decoded."""

    change: Change
    pk: str
    sk: str
    sequence_number: str
    created_at: float  # seconds since the epoch, as exact as DynamoDB tells it
    new: dict[str, Any] | None
    old: dict[str, Any] | None
    expired: bool  # removed by time to live, not by anybody

    @classmethod
    def from_wire(cls, record: dict[str, Any]) -> Self:
        """Parse a record of DynamoDB Streams (`GetRecords`, or what EventBridge Pipes hands on).

        Raises:
            CorruptItem: it is not one.
        """
        try:
            wire = msgspec.convert(record, _WireRecord)
            keys = msgspec.convert(decode_item(wire.dynamodb.keys), _Keys)
            return cls(
                change=wire.event_name,
                pk=keys.pk,
                sk=keys.sk,
                sequence_number=wire.dynamodb.sequence_number,
                created_at=wire.dynamodb.approximate_creation_date_time,
                new=decode_item(wire.dynamodb.new_image) if wire.dynamodb.new_image is not None else None,
                old=decode_item(wire.dynamodb.old_image) if wire.dynamodb.old_image is not None else None,
                expired=wire.user_identity is not None and wire.user_identity.principal_id == _TTL_PRINCIPAL,
            )
        except (msgspec.ValidationError, TypeError, ValueError, ArithmeticError):
            raise CorruptItem("stream record", "its root") from None
