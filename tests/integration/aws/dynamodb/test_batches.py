from decimal import Decimal
from typing import Any

from tests.integration.aws.dynamodb.conftest import NO_KEY, WIRE_NO_KEY, Trial, grades, plain_items

from luca_shared.aws import (
    Duplicate,
    Failed,
    Statement,
    Written,
)


async def test_get_a_batch(trial: Trial) -> None:
    seed = grades(120)

    async def ours() -> Any:
        keys = [{"pk": item["pk"]["S"], "sk": item["sk"]["S"]} for item in seed]
        items = await trial.dynamodb.batch_get(trial.table, [*keys, NO_KEY], credentials=trial.credentials)
        return sorted(items, key=lambda item: str(item["sk"]))

    async def theirs() -> Any:
        keys = [*({"pk": item["pk"], "sk": item["sk"]} for item in seed), WIRE_NO_KEY]
        found: list[Any] = []
        for chunk in (keys[:100], keys[100:]):
            answer = await trial.theirs.batch_get_item(RequestItems={trial.table: {"Keys": chunk}})
            found += answer["Responses"][trial.table]
        return sorted(plain_items(found), key=lambda item: str(item and item["sk"]))

    assert len(await trial.compare(ours, theirs, seed=seed)) == 120


def insert(table: str) -> str:
    return f"INSERT INTO \"{table}\" VALUE {{'pk': ?, 'sk': ?, 'data': ?}}"  # PartiQL of a test's own table


async def test_execute_a_batch_of_statements(trial: Trial) -> None:
    async def ours() -> Any:
        rows = [("p", "a", {"points": Decimal(1)}), ("p", "b", b"\x01"), ("p", "c", None)]
        statements = [Statement(insert(trial.table), row) for row in rows]
        nowhere = Statement(insert("aws-nowhere"), ("p", "d", 1))
        return await trial.dynamodb.batch_execute([*statements, nowhere], credentials=trial.credentials)

    async def theirs() -> Any:
        p: Any = {"S": "p"}
        answer = await trial.theirs.batch_execute_statement(
            Statements=[
                {"Statement": insert(trial.table), "Parameters": [p, {"S": "a"}, {"M": {"points": {"N": "1"}}}]},
                {"Statement": insert(trial.table), "Parameters": [p, {"S": "b"}, {"B": b"\x01"}]},
                {"Statement": insert(trial.table), "Parameters": [p, {"S": "c"}, {"NULL": True}]},
                {"Statement": insert("aws-nowhere"), "Parameters": [p, {"S": "d"}, {"N": "1"}]},
            ]
        )
        codes = [response.get("Error", {}).get("Code") for response in answer["Responses"]]
        return [
            Written() if code is None else Duplicate() if code == "DuplicateItem" else Failed(code, retryable=False)
            for code in codes
        ]

    seed = [{"pk": {"S": "p"}, "sk": {"S": "b"}, "data": {"S": "was there"}}]
    results = await trial.compare(ours, theirs, seed=seed)
    assert results == [Written(), Duplicate(), Written(), Failed("ResourceNotFound", retryable=False)]
