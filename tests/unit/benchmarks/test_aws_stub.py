"""The AWS of the benchmarks is small, but what it does is true: versions, conditions, whose keys are whose."""

from collections.abc import Iterable
from typing import Any

import orjson
import pytest
from tests.benchmarks.aws_stub.dynamodb import DynamoDB, Refused
from tests.benchmarks.aws_stub.store import Store, Wire

ABSENT: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(#pk)", "ExpressionAttributeNames": {"#pk": "pk"}}


def item(sort_key: str, version: int = 1, **more: Any) -> Wire:
    return {"pk": {"S": "TENANT#norte#X"}, "sk": {"S": sort_key}, "version": {"N": str(version)}, **more}


def seed(school_id: str) -> Iterable[tuple[str, Wire]]:
    if school_id == "norte":
        yield from (("luca", item(f"A#{number}")) for number in range(3))


def key(sort_key: str) -> Wire:
    return {"pk": {"S": "TENANT#norte#X"}, "sk": {"S": sort_key}}


@pytest.fixture
def store() -> Store:
    return Store(seed)


@pytest.fixture
def dynamodb(store: Store) -> DynamoDB:
    return DynamoDB(store)


def ask(dynamodb: DynamoDB, operation: str, school_id: str = "norte", **request: Any) -> Any:
    return orjson.loads(dynamodb.carry_out(operation, {"TableName": "luca", **request}, school_id))


def transact(dynamodb: DynamoDB, *puts: dict[str, Any], token: str = "t") -> Any:  # noqa: S107  # the transaction's
    return ask(dynamodb, "TransactWriteItems", TransactItems=[{"Put": put} for put in puts], ClientRequestToken=token)


def replacing(version: int, new: Wire) -> dict[str, Any]:
    return {
        "TableName": "luca",
        "Item": new,
        "ConditionExpression": "#version = :was",
        "ExpressionAttributeNames": {"#version": "version"},
        "ExpressionAttributeValues": {":was": {"N": str(version)}},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }


def test_what_was_seeded_can_be_read(dynamodb: DynamoDB) -> None:
    assert ask(dynamodb, "GetItem", Key=key("A#1")) == {"Item": item("A#1")}
    assert ask(dynamodb, "GetItem", Key=key("A#9")) == {}
    found = ask(dynamodb, "BatchGetItem", RequestItems={"luca": {"Keys": [key("A#0"), key("A#9")]}})
    assert found["Responses"] == {"luca": [item("A#0")]}


def test_a_query_gives_a_range_in_order_and_says_where_it_goes_on(dynamodb: DynamoDB) -> None:
    request: dict[str, Any] = {
        "KeyConditionExpression": "#partition = :partition AND #sort BETWEEN :low AND :high",
        "ExpressionAttributeNames": {"#partition": "pk", "#sort": "sk"},
        "ExpressionAttributeValues": {
            ":partition": {"S": "TENANT#norte#X"},
            ":low": {"S": "A#0"},
            ":high": {"S": "A#1"},
        },
    }
    assert ask(dynamodb, "Query", **request)["Items"] == [item("A#0"), item("A#1")]
    first = ask(dynamodb, "Query", **request, Limit=1)
    assert first["LastEvaluatedKey"] == key("A#0")
    second = ask(dynamodb, "Query", **request, ExclusiveStartKey=first["LastEvaluatedKey"])
    assert second["Items"] == [item("A#1")]


def test_a_transaction_is_all_or_nothing_and_shows_what_it_met(dynamodb: DynamoDB) -> None:
    new = {"TableName": "luca", "Item": item("B#1"), **ABSENT}
    with pytest.raises(Refused) as refused:
        transact(dynamodb, replacing(7, item("A#1", 8)), new)
    reasons = orjson.loads(refused.value.body)["CancellationReasons"]
    assert reasons == [{"Code": "ConditionalCheckFailed", "Item": item("A#1")}, {"Code": "None"}]
    assert ask(dynamodb, "GetItem", Key=key("B#1")) == {}
    transact(dynamodb, replacing(1, item("A#1", 2)), new)
    assert ask(dynamodb, "GetItem", Key=key("A#1")) == {"Item": item("A#1", 2)}
    assert ask(dynamodb, "GetItem", Key=key("B#1")) == {"Item": item("B#1")}


def test_a_transaction_that_is_sent_again_happens_once(dynamodb: DynamoDB) -> None:
    transact(dynamodb, replacing(1, item("A#1", 2)), token="same")
    transact(dynamodb, replacing(1, item("A#1", 2)), token="same")
    with pytest.raises(Refused, match="TransactionCanceled"):
        transact(dynamodb, replacing(1, item("A#1", 2)), token="another")


def test_a_put_on_condition_that_there_is_none_meets_the_one_there_is(dynamodb: DynamoDB) -> None:
    with pytest.raises(Refused, match="ConditionalCheckFailed"):
        ask(dynamodb, "PutItem", Item=item("A#1"), **ABSENT)


def test_another_schools_keys_are_refused(dynamodb: DynamoDB) -> None:
    requests: dict[str, dict[str, Any]] = {"GetItem": {"Key": key("A#1")}, "PutItem": {"Item": item("A#1")}}
    for operation, request in requests.items():
        with pytest.raises(Refused, match="AccessDenied"):
            ask(dynamodb, operation, school_id="norte-2", **request)


def test_what_it_does_not_know_it_refuses(dynamodb: DynamoDB) -> None:
    with pytest.raises(Refused):
        ask(dynamodb, "UpdateItem", Key=key("A#1"))
    with pytest.raises(Refused):
        ask(dynamodb, "PutItem", Item=item("A#1"), ConditionExpression="size(pk) > :n")


def test_reset_brings_back_what_was_seeded(dynamodb: DynamoDB, store: Store) -> None:
    transact(dynamodb, replacing(1, item("A#1", 2)), {"TableName": "luca", "Item": item("B#1"), **ABSENT})
    transact(dynamodb, replacing(2, item("A#1", 3)), token="u")
    store.reset()
    assert ask(dynamodb, "GetItem", Key=key("A#1")) == {"Item": item("A#1")}
    assert ask(dynamodb, "GetItem", Key=key("B#1")) == {}


def test_numbers_come_back_as_dynamodb_gives_them(dynamodb: DynamoDB) -> None:
    ask(dynamodb, "PutItem", Item=item("C", percent={"N": "84.0"}, score={"N": "8.50"}, most={"N": "100"}))
    found = ask(dynamodb, "GetItem", Key=key("C"))["Item"]
    assert (found["percent"], found["score"], found["most"]) == ({"N": "84"}, {"N": "8.5"}, {"N": "100"})
