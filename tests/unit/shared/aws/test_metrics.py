import asyncio
from typing import TYPE_CHECKING

import pytest
from prometheus_client import REGISTRY

from luca_shared.aws.client import AwsClient
from luca_shared.aws.credentials import Credentials
from luca_shared.aws.errors import ConditionFailed
from luca_shared.aws.services import Service

if TYPE_CHECKING:
    from tests.unit.shared.aws.conftest import FakeAws


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def calls(operation: str, outcome: str) -> float:
    return value("luca_aws_calls_total", service="dynamodb", operation=operation, outcome=outcome)


def attempts(operation: str, outcome: str) -> float:
    return value("luca_aws_attempts_total", service="dynamodb", operation=operation, outcome=outcome)


def durations(operation: str) -> float:
    return value("luca_aws_call_seconds_count", service="dynamodb", operation=operation)


async def call(client: AwsClient, operation: str) -> None:
    await client.call(Service.DYNAMODB, operation, {}, credentials=Credentials("AKID", "secret"))


async def test_calls_and_attempts_are_counted_by_how_they_ended(aws: "FakeAws") -> None:
    aws.fails("ThrottlingException")
    aws.answers({})
    aws.fails("ConditionalCheckFailedException")
    async with AwsClient(region="us-east-1", endpoint_url=aws.url) as client:
        await call(client, "Counted")
        with pytest.raises(ConditionFailed):
            await call(client, "Counted")
    assert (calls("Counted", "ok"), calls("Counted", "condition_failed"), calls("Counted", "throttled")) == (1, 1, 0)
    assert (attempts("Counted", "ok"), attempts("Counted", "condition_failed")) == (1, 1)
    assert attempts("Counted", "throttled") == 1
    assert durations("Counted") == 2


async def test_a_cancelled_call_is_counted_as_such(aws: "FakeAws") -> None:
    aws.says_nothing()
    async with AwsClient(region="us-east-1", endpoint_url=aws.url) as client:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await call(client, "Cancelled")
    assert calls("Cancelled", "cancelled") == 1
    assert durations("Cancelled") == 1
