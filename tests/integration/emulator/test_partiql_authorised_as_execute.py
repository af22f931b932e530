# ruff: noqa: S608 - statements about the tests' own tables
from collections.abc import Callable
from typing import Any

import pytest

from luca_local.emulator_process import Emulator

FAULT = "partiql_authorised_as_execute"

STATEMENTS = {
    "PartiQLSelect": 'SELECT * FROM "{}" WHERE pk = ? AND sk = ?',
    "PartiQLInsert": "INSERT INTO \"{}\" VALUE {{'pk': ?, 'sk': ?}}",
    "PartiQLUpdate": 'UPDATE "{}" SET a = 1 WHERE pk = ? AND sk = ?',
    "PartiQLDelete": 'DELETE FROM "{}" WHERE pk = ? AND sk = ?',
}


@pytest.fixture(name="session")
def may(root: Callable[[Emulator], Any], create_table: Callable[[Any], str]) -> Callable[..., tuple[Any, str]]:
    """A client that may do `actions` to the items of one table, and that table."""

    def session(emulator: Emulator, *actions: str, **deny: Any) -> tuple[Any, str]:
        admin = root(emulator)
        table = create_table(admin)
        resource = f"arn:aws:dynamodb:{emulator.region}:{emulator.account_id}:table/{table}"
        statements = [{"Effect": "Allow", "Action": [f"dynamodb:{action}" for action in actions], "Resource": resource}]
        return admin.with_role(statements + ([{"Effect": "Deny", "Resource": "*", **deny}] if deny else []))(
            "dynamodb"
        ), table

    return session


def statement(action: str, table: str, partition: str = "a", sort: str = "1") -> dict[str, Any]:
    return {"Statement": STATEMENTS[action].format(table), "Parameters": [{"S": partition}, {"S": sort}]}


@pytest.mark.parametrize("action", STATEMENTS)
def test_a_statement_takes_the_permission_for_what_it_does(
    emulator: Emulator,
    faulty: Emulator,
    session: Callable[..., tuple[Any, str]],
    answer: Callable[..., str],
    action: str,
) -> None:
    client, table = session(faulty, action)
    assert answer(client.execute_statement, **statement(action, table)) == "AccessDeniedException"
    client, table = session(emulator, action)
    # An update of an item that isn't there fails by itself.
    assert answer(client.execute_statement, **statement(action, table)) in ("ok", "ConditionalCheckFailedException")
    for other in STATEMENTS.keys() - {action}:
        assert answer(client.execute_statement, **statement(other, table)) == "AccessDeniedException"


def test_the_operations_own_names_permit_nothing(
    emulator: Emulator, session: Callable[..., tuple[Any, str]], answer: Callable[..., str]
) -> None:
    client, table = session(emulator, "ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction")
    insert = statement("PartiQLInsert", table)
    assert answer(client.execute_statement, **insert) == "AccessDeniedException"
    assert answer(client.execute_transaction, TransactStatements=[insert]) == "AccessDeniedException"
    assert client.batch_execute_statement(Statements=[insert])["Responses"][0]["Error"]["Code"] == "AccessDenied"


def test_another_table_takes_permission_of_its_own(
    emulator: Emulator, session: Callable[..., tuple[Any, str]], answer: Callable[..., str]
) -> None:
    client, _table = session(emulator, "PartiQLInsert")
    assert answer(client.execute_statement, **statement("PartiQLInsert", "another")) == "AccessDeniedException"


def test_a_batch_answers_each_statement_by_itself(
    emulator: Emulator, root: Callable[[Emulator], Any], session: Callable[..., tuple[Any, str]]
) -> None:
    foreign = {"ForAnyValue:StringLike": {"dynamodb:LeadingKeys": ["foreign#*"]}}
    client, table = session(emulator, "PartiQLInsert", Action="dynamodb:*", Condition=foreign)
    batch = [
        statement("PartiQLInsert", table, "own#1"),
        statement("PartiQLInsert", table, "foreign#1"),
        statement("PartiQLInsert", table, "own#1"),
        {"Statement": "INSERT"},
        statement("PartiQLUpdate", table, "own#1"),
        statement("PartiQLInsert", table, "own#2"),
    ]
    responses = client.batch_execute_statement(Statements=batch)["Responses"]
    codes = [response.get("Error", {}).get("Code", "ok") for response in responses]
    assert codes == ["ok", "AccessDenied", "DuplicateItem", "ValidationError", "AccessDenied", "ok"]
    stored = root(emulator)("dynamodb").scan(TableName=table)["Items"]
    assert sorted(item["pk"]["S"] for item in stored) == ["own#1", "own#2"]


def test_a_select_of_a_whole_table_can_be_denied(
    emulator: Emulator, session: Callable[..., tuple[Any, str]], answer: Callable[..., str]
) -> None:
    scans = {"Bool": {"dynamodb:FullTableScan": "true"}}
    client, table = session(emulator, "PartiQLSelect", Action="dynamodb:PartiQLSelect", Condition=scans)

    def select(condition: str, *parameters: Any) -> str:
        text = f'SELECT * FROM "{table}" {condition}'.strip()
        return answer(client.execute_statement, Statement=text, **({"Parameters": parameters} if parameters else {}))

    assert select("WHERE pk = 'a'") == "ok"
    assert select("WHERE pk IN ('a', 'b')") == "ok"
    assert select("WHERE pk = 'a' OR pk = 'b'") == "ok"
    assert select("WHERE pk = ? AND begins_with(sk, ?)", {"S": "a"}, {"S": "1"}) == "ok"
    for condition in ("", "WHERE sk = '1'", "WHERE pk > 'a'", "WHERE pk = 'a' OR sk = '1'", "WHERE NOT pk = 'a'"):
        assert select(condition) == "AccessDeniedException"


def test_what_is_no_statement_is_told_so(
    emulator: Emulator, session: Callable[..., tuple[Any, str]], answer: Callable[..., str]
) -> None:
    client, _table = session(emulator)
    assert answer(client.execute_statement, Statement="SELECT") == "ValidationException"
