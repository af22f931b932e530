import pytest

from luca_shared.aws.expressions import Update, absent, assign, equals
from luca_shared.aws.transactions import TransactCheck, TransactDelete, TransactPut, TransactUpdate, transact_item

KEY = {"pk": "a", "sk": "b"}
WIRE_KEY = {"pk": {"S": "a"}, "sk": {"S": "b"}}


def test_a_put_on_condition_asks_for_the_item_that_fails_it() -> None:
    assert transact_item(TransactPut("luca", KEY, absent())) == {
        "Put": {
            "TableName": "luca",
            "Item": WIRE_KEY,
            "ConditionExpression": "attribute_not_exists(#pk)",
            "ExpressionAttributeNames": {"#pk": "pk"},
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
    }


def test_an_update_carries_its_own_placeholders_and_its_conditions() -> None:
    update = assign({"version": 4}, condition=equals("version", 3))
    assert transact_item(TransactUpdate("luca", KEY, update)) == {
        "Update": {
            "TableName": "luca",
            "Key": WIRE_KEY,
            "UpdateExpression": "SET #version = :version",
            "ConditionExpression": "#version = :was_version",
            "ExpressionAttributeNames": {"#version": "version"},
            "ExpressionAttributeValues": {":version": {"N": "4"}, ":was_version": {"N": "3"}},
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
    }


def test_a_check_asks_for_the_item_that_is_otherwise() -> None:
    assert transact_item(TransactCheck("luca", KEY, equals("version", 3))) == {
        "ConditionCheck": {
            "TableName": "luca",
            "Key": WIRE_KEY,
            "ConditionExpression": "#version = :was_version",
            "ExpressionAttributeNames": {"#version": "version"},
            "ExpressionAttributeValues": {":was_version": {"N": "3"}},
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
    }


def test_writes_without_a_condition_have_no_empty_members() -> None:
    assert transact_item(TransactPut("luca", KEY)) == {"Put": {"TableName": "luca", "Item": WIRE_KEY}}
    assert transact_item(TransactDelete("luca", KEY)) == {"Delete": {"TableName": "luca", "Key": WIRE_KEY}}
    assert transact_item(TransactUpdate("luca", KEY, assign({}, remove=["a"]))) == {
        "Update": {
            "TableName": "luca",
            "Key": WIRE_KEY,
            "UpdateExpression": "REMOVE #a",
            "ExpressionAttributeNames": {"#a": "a"},
        }
    }


def test_an_update_and_its_condition_may_not_mean_two_things_by_one_placeholder() -> None:
    same_value = assign({"was_version": 1}, condition=equals("version", 3))
    with pytest.raises(ValueError, match=":was_version"):
        transact_item(TransactUpdate("luca", KEY, same_value))
    same_name = Update("SET #version = :n", {"#version": "v"}, {":n": 1}, condition=equals("version", 3))
    with pytest.raises(ValueError, match="#version"):
        transact_item(TransactUpdate("luca", KEY, same_name))
