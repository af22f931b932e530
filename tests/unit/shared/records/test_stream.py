"""The stream's records: what changed, who removed it, and nothing quoted when they can't be read."""

from decimal import Decimal
from typing import Any

import pytest

from luca_shared.records.record import CorruptItem
from luca_shared.records.stream import Change, StreamRecord

KEYS = {"pk": {"S": "TENANT#norte#STUDENT#s42"}, "sk": {"S": "PROFILE"}}


def wire(change: str = "MODIFY", **dynamodb: Any) -> dict[str, Any]:
    return {
        "eventID": "1",
        "eventName": change,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_790_000_000.5,
            "Keys": KEYS,
            "SequenceNumber": "111",
            "SizeBytes": 26,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
            **dynamodb,
        },
    }


def test_a_change_has_both_images_decoded() -> None:
    record = StreamRecord.from_wire(
        wire(NewImage={**KEYS, "score": {"N": "8.5"}}, OldImage={**KEYS, "score": {"N": "8"}})
    )
    assert record.change is Change.MODIFY
    assert (record.pk, record.sk, record.sequence_number) == ("TENANT#norte#STUDENT#s42", "PROFILE", "111")
    assert record.created_at == 1_790_000_000.5
    assert record.new is not None
    assert record.old is not None
    assert (record.new["score"], record.old["score"]) == (Decimal("8.5"), 8)
    assert not record.expired


def test_an_insert_has_no_old_image_and_a_removal_no_new_one() -> None:
    assert StreamRecord.from_wire(wire("INSERT", NewImage=KEYS)).old is None
    assert StreamRecord.from_wire(wire("REMOVE", OldImage=KEYS)).new is None


def test_a_removal_by_time_to_live_is_told_from_one_by_somebody() -> None:
    removal = wire("REMOVE", OldImage=KEYS)
    assert not StreamRecord.from_wire(removal).expired
    ttl = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
    assert StreamRecord.from_wire(removal | {"userIdentity": ttl}).expired
    other = {"type": "Service", "principalId": "somebody"}
    assert not StreamRecord.from_wire(removal | {"userIdentity": other}).expired
    assert not StreamRecord.from_wire(removal | {"userIdentity": None}).expired


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"eventName": "MODIFY"},
        wire("RENAME"),
        wire(Keys={}),
        wire(Keys={"pk": {"S": "Ana"}}),
        wire(Keys={"pk": {"N": "5"}, "sk": {"S": "x"}}),
        wire(Keys="Ana"),
        wire(NewImage={"name": "Ana"}),
        wire(NewImage={"name": {"Ana": "Ana"}}),
        wire(NewImage={"name": {"B": "Ana!"}}),
        wire(NewImage={"name": {"N": "Ana"}}),
        wire(SequenceNumber=1),
    ],
    ids=range(12),
)
def test_what_is_no_stream_record_is_refused_and_not_quoted(record: dict[str, Any]) -> None:
    with pytest.raises(CorruptItem) as error:
        StreamRecord.from_wire(record)
    assert "Ana" not in str(error.value)
