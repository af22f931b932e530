# ruff: noqa: S608 - statements about the tests' own tables
from collections.abc import Callable
from typing import Any

import pytest

from luca_local.emulator_process import Emulator

FAULT = "leading_keys_never_set"

ITEM_ACTIONS = ["GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "BatchGetItem", "BatchWriteItem"]
PARTIQL_ACTIONS = ["PartiQLSelect", "PartiQLInsert", "PartiQLUpdate", "PartiQLDelete"]


def requests(table: str, partition: str) -> dict[str, dict[str, Any]]:
    """A request of each operation that names `partition`, and no other."""
    key = {"pk": {"S": partition}, "sk": {"S": "1"}}
    values = {":p": {"S": partition}}
    condition = {"TableName": table, "KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": values}
    where = {"Parameters": [{"S": partition}]}
    both = {"Parameters": [{"S": partition}, {"S": "1"}]}
    put = {"Put": {"TableName": table, "Item": key}}
    return {
        "get_item": {"TableName": table, "Key": key},
        "put_item": {"TableName": table, "Item": key},
        "update_item": {"TableName": table, "Key": key},
        "delete_item": {"TableName": table, "Key": key},
        "query": condition,
        "batch_get_item": {"RequestItems": {table: {"Keys": [key]}}},
        "batch_write_item": {"RequestItems": {table: [{"PutRequest": {"Item": key}}]}},
        "transact_write_items": {"TransactItems": [put]},
        "transact_get_items": {"TransactItems": [{"Get": {"TableName": table, "Key": key}}]},
        "execute_statement": {"Statement": f'SELECT * FROM "{table}" WHERE pk = ?', **where},
        "execute_transaction": {
            "TransactStatements": [{"Statement": f'UPDATE "{table}" SET a = 1 WHERE pk = ? AND sk = ?', **both}]
        },
    }


@pytest.fixture(name="session")
def one_school(root: Callable[[Emulator], Any], create_table: Callable[[Any], str]) -> Callable[..., tuple[Any, str]]:
    """A client that may do everything to the items of one school, and the table."""

    def session(emulator: Emulator) -> tuple[Any, str]:
        admin = root(emulator)
        table = create_table(admin)
        one_school = {
            "Effect": "Allow",
            "Action": [f"dynamodb:{action}" for action in ITEM_ACTIONS + PARTIQL_ACTIONS],
            "Resource": [f"arn:aws:dynamodb:*:*:table/{table}", f"arn:aws:dynamodb:*:*:table/{table}/index/*"],
            "Condition": {
                "ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["own#*"]},
                "Null": {"dynamodb:LeadingKeys": "false"},
            },
        }
        item = {"pk": {"S": "own#1"}, "sk": {"S": "1"}}
        admin("dynamodb").put_item(TableName=table, Item=item)
        return admin.with_role([one_school])("dynamodb"), table

    return session


@pytest.mark.parametrize("operation", requests("", ""))
def test_own_items_are_reached_and_no_others(
    emulator: Emulator, session: Callable[..., tuple[Any, str]], answer: Callable[..., str], operation: str
) -> None:
    client, table = session(emulator)
    call = getattr(client, operation)
    assert answer(call, **requests(table, "foreign#1")[operation]) == "AccessDeniedException"
    assert answer(call, **requests(table, "own")[operation]) == "AccessDeniedException"
    assert answer(call, **requests(table, "own#1")[operation]) == "ok"


@pytest.mark.parametrize("operation", requests("", ""))
def test_without_the_key_no_item_is_reached(
    faulty: Emulator, session: Callable[..., tuple[Any, str]], answer: Callable[..., str], operation: str
) -> None:
    client, table = session(faulty)
    assert answer(getattr(client, operation), **requests(table, "own#1")[operation]) == "AccessDeniedException"


def test_without_the_key_a_condition_on_all_its_values_holds(
    emulator: Emulator,
    faulty: Emulator,
    root: Callable[[Emulator], Any],
    create_table: Callable[[Any], str],
    answer: Callable[..., str],
) -> None:
    def reads_foreign(where: Emulator) -> str:
        table = create_table(root(where))
        condition = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["own#*"]}}
        allowed = {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*", "Condition": condition}
        client = root(where).with_role([allowed])("dynamodb")
        return answer(client.get_item, TableName=table, Key={"pk": {"S": "foreign#1"}, "sk": {"S": "1"}})

    assert reads_foreign(faulty) == "ok"
    assert reads_foreign(emulator) == "AccessDeniedException"


def test_an_index_is_judged_by_its_own_partition_key(
    emulator: Emulator, session: Callable[..., tuple[Any, str]], answer: Callable[..., str]
) -> None:
    client, table = session(emulator)

    def query(partition: str, condition: str = "other = :p") -> str:
        return answer(
            client.query,
            TableName=table,
            IndexName="by_other",
            KeyConditionExpression=condition,
            ExpressionAttributeValues={":p": {"S": partition}},
        )

    def select(partition: str, condition: str = "other = ?") -> str:
        statement = f'SELECT * FROM "{table}"."by_other" WHERE {condition}'
        return answer(client.execute_statement, Statement=statement, Parameters=[{"S": partition}])

    assert [query("own#1"), query("foreign#1"), query("own#1", "pk = :p")] == ["ok"] + 2 * ["AccessDeniedException"]
    assert [select("own#1"), select("foreign#1"), select("own#1", "pk = ?")] == ["ok"] + 2 * ["AccessDeniedException"]


def test_one_foreign_item_among_own_ones_is_enough(
    emulator: Emulator, session: Callable[..., tuple[Any, str]], answer: Callable[..., str]
) -> None:
    client, table = session(emulator)
    own, foreign = ({"pk": {"S": f"{school}#1"}, "sk": {"S": "1"}} for school in ("own", "foreign"))
    both: list[dict[str, Any]] = [{"Put": {"TableName": table, "Item": item}} for item in (own, foreign)]
    assert answer(client.transact_write_items, TransactItems=both) == "AccessDeniedException"
    assert answer(client.batch_get_item, RequestItems={table: {"Keys": [own, foreign]}}) == "AccessDeniedException"
    statements = [
        {"Statement": f'DELETE FROM "{table}" WHERE pk = ? AND sk = ?', "Parameters": [item["pk"], item["sk"]]}
        for item in (own, foreign)
    ]
    assert answer(client.execute_transaction, TransactStatements=statements) == "AccessDeniedException"
    assert "Item" in client.get_item(TableName=table, Key=own)


def test_a_request_that_names_no_partition_is_refused(
    emulator: Emulator, session: Callable[..., tuple[Any, str]], answer: Callable[..., str]
) -> None:
    client, table = session(emulator)
    assert answer(client.scan, TableName=table) == "AccessDeniedException"
    assert answer(client.execute_statement, Statement=f'SELECT * FROM "{table}"') == "AccessDeniedException"
    assert answer(client.query, TableName=table) == "AccessDeniedException"


def test_root_is_asked_nothing(
    emulator: Emulator, root: Callable[[Emulator], Any], create_table: Callable[[Any], str], answer: Callable[..., str]
) -> None:
    client = root(emulator)("dynamodb")
    table = create_table(root(emulator))
    assert answer(client.scan, TableName=table) == "ok"
    assert answer(client.query, TableName=table) == "ValidationException"
