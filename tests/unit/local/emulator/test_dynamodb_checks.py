from typing import Any

import pytest

from luca_local.emulator.dynamodb_checks import Check, MalformedStatementError, Translation
from luca_local.emulator.key_conditions import UnreadableError

KEYS = {("luca", None): "pk", ("luca", "by_class"): "by_class_pk", ("other", None): "id"}


class Tables:
    def arn(self, table: str, index: str | None) -> str:
        return f"{table}/{index}" if index else table

    def partition_key(self, table: str, index: str | None) -> str | None:
        return KEYS.get((table, index))


def parse(statement: str, parameters: list[Any]) -> dict[str, Any]:
    """A parser of one sentence: INSERT the first parameter; SELECT by the first parameter, or all."""
    if statement == "INSERT":
        return {"op": "INSERT", "table": "luca", "index": None, "item": parameters[0]}
    if statement == "SELECT":
        where = ("cmp", "=", ("path", ["pk"]), ("lit", parameters[0], "param")) if parameters else None
        return {"op": "SELECT", "table": "luca", "index": None, "where": where}
    raise ValueError("not well formed")


def checks(operation: str, request: dict[str, Any]) -> list[Check]:
    return Translation(Tables(), parse).checks(operation, request)


def key(school: str, sort: str = "x") -> dict[str, Any]:
    return {"pk": {"S": school}, "sk": {"S": sort}}


@pytest.mark.parametrize("operation", ["GetItem", "DeleteItem", "UpdateItem"])
def test_an_item_is_named_by_its_key(operation: str) -> None:
    assert checks(operation, {"TableName": "luca", "Key": key("a")}) == [Check(f"dynamodb:{operation}", "luca", ("a",))]


def test_a_put_names_its_item() -> None:
    item = key("a") | {"by_class_pk": {"S": "b"}}
    assert checks("PutItem", {"TableName": "luca", "Item": item}) == [Check("dynamodb:PutItem", "luca", ("a",))]


def test_a_query_names_the_partition_key_of_what_it_reads() -> None:
    values = {":v": {"S": "a"}}
    on_table = {"TableName": "luca", "KeyConditionExpression": "pk = :v", "ExpressionAttributeValues": values}
    assert checks("Query", on_table) == [Check("dynamodb:Query", "luca", ("a",))]
    on_index = on_table | {"IndexName": "by_class", "KeyConditionExpression": "by_class_pk = :v"}
    assert checks("Query", on_index) == [Check("dynamodb:Query", "luca/by_class", ("a",))]
    with pytest.raises(UnreadableError):
        checks("Query", on_table | {"IndexName": "by_class"})  # the table's key is none of the index


def test_a_scan_names_none() -> None:
    assert checks("Scan", {"TableName": "luca"}) == [Check("dynamodb:Scan", "luca", None)]
    assert Check("dynamodb:Scan", "luca").context == {}


def test_a_batch_is_one_check_a_table() -> None:
    wanted = {"luca": {"Keys": [key("a"), key("b"), key("a", "y")]}, "other": {"Keys": [{"id": {"N": "1"}}]}}
    assert checks("BatchGetItem", {"RequestItems": wanted}) == [
        Check("dynamodb:BatchGetItem", "luca", ("a", "b")),
        Check("dynamodb:BatchGetItem", "other", ("1",)),
    ]
    writes = {"luca": [{"PutRequest": {"Item": key("a")}}, {"DeleteRequest": {"Key": key("b")}}]}
    assert checks("BatchWriteItem", {"RequestItems": writes}) == [Check("dynamodb:BatchWriteItem", "luca", ("a", "b"))]


