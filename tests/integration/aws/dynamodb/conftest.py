"""Every DynamoDB call by our client and by aiobotocore on the same items: the same request, result and table after."""

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.integration.aws.conftest import Theirs, Wire
from types_aiobotocore_dynamodb.client import DynamoDBClient

from luca_shared.aws import (
    AwsClient,
    AwsError,
    ConditionFailed,
    Credentials,
    DynamoDB,
    TransactionCanceled,
)

ITEM: dict[str, Any] = {
    "pk": "TENANT#norte#STUDENT#s1",
    "sk": "GRADE#2026-Q4#c1#a1",
    "class_pk": "TENANT#norte#CLASS#c1",
    "class_sk": "GRADE#2026-Q4#a1#s1",
    "score": Decimal("8.5"),
    "version": 3,
    "large": 10**37 + 1,
    "small": Decimal("-1.5E-100"),
    "comment": b"\x00\xffciphertext",
    "none": None,
    "flags": {"late": True, "excused": False},
    "history": [1, "dos", [], {}],
    "roles": {"teacher", "school-admin"},
    "empty": "",
}
WIRE_ITEM: dict[str, Any] = {
    "pk": {"S": "TENANT#norte#STUDENT#s1"},
    "sk": {"S": "GRADE#2026-Q4#c1#a1"},
    "class_pk": {"S": "TENANT#norte#CLASS#c1"},
    "class_sk": {"S": "GRADE#2026-Q4#a1#s1"},
    "score": {"N": "8.5"},
    "version": {"N": "3"},
    "large": {"N": "10000000000000000000000000000000000001"},
    "small": {"N": "-1.5E-100"},
    "comment": {"B": b"\x00\xffciphertext"},
    "none": {"NULL": True},
    "flags": {"M": {"late": {"BOOL": True}, "excused": {"BOOL": False}}},
    "history": {"L": [{"N": "1"}, {"S": "dos"}, {"L": []}, {"M": {}}]},
    "roles": {"SS": ["school-admin", "teacher"]},
    "empty": {"S": ""},
}
KEY: dict[str, Any] = {"pk": ITEM["pk"], "sk": ITEM["sk"]}
WIRE_KEY: dict[str, Any] = {"pk": WIRE_ITEM["pk"], "sk": WIRE_ITEM["sk"]}
NO_KEY: dict[str, Any] = {"pk": "TENANT#norte#STUDENT#s2", "sk": "PROFILE"}
WIRE_NO_KEY: dict[str, Any] = {"pk": {"S": "TENANT#norte#STUDENT#s2"}, "sk": {"S": "PROFILE"}}


def plain(value: Mapping[str, Any]) -> Any:
    """aiobotocore's form of a value as a plain one, by other means than the codec that is on trial."""
    ((kind, content),) = value.items()
    match kind:
        case "N":
            return Decimal(content)
        case "M":
            return {name: plain(member) for name, member in content.items()}
        case "L":
            return [plain(member) for member in content]
        case "SS":
            return set(content)
        case "NULL":
            return None
        case _:
            return content


def plain_item(item: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if item is None else {name: plain(value) for name, value in item.items()}


def plain_items(items: Iterable[Mapping[str, Any]]) -> list[dict[str, Any] | None]:
    return [plain_item(item) for item in items]


@dataclass(frozen=True)
class Trial:
    """Runs a call by both clients, each on a table of the same name with the same items in it."""

    dynamodb: DynamoDB
    theirs: DynamoDBClient
    setup: DynamoDBClient
    wire: "Wire"
    table: str
    credentials: Credentials

    async def compare(
        self,
        ours: Callable[[], Awaitable[Any]],
        theirs: Callable[[], Awaitable[Any]],
        *,
        seed: Sequence[Mapping[str, Any]] = (),
    ) -> Any:
        """Return what both calls returned, after asserting that they are alike."""
        ours_result, ours_sent, ours_stored = await self._run(ours, seed)
        theirs_result, theirs_sent, theirs_stored = await self._run(theirs, seed)
        assert ours_sent == theirs_sent
        assert ours_stored == theirs_stored
        assert ours_result == theirs_result
        return ours_result

    async def _run(self, call: Callable[[], Awaitable[Any]], seed: Sequence[Mapping[str, Any]]) -> tuple[Any, Any, Any]:
        async with self.fresh_table():
            for item in seed:
                await self.setup.put_item(TableName=self.table, Item=item)
            self.wire.taken()
            try:
                result = await call()
            except ClientError as error:
                answer: Any = error.response
                result = (answer["Error"]["Code"], plain_item(answer.get("Item")), _reasons_of(answer))
            except AwsError as error:
                old = error.item if isinstance(error, ConditionFailed) else None
                reasons = error.reasons if isinstance(error, TransactionCanceled) else ()
                result = (error.code, old, [(reason.code, reason.item) for reason in reasons])
            stored = (await self.setup.scan(TableName=self.table))["Items"]
            sent = self.wire.taken()
            for each in sent:  # tokens outlive the table, so that each side must have its own
                if "ClientRequestToken" in each.content:
                    each.content["ClientRequestToken"] = "token"
            return result, sent, sorted(map(repr, stored))

    @asynccontextmanager
    async def fresh_table(self) -> AsyncIterator[None]:
        await self.setup.create_table(
            TableName=self.table,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "class_pk", "class_sk")
            ],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "by_class",
                    "KeySchema": [
                        {"AttributeName": "class_pk", "KeyType": "HASH"},
                        {"AttributeName": "class_sk", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        try:
            yield
        finally:
            await self.setup.delete_table(TableName=self.table)


def _reasons_of(answer: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(reason["Code"], plain_item(reason.get("Item"))) for reason in answer.get("CancellationReasons", ())]


@pytest.fixture
def trial(client: AwsClient, theirs: "Theirs", setup: "Theirs", wire: "Wire", admin: Credentials) -> Trial:
    return Trial(DynamoDB(client), theirs.dynamodb, setup.dynamodb, wire, f"aws-{uuid.uuid4().hex}", admin)


def grades(count: int) -> list[dict[str, Any]]:
    return [
        {
            "pk": {"S": "TENANT#norte#STUDENT#s1"},
            "sk": {"S": f"GRADE#{number:02d}"},
            "class_pk": {"S": "TENANT#norte#CLASS#c1"},
            "class_sk": {"S": f"GRADE#{count - number:02d}"},
            "score": {"N": str(number)},
        }
        for number in range(count)
    ]
