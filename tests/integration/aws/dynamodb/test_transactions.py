import uuid

import pytest
from tests.integration.aws.dynamodb.conftest import (
    ITEM,
    KEY,
    NO_KEY,
    WIRE_ITEM,
    WIRE_KEY,
    WIRE_NO_KEY,
    Trial,
)

from luca_shared.aws import (
    TokenReused,
    TransactCheck,
    TransactDelete,
    TransactPut,
    TransactUpdate,
    Update,
    absent,
    assign,
    equals,
    present,
)


async def test_write_a_transaction(trial: Trial) -> None:
    async def ours() -> None:
        await trial.dynamodb.transact_write(
            [
                TransactPut(trial.table, NO_KEY, absent()),
                TransactUpdate(trial.table, KEY, assign({"version": 4}, condition=equals("version", 3))),
                TransactDelete(trial.table, {"pk": "x", "sk": "y"}),
            ],
            token=uuid.uuid4().hex,
            credentials=trial.credentials,
        )

    async def theirs() -> None:
        await trial.theirs.transact_write_items(
            TransactItems=[
                {
                    "Put": {
                        "TableName": trial.table,
                        "Item": WIRE_NO_KEY,
                        "ConditionExpression": "attribute_not_exists(#pk)",
                        "ExpressionAttributeNames": {"#pk": "pk"},
                        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                    }
                },
                {
                    "Update": {
                        "TableName": trial.table,
                        "Key": WIRE_KEY,
                        "UpdateExpression": "SET #version = :version",
                        "ConditionExpression": "#version = :was_version",
                        "ExpressionAttributeNames": {"#version": "version"},
                        "ExpressionAttributeValues": {":version": {"N": "4"}, ":was_version": {"N": "3"}},
                        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                    }
                },
                {"Delete": {"TableName": trial.table, "Key": {"pk": {"S": "x"}, "sk": {"S": "y"}}}},
            ],
            ClientRequestToken=uuid.uuid4().hex,
        )

    deleted = {"pk": {"S": "x"}, "sk": {"S": "y"}}
    assert await trial.compare(ours, theirs, seed=[WIRE_ITEM, deleted]) is None
    code, item, reasons = await trial.compare(ours, theirs, seed=[{**WIRE_ITEM, "version": {"N": "9"}}])
    assert (code, item) == ("TransactionCanceledException", None)
    assert reasons == [("None", None), ("ConditionalCheckFailed", {**ITEM, "version": 9}), ("None", None)]


async def test_a_transaction_that_checks_an_item_which_it_leaves_as_it_is(trial: Trial) -> None:
    async def ours() -> None:
        await trial.dynamodb.transact_write(
            [TransactPut(trial.table, NO_KEY, absent()), TransactCheck(trial.table, KEY, present())],
            token=uuid.uuid4().hex,
            credentials=trial.credentials,
        )

    async def theirs() -> None:
        await trial.theirs.transact_write_items(
            TransactItems=[
                {
                    "Put": {
                        "TableName": trial.table,
                        "Item": WIRE_NO_KEY,
                        "ConditionExpression": "attribute_not_exists(#pk)",
                        "ExpressionAttributeNames": {"#pk": "pk"},
                        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                    }
                },
                {
                    "ConditionCheck": {
                        "TableName": trial.table,
                        "Key": WIRE_KEY,
                        "ConditionExpression": "attribute_exists(#pk)",
                        "ExpressionAttributeNames": {"#pk": "pk"},
                        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                    }
                },
            ],
            ClientRequestToken=uuid.uuid4().hex,
        )

    assert await trial.compare(ours, theirs, seed=[WIRE_ITEM]) is None
    code, item, reasons = await trial.compare(ours, theirs, seed=[])
    assert (code, item) == ("TransactionCanceledException", None)
    assert reasons == [("None", None), ("ConditionalCheckFailed", None)]


async def test_a_transaction_sent_twice_is_written_once(trial: Trial) -> None:
    token = uuid.uuid4().hex
    writes = [TransactUpdate(trial.table, KEY, Update("ADD #n :one", {"#n": "n"}, {":one": 1}))]
    others = [TransactPut(trial.table, NO_KEY)]
    async with trial.fresh_table():
        for _ in range(2):
            await trial.dynamodb.transact_write(writes, token=token, credentials=trial.credentials)
        with pytest.raises(TokenReused):
            await trial.dynamodb.transact_write(others, token=token, credentials=trial.credentials)
        item = await trial.dynamodb.get_item(trial.table, KEY, credentials=trial.credentials)
    assert item == {**KEY, "n": 1}
