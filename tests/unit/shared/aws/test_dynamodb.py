from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import pytest

from luca_shared.aws.client import AwsClient
from luca_shared.aws.credentials import Credentials
from luca_shared.aws.dynamodb import DynamoDB
from luca_shared.aws.errors import Throttled, Unavailable
from luca_shared.aws.statements import Duplicate, Failed, Statement, Written
from luca_shared.aws.transactions import TransactPut

if TYPE_CHECKING:
    from tests.unit.shared.aws.conftest import FakeAws

CREDENTIALS = Credentials("AKID", "secret")
INSERT = Statement("INSERT INTO luca VALUE {'pk': ?}", ["a"])


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
async def dynamodb(aws: "FakeAws", waits: list[float]) -> AsyncIterator[DynamoDB]:
    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    async with AwsClient(region="us-east-1", endpoint_url=aws.url, sleep=sleep, chance=lambda: 0.5) as client:
        yield DynamoDB(client)


def key(number: int) -> dict[str, Any]:
    return {"pk": "p", "sk": str(number)}


def wire(number: int) -> dict[str, Any]:
    return {"pk": {"S": "p"}, "sk": {"S": str(number)}}


def found(*numbers: int, unprocessed: tuple[int, ...] = ()) -> dict[str, Any]:
    left = {"luca": {"Keys": [wire(number) for number in unprocessed]}} if unprocessed else {}
    return {"Responses": {"luca": [wire(number) for number in numbers]}, "UnprocessedKeys": left}


async def test_a_batch_get_asks_for_a_hundred_keys_at_a_time(aws: "FakeAws", dynamodb: DynamoDB) -> None:
    aws.answers(found(0))
    aws.answers(found(100))
    aws.answers(found(249))
    items = await dynamodb.batch_get("luca", [key(n) for n in range(250)], credentials=CREDENTIALS, consistent=True)
    assert items == [key(0), key(100), key(249)]
    asked = [request.content["RequestItems"]["luca"] for request in aws.received]
    assert [each["Keys"] for each in asked] == [
        [wire(n) for n in range(100)],
        [wire(n) for n in range(100, 200)],
        [wire(n) for n in range(200, 250)],
    ]
    assert all(each["ConsistentRead"] for each in asked)


async def test_a_batch_get_of_nothing_asks_nothing(aws: "FakeAws", dynamodb: DynamoDB) -> None:
    assert await dynamodb.batch_get("luca", [], credentials=CREDENTIALS) == []
    assert aws.received == []


async def test_a_key_that_is_named_twice_is_asked_for_once(aws: "FakeAws", dynamodb: DynamoDB) -> None:
    aws.answers(found(1))
    twice = [key(1), {"sk": "1", "pk": "p"}]
    assert await dynamodb.batch_get("luca", twice, credentials=CREDENTIALS) == [key(1)]
    assert len(aws.received[0].content["RequestItems"]["luca"]["Keys"]) == 1


async def test_unprocessed_keys_are_asked_for_again_after_a_pause(
    aws: "FakeAws", dynamodb: DynamoDB, waits: list[float]
) -> None:
    aws.answers(found(0, unprocessed=(1, 2)))
    aws.answers(found(unprocessed=(1, 2)))
    aws.answers(found(1, unprocessed=(2,)))
    aws.answers(found(2))
    items = await dynamodb.batch_get("luca", [key(0), key(1), key(2)], credentials=CREDENTIALS)
    assert items == [key(0), key(1), key(2)]
    assert waits == [0.0125, 0.025, 0.0125]  # longer while nothing comes


async def test_keys_that_stay_unprocessed_are_a_throttle(aws: "FakeAws", dynamodb: DynamoDB) -> None:
    for _ in range(5):
        aws.answers(found(unprocessed=(1,)))
    with pytest.raises(Throttled):
        await dynamodb.batch_get("luca", [key(1)], credentials=CREDENTIALS)
    assert len(aws.received) == 5


async def test_statements_are_answered_one_by_one_in_their_order(aws: "FakeAws", dynamodb: DynamoDB) -> None:
    aws.answers(
        {
            "Responses": [
                {"TableName": "luca"},
                {"Error": {"Code": "DuplicateItem", "Message": "SECRET"}},
                {"Error": {"Code": "ThrottlingError", "Message": "SECRET"}},
                {"Error": {"Code": "ValidationError", "Message": "SECRET"}},
            ]
        }
    )
    results = await dynamodb.batch_execute([INSERT] * 4, credentials=CREDENTIALS)
    assert results == [
        Written(),
        Duplicate(),
        Failed("ThrottlingError", retryable=True),
        Failed("ValidationError", retryable=False),
    ]
    assert len(aws.received) == 1
    assert "SECRET" not in repr(results)


async def test_fewer_results_than_statements_are_not_believed(aws: "FakeAws", dynamodb: DynamoDB) -> None:
    aws.answers({"Responses": [{"TableName": "luca"}]})
    with pytest.raises(Unavailable):
        await dynamodb.batch_execute([INSERT] * 2, credentials=CREDENTIALS)


@pytest.mark.parametrize("count", [0, 26])
async def test_a_batch_that_aws_would_refuse_is_not_sent(aws: "FakeAws", dynamodb: DynamoDB, count: int) -> None:
    with pytest.raises(ValueError, match="25"):
        await dynamodb.batch_execute([INSERT] * count, credentials=CREDENTIALS)
    assert aws.received == []


async def test_a_conflicting_transaction_is_sent_again_with_its_token(aws: "FakeAws", dynamodb: DynamoDB) -> None:
    aws.fails("TransactionCanceledException", CancellationReasons=[{"Code": "TransactionConflict"}])
    aws.fails("TransactionInProgressException")
    await dynamodb.transact_write([TransactPut("luca", key(1))], token="token-1", credentials=CREDENTIALS)
    assert len({request.body for request in aws.received}) == 1
    assert [request.content["ClientRequestToken"] for request in aws.received] == ["token-1"] * 3


@pytest.mark.parametrize(("count", "token"), [(0, "t"), (101, "t"), (1, ""), (1, "t" * 37)])
async def test_a_transaction_that_aws_would_refuse_is_not_sent(
    aws: "FakeAws", dynamodb: DynamoDB, count: int, token: str
) -> None:
    writes = [TransactPut("luca", key(number)) for number in range(count)]
    with pytest.raises(ValueError, match="transaction"):
        await dynamodb.transact_write(writes, token=token, credentials=CREDENTIALS)
    assert aws.received == []
