from collections.abc import Callable
from typing import Any

from tests.integration.aws.dynamodb.conftest import WIRE_NO_KEY, Trial, grades, plain_item, plain_items

from luca_shared.aws import (
    BeginsWith,
    Between,
    Condition,
    Page,
    Query,
)


async def pages(trial: Trial, query: Callable[[Any], Query]) -> list[tuple[Any, Any]]:
    """Every page of ours, as items and last key."""
    found: list[tuple[Any, Any]] = []
    start = None
    while True:
        page = await trial.dynamodb.query(trial.table, query(start), credentials=trial.credentials)
        assert isinstance(page, Page)
        found.append((page.items, page.last_key))
        start = page.last_key
        if start is None:
            return found


async def their_pages(trial: Trial, **members: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    start: dict[str, Any] = {}
    while True:
        answer = await trial.theirs.query(TableName=trial.table, **members, **start)
        last_key = answer.get("LastEvaluatedKey")
        found.append((plain_items(answer["Items"]), plain_item(last_key)))
        if not last_key:
            return found
        start = {"ExclusiveStartKey": last_key}


async def test_query_a_partition_page_by_page(trial: Trial) -> None:
    async def ours() -> Any:
        return await pages(
            trial,
            lambda start: Query(
                partition=("pk", "TENANT#norte#STUDENT#s1"),
                sort=BeginsWith("sk", "GRADE#"),
                limit=3,
                start=start,
                ascending=False,
                consistent=True,
            ),
        )

    async def theirs() -> Any:
        return await their_pages(
            trial,
            KeyConditionExpression="#partition = :partition AND begins_with(#sort, :prefix)",
            ExpressionAttributeNames={"#partition": "pk", "#sort": "sk"},
            ExpressionAttributeValues={":partition": {"S": "TENANT#norte#STUDENT#s1"}, ":prefix": {"S": "GRADE#"}},
            Limit=3,
            ScanIndexForward=False,
            ConsistentRead=True,
        )

    found = await trial.compare(ours, theirs, seed=[*grades(7), {**WIRE_NO_KEY}])
    assert [item["score"] for items, _ in found for item in items] == [6, 5, 4, 3, 2, 1, 0]
    assert len(found) == 3


async def test_query_an_index_with_a_filter(trial: Trial) -> None:
    async def ours() -> Any:
        return await pages(
            trial,
            lambda start: Query(
                partition=("class_pk", "TENANT#norte#CLASS#c1"),
                sort=Between("class_sk", "GRADE#02", "GRADE#06"),
                index="by_class",
                filter=Condition("#score <> :bad", {"#score": "score"}, {":bad": 3}),
                limit=2,
                start=start,
            ),
        )

    async def theirs() -> Any:
        return await their_pages(
            trial,
            IndexName="by_class",
            KeyConditionExpression="#partition = :partition AND #sort BETWEEN :low AND :high",
            FilterExpression="#score <> :bad",
            ExpressionAttributeNames={"#partition": "class_pk", "#sort": "class_sk", "#score": "score"},
            ExpressionAttributeValues={
                ":partition": {"S": "TENANT#norte#CLASS#c1"},
                ":low": {"S": "GRADE#02"},
                ":high": {"S": "GRADE#06"},
                ":bad": {"N": "3"},
            },
            Limit=2,
        )

    found = await trial.compare(ours, theirs, seed=grades(7))
    assert [item["score"] for items, _ in found for item in items] == [5, 4, 2, 1]


async def test_query_an_empty_partition(trial: Trial) -> None:
    async def ours() -> Any:
        return await pages(trial, lambda _: Query(partition=("pk", "nobody")))

    async def theirs() -> Any:
        return await their_pages(
            trial,
            KeyConditionExpression="#partition = :partition",
            ExpressionAttributeNames={"#partition": "pk"},
            ExpressionAttributeValues={":partition": {"S": "nobody"}},
        )

    assert await trial.compare(ours, theirs) == [([], None)]
