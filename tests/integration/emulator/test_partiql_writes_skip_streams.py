from collections.abc import Callable
from typing import Any

import pytest

from luca_local.emulator_process import Emulator

FAULT = "partiql_writes_skip_streams"

INSERT = "INSERT INTO \"{}\" VALUE {{'pk': '{}', 'sk': '1'}}"
UPDATE = "UPDATE \"{}\" SET a = '{}' WHERE pk = 'a' AND sk = '1'"
DELETE = "DELETE FROM \"{}\" WHERE pk = '{}' AND sk = '1'"


def item(partition: str, **attributes: str) -> dict[str, Any]:
    return {name: {"S": value} for name, value in {"pk": partition, "sk": "1", **attributes}.items()}


@pytest.fixture(name="records")
def stream(root: Callable[[Emulator], Any], create_table: Callable[[Any], str]) -> Callable[..., list[Any]]:
    """The stream's records (event, before, after) once `write` has written to a new table."""

    def records(emulator: Emulator, write: Callable[[Any, str], Any]) -> list[Any]:
        admin = root(emulator)
        table = create_table(admin)
        write(admin("dynamodb"), table)
        streams = admin("dynamodbstreams")
        arn = admin("dynamodb").describe_table(TableName=table)["Table"]["LatestStreamArn"]
        shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
        iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
        found = streams.get_records(ShardIterator=iterator["ShardIterator"])["Records"]
        return [
            (record["eventName"], record["dynamodb"].get("OldImage"), record["dynamodb"].get("NewImage"))
            for record in found
        ]

    return records


def test_each_statement_is_recorded(emulator: Emulator, faulty: Emulator, records: Callable[..., list[Any]]) -> None:
    def write(client: Any, table: str) -> None:
        client.execute_statement(Statement=INSERT.format(table, "a"))
        client.execute_statement(Statement=UPDATE.format(table, "x"))
        client.execute_statement(Statement=UPDATE.format(table, "x"))  # changes nothing
        client.execute_statement(Statement=DELETE.format(table, "a"))
        client.execute_statement(Statement=DELETE.format(table, "a"))  # there is nothing any more

    assert records(faulty, write) == []
    assert records(emulator, write) == [
        ("INSERT", None, item("a")),
        ("MODIFY", item("a"), item("a", a="x")),
        ("REMOVE", item("a", a="x"), None),
    ]


def test_of_a_batch_the_statements_that_succeeded_are_recorded(
    emulator: Emulator, records: Callable[..., list[Any]]
) -> None:
    def write(client: Any, table: str) -> None:
        statements = [{"Statement": INSERT.format(table, partition)} for partition in ("a", "b", "a", "c")]
        client.batch_execute_statement(Statements=statements)

    assert [after for _event, _before, after in records(emulator, write)] == [item("a"), item("b"), item("c")]


def test_a_transaction_is_recorded_when_it_has_succeeded(
    emulator: Emulator, records: Callable[..., list[Any]], answer: Callable[..., str]
) -> None:
    def write(client: Any, table: str) -> None:
        first, second = ({"Statement": INSERT.format(table, partition)} for partition in ("a", "b"))
        client.execute_transaction(TransactStatements=[first])
        failed = answer(client.execute_transaction, TransactStatements=[second, first])
        assert failed == "TransactionCanceledException"

    assert records(emulator, write) == [("INSERT", None, item("a"))]


def test_a_put_is_recorded_once(emulator: Emulator, records: Callable[..., list[Any]]) -> None:
    def write(client: Any, table: str) -> None:
        client.put_item(TableName=table, Item=item("a"))

    assert records(emulator, write) == [("INSERT", None, item("a"))]
