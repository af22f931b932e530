from collections.abc import Callable
from typing import Any

from luca_local.emulator_process import Emulator

FAULT = "transaction_tokens_mistake_repeats"


def put(table: str, score: str) -> dict[str, Any]:
    return {"Put": {"TableName": table, "Item": {"pk": {"S": "a"}, "sk": {"S": "1"}, "score": {"N": score}}}}


def test_the_repeat_of_a_transaction_is_known_by_its_token(
    emulator: Emulator,
    faulty: Emulator,
    root: Callable[[Emulator], Any],
    create_table: Callable[[Any], str],
    answer: Callable[..., str],
) -> None:
    def repeat(on: Emulator) -> str:
        table = create_table(root(on))
        client = root(on)("dynamodb")
        writes = [put(table, "85.0")]
        client.transact_write_items(TransactItems=writes, ClientRequestToken="repeat")
        client.put_item(TableName=table, Item=put(table, "9")["Put"]["Item"])
        outcome = answer(client.transact_write_items, TransactItems=writes, ClientRequestToken="repeat")
        stored = client.get_item(TableName=table, Key={"pk": {"S": "a"}, "sk": {"S": "1"}})["Item"]["score"]["N"]
        return f"{outcome}, {stored}"

    assert repeat(faulty) == "IdempotentParameterMismatchException, 9"
    assert repeat(emulator) == "ok, 9"  # and it has not been carried out again


def test_another_transaction_with_the_same_token_is_refused(
    emulator: Emulator, root: Callable[[Emulator], Any], create_table: Callable[[Any], str], answer: Callable[..., str]
) -> None:
    table = create_table(root(emulator))
    client = root(emulator)("dynamodb")
    client.transact_write_items(TransactItems=[put(table, "85.0")], ClientRequestToken="other")
    refused = answer(client.transact_write_items, TransactItems=[put(table, "86")], ClientRequestToken="other")
    assert refused == "IdempotentParameterMismatchException"
