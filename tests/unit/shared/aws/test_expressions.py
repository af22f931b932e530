from typing import Any

import pytest

from luca_shared.aws.expressions import (
    BeginsWith,
    Between,
    Condition,
    Query,
    absent,
    assign,
    equals,
    present,
    query_members,
)


def test_conditions_keep_names_and_values_out_of_their_text() -> None:
    assert absent() == Condition("attribute_not_exists(#pk)", {"#pk": "pk"})
    assert present("name") == Condition("attribute_exists(#name)", {"#name": "name"})
    assert equals("version", 3) == Condition("#version = :was_version", {"#version": "version"}, {":was_version": 3})


def test_both_conditions_hold_of_a_conjunction() -> None:
    assert present() & equals("version", 3) == Condition(
        "(attribute_exists(#pk)) AND (#version = :was_version)",
        {"#pk": "pk", "#version": "version"},
        {":was_version": 3},
    )


def test_two_meanings_of_a_placeholder_are_refused() -> None:
    with pytest.raises(ValueError, match=":was_version"):
        _ = equals("version", 3) & equals("version", 4)


@pytest.mark.parametrize("attribute", ["", "a b", "a#", "a-b", "1a", "año"])
def test_a_name_that_is_no_placeholder_is_refused(attribute: str) -> None:
    with pytest.raises(ValueError, match="letters, digits and underscores"):
        equals(attribute, 1)


def test_an_assignment_sets_and_removes() -> None:
    update = assign({"version": 4, "status": "late"}, remove=["pending_pk"], condition=equals("version", 3))
    assert update.expression == "SET #version = :version, #status = :status REMOVE #pending_pk"
    assert update.names == {"#version": "version", "#status": "status", "#pending_pk": "pending_pk"}
    assert update.values == {":version": 4, ":status": "late"}
    assert update.condition == equals("version", 3)
    assert assign({}, remove=["a"]).expression == "REMOVE #a"


def test_an_assignment_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one attribute"):
        assign({})


@pytest.mark.parametrize(
    ("query", "members"),
    [
        (
            Query(partition=("pk", "P")),
            {
                "KeyConditionExpression": "#partition = :partition",
                "ExpressionAttributeNames": {"#partition": "pk"},
                "ExpressionAttributeValues": {":partition": {"S": "P"}},
            },
        ),
        (
            Query(partition=("pk", "P"), sort=BeginsWith("sk", "GRADE#"), consistent=True, limit=5, ascending=False),
            {
                "KeyConditionExpression": "#partition = :partition AND begins_with(#sort, :prefix)",
                "ExpressionAttributeNames": {"#partition": "pk", "#sort": "sk"},
                "ExpressionAttributeValues": {":partition": {"S": "P"}, ":prefix": {"S": "GRADE#"}},
                "ConsistentRead": True,
                "Limit": 5,
                "ScanIndexForward": False,
            },
        ),
        (
            Query(
                partition=("class_pk", "P"),
                index="by_class",
                sort=Between("class_sk", "a", "b"),
                start={"pk": "x", "sk": "y"},
                filter=equals("status", "late"),
            ),
            {
                "IndexName": "by_class",
                "KeyConditionExpression": "#partition = :partition AND #sort BETWEEN :low AND :high",
                "FilterExpression": "#status = :was_status",
                "ExpressionAttributeNames": {"#partition": "class_pk", "#sort": "class_sk", "#status": "status"},
                "ExpressionAttributeValues": {
                    ":partition": {"S": "P"},
                    ":low": {"S": "a"},
                    ":high": {"S": "b"},
                    ":was_status": {"S": "late"},
                },
                "ExclusiveStartKey": {"pk": {"S": "x"}, "sk": {"S": "y"}},
            },
        ),
    ],
)
def test_a_query_is_told_in_dynamodbs_members(query: Query, members: dict[str, Any]) -> None:
    assert query_members(query) == members


def test_data_stays_out_of_reprs() -> None:
    assert "SECRET" not in repr(equals("name", "SECRET"))
    assert "SECRET" not in repr(assign({"name": "SECRET"}, condition=equals("name", "SECRET")))