def test_a_transaction_is_its_parts() -> None:
    items = [
        {"Put": {"TableName": "luca", "Item": key("a")}},
        {"Put": {"TableName": "luca", "Item": key("a", "y")}},
        {"ConditionCheck": {"TableName": "luca", "Key": key("b")}},
        {"Update": {"TableName": "luca", "Key": key("a")}, "Delete": {"TableName": "luca", "Key": key("c")}},
    ]
    within = "TransactWriteItems"
    assert checks("TransactWriteItems", {"TransactItems": items}) == [
        Check("dynamodb:PutItem", "luca", ("a",), enclosing=within),
        Check("dynamodb:ConditionCheckItem", "luca", ("b",)),
        Check("dynamodb:UpdateItem", "luca", ("a",), enclosing=within),
        Check("dynamodb:DeleteItem", "luca", ("c",), enclosing=within),
    ]


def test_a_statement_is_what_it_does() -> None:
    insert = {"Statement": "INSERT", "Parameters": [key("a")]}
    select = {"Statement": "SELECT", "Parameters": [{"S": "a"}]}
    assert checks("ExecuteStatement", insert) == [Check("dynamodb:PartiQLInsert", "luca", ("a",))]
    assert checks("ExecuteStatement", select) == [Check("dynamodb:PartiQLSelect", "luca", ("a",), full_scan=False)]
    assert checks("ExecuteStatement", {"Statement": "SELECT"}) == [
        Check("dynamodb:PartiQLSelect", "luca", None, full_scan=True)
    ]
    assert checks("ExecuteTransaction", {"TransactStatements": [insert, select]}) == [
        Check("dynamodb:PartiQLInsert", "luca", ("a",), enclosing="ExecuteTransaction"),
        Check("dynamodb:PartiQLSelect", "luca", ("a",), full_scan=False, enclosing="ExecuteTransaction"),
    ]


def test_a_missing_table_has_no_leading_keys() -> None:
    assert checks("GetItem", {"TableName": "none", "Key": key("a")}) == [Check("dynamodb:GetItem", "none", None)]


def test_the_context_holds_what_the_request_says() -> None:
    check = Check("dynamodb:PartiQLSelect", "luca", ("a",), full_scan=False, enclosing="ExecuteTransaction")
    assert check.context == {
        "dynamodb:LeadingKeys": ["a"],
        "dynamodb:FullTableScan": "false",
        "dynamodb:EnclosingOperation": "ExecuteTransaction",
    }


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        ("GetItem", {}),
        ("GetItem", {"TableName": "luca", "Key": {"sk": {"S": "x"}}}),
        ("GetItem", {"TableName": "luca", "Key": {"pk": {"S": "own", "N": "1"}}}),
        ("GetItem", {"TableName": "luca", "Key": {"pk": {"BOOL": True}}}),
        ("GetItem", {"TableName": "luca", "Key": {"pk": "own"}}),
        ("GetItem", {"TableName": "luca", "Key": {"pk": {"S": ["own"]}}}),
        ("GetItem", ["luca"]),
        ("BatchGetItem", {"RequestItems": {}}),
        ("BatchGetItem", {"RequestItems": ["luca"]}),
        ("TransactWriteItems", {"TransactItems": []}),
        ("TransactWriteItems", {"TransactItems": [{}]}),
        ("TransactWriteItems", {"TransactItems": [{"Scan": {"TableName": "luca", "Key": key("a")}}]}),
        ("Query", {"TableName": "luca"}),
        ("ExecuteStatement", {"Parameters": [key("a")]}),
        ("ExecuteStatement", {"Statement": "INSERT", "Parameters": [{"pk": {"S": "a", "N": "1"}}]}),
        ("ExecuteStatement", {"Statement": "INSERT", "Parameters": []}),
    ],
)
def test_a_request_that_cannot_be_told_is_refused(operation: str, request_: Any) -> None:
    with pytest.raises(UnreadableError):
        checks(operation, request_)


def test_a_text_that_is_no_statement_is_told_apart() -> None:
    with pytest.raises(MalformedStatementError):
        checks("ExecuteStatement", {"Statement": "SELEC"})
