import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from luca_local.emulator_process import Emulator

FAULT = "ttl_deletes_skip_streams"


@pytest.fixture(scope="module")
def hurried() -> Iterator[Emulator]:
    """An emulator that looks for expired items all the time."""
    with Emulator(settings={"LUCA_EMULATOR_TTL_SECONDS": "0.05"}) as running:
        yield running


def test_an_expired_item_leaves_a_record_of_the_service(
    hurried: Emulator, root: Callable[[Emulator], Any], create_table: Callable[[Any], str]
) -> None:
    admin = root(hurried)
    table = create_table(admin)
    client = admin("dynamodb")
    client.update_time_to_live(
        TableName=table, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires_at"}
    )
    now = time.time()
    times = {
        "due": {"N": str(int(now) - 1)},
        "later": {"N": str(int(now) + 3600)},
        "text": {"S": str(int(now) - 1)},
        "ancient": {"N": "1"},
    }
    for sort, expires_at in times.items():
        client.put_item(TableName=table, Item={"pk": {"S": "a"}, "sk": {"S": sort}, "expires_at": expires_at})
    client.put_item(TableName=table, Item={"pk": {"S": "a"}, "sk": {"S": "never"}})

    removed = _removals(admin, table)
    assert [record["dynamodb"]["Keys"]["sk"]["S"] for record in removed] == ["due"]
    assert removed[0]["userIdentity"] == {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"}
    assert removed[0]["dynamodb"]["OldImage"]["expires_at"] == times["due"]
    left = client.query(
        TableName=table, KeyConditionExpression="pk = :p", ExpressionAttributeValues={":p": {"S": "a"}}
    )["Items"]
    assert {item["sk"]["S"] for item in left} == {"later", "text", "ancient", "never"}


def _removals(admin: Any, table: str) -> list[Any]:
    """The records of removals, once there is one."""
    streams = admin("dynamodbstreams")
    arn = admin("dynamodb").describe_table(TableName=table)["Table"]["LatestStreamArn"]
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        found = streams.get_records(ShardIterator=iterator["ShardIterator"])["Records"]
        if removed := [record for record in found if record["eventName"] == "REMOVE"]:
            return removed
        time.sleep(0.02)
    pytest.fail("no record of an expired item")
