from decimal import Decimal
from typing import Any

import pytest
from tests.integration.aws.dynamodb.conftest import ITEM, KEY, WIRE_ITEM, WIRE_KEY, Trial, plain_item

from luca_shared.aws import (
    Update,
    absent,
    assign,
    equals,
    present,
)


@pytest.mark.parametrize("consistent", [False, True])
async def test_get_an_item(trial: Trial, consistent: bool) -> None:
    async def ours() -> Any:
        return await trial.dynamodb.get_item(trial.table, KEY, credentials=trial.credentials, consistent=consistent)

    async def theirs() -> Any:
        extra: Any = {"ConsistentRead": True} if consistent else {}
        answer = await trial.theirs.get_item(TableName=trial.table, Key=WIRE_KEY, **extra)
        return plain_item(answer.get("Item"))

    assert await trial.compare(ours, theirs, seed=[WIRE_ITEM]) == ITEM
    assert await trial.compare(ours, theirs) is None


async def test_put_an_item(trial: Trial) -> None:
    async def ours() -> None:
        await trial.dynamodb.put_item(trial.table, ITEM, credentials=trial.credentials)

    async def theirs() -> None:
        await trial.theirs.put_item(TableName=trial.table, Item=WIRE_ITEM)

    await trial.compare(ours, theirs)
    await trial.compare(ours, theirs, seed=[{**WIRE_KEY, "old": {"S": "x"}}])


async def test_put_an_item_on_condition(trial: Trial) -> None:
    async def ours() -> None:
        await trial.dynamodb.put_item(
            trial.table,
            ITEM,
            condition=absent(),
            credentials=trial.credentials,
        )

    async def theirs() -> None:
        await trial.theirs.put_item(
            TableName=trial.table,
            Item=WIRE_ITEM,
            ConditionExpression="attribute_not_exists(#pk)",
            ExpressionAttributeNames={"#pk": "pk"},
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )

    await trial.compare(ours, theirs)
    code, item, _ = await trial.compare(ours, theirs, seed=[{**WIRE_KEY, "version": {"N": "7"}}])
    assert (code, item) == ("ConditionalCheckFailedException", {**KEY, "version": 7})


async def test_update_an_item_on_condition(trial: Trial) -> None:
    update = assign(
        {"version": 4, "score": Decimal("9.25")}, remove=["comment"], condition=present() & equals("version", 3)
    )

    async def ours() -> Any:
        return await trial.dynamodb.update_item(trial.table, KEY, update, credentials=trial.credentials)

    async def theirs() -> Any:
        answer = await trial.theirs.update_item(
            TableName=trial.table,
            Key=WIRE_KEY,
            UpdateExpression="SET #version = :version, #score = :score REMOVE #comment",
            ConditionExpression="(attribute_exists(#pk)) AND (#version = :was_version)",
            ExpressionAttributeNames={"#version": "version", "#score": "score", "#comment": "comment", "#pk": "pk"},
            ExpressionAttributeValues={":version": {"N": "4"}, ":score": {"N": "9.25"}, ":was_version": {"N": "3"}},
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
            ReturnValues="ALL_NEW",
        )
        return plain_item(answer["Attributes"])

    new = await trial.compare(ours, theirs, seed=[WIRE_ITEM])
    assert (new["version"], new["score"], "comment" in new) == (4, Decimal("9.25"), False)
    newer = {**WIRE_ITEM, "version": {"N": "5"}}
    code, item, _ = await trial.compare(ours, theirs, seed=[newer])
    assert (code, item) == ("ConditionalCheckFailedException", {**ITEM, "version": 5})
    code, item, _ = await trial.compare(ours, theirs)
    assert (code, item) == ("ConditionalCheckFailedException", None)


async def test_update_an_item_without_a_condition(trial: Trial) -> None:
    async def ours() -> Any:
        update = Update("ADD #n :one", {"#n": "n"}, {":one": 1})
        return await trial.dynamodb.update_item(trial.table, KEY, update, credentials=trial.credentials)

    async def theirs() -> Any:
        answer = await trial.theirs.update_item(
            TableName=trial.table,
            Key=WIRE_KEY,
            UpdateExpression="ADD #n :one",
            ExpressionAttributeNames={"#n": "n"},
            ExpressionAttributeValues={":one": {"N": "1"}},
            ReturnValues="ALL_NEW",
        )
        return plain_item(answer["Attributes"])

    assert await trial.compare(ours, theirs) == {**KEY, "n": 1}


async def test_delete_an_item(trial: Trial) -> None:
    async def ours() -> None:
        await trial.dynamodb.delete_item(trial.table, KEY, credentials=trial.credentials)

    async def theirs() -> None:
        await trial.theirs.delete_item(TableName=trial.table, Key=WIRE_KEY)

    await trial.compare(ours, theirs, seed=[WIRE_ITEM])
    await trial.compare(ours, theirs)


async def test_delete_an_item_on_condition(trial: Trial) -> None:
    async def ours() -> None:
        condition = equals("version", 3)
        await trial.dynamodb.delete_item(trial.table, KEY, condition=condition, credentials=trial.credentials)

    async def theirs() -> None:
        await trial.theirs.delete_item(
            TableName=trial.table,
            Key=WIRE_KEY,
            ConditionExpression="#version = :was_version",
            ExpressionAttributeNames={"#version": "version"},
            ExpressionAttributeValues={":was_version": {"N": "3"}},
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )

    await trial.compare(ours, theirs, seed=[WIRE_ITEM])
    code, item, _ = await trial.compare(ours, theirs, seed=[{**WIRE_ITEM, "version": {"N": "4"}}])
    assert (code, item) == ("ConditionalCheckFailedException", {**ITEM, "version": 4})


async def test_a_mistake_has_the_same_code(trial: Trial) -> None:
    async def ours() -> Any:
        return await trial.dynamodb.get_item(trial.table, {"pk": "only"}, credentials=trial.credentials)

    async def theirs() -> Any:
        return await trial.theirs.get_item(TableName=trial.table, Key={"pk": {"S": "only"}})

    code, _, _ = await trial.compare(ours, theirs)
    assert code == "ValidationException"
