"""Events through the edge: what lies on the queue is what was sent, and who sent it is what the token says."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from luca_local.aws_clients import AwsClients
from luca_local.platform_process import PlatformProcess
from luca_local.seed.accounts import PASSWORD
from luca_local.seed.plan import SchoolPlan

if TYPE_CHECKING:
    from types_aiobotocore_sqs.type_defs import MessageTypeDef

BODY = '{ "events":[{"event_id":"0198f5d2-1","kind":"behavior","type":"merit", "data":{"points":1.50}}, {}] }'
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def platform() -> Iterator[PlatformProcess]:
    """Without the ingest worker, which would take the messages that are looked at here."""
    own = PlatformProcess()
    try:
        yield own.start("--without", "ingest-worker")
    finally:
        own.stop()
        own.clean_up()


async def message_of(platform: PlatformProcess, aws: AwsClients, correlation_id: str) -> "MessageTypeDef":
    """Take the message of one request off the queue."""
    while True:
        received = await aws.sqs.receive_message(
            QueueUrl=platform.record.queue_url,
            WaitTimeSeconds=5,
            MaxNumberOfMessages=10,
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["All"],
        )
        assert received.get("Messages"), "the message is not on the queue"
        for message in received["Messages"]:
            await aws.sqs.delete_message(QueueUrl=platform.record.queue_url, ReceiptHandle=message["ReceiptHandle"])
            if message["MessageAttributes"]["correlation_id"]["StringValue"] == correlation_id:
                return message


def text(value: str) -> dict[str, Any]:
    return {"StringValue": value, "DataType": "String"}


async def test_a_message_says_who_sent_it(
    platform: PlatformProcess, aws: AwsClients, schools: dict[str, SchoolPlan]
) -> None:
    sender = next(account for account in schools["norte-2"].accounts if account.username == "teacher.norte-2")
    async with (
        platform.client("teacher.norte-2") as teacher,
        teacher.post("/v1/events", data=BODY, headers=JSON) as answer,
    ):
        assert answer.status == 202
        told = await answer.json()
        assert told == {"correlation_id": answer.headers["X-Correlation-Id"], "accepted": 2}
    message = await message_of(platform, aws, told["correlation_id"])
    assert message["Body"] == BODY
    assert message["Attributes"]["MessageGroupId"] == "norte-2"
    assert message["MessageAttributes"] == {
        "school_id": text("norte-2"),
        "person_id": text(sender.person_id),
        "roles": text("teacher"),
        "correlation_id": text(told["correlation_id"]),
    }


async def test_somebody_without_a_role_has_no_such_attribute(platform: PlatformProcess, aws: AwsClients) -> None:
    pool = platform.record.user_pool_id
    await aws.cognito.admin_create_user(
        UserPoolId=pool,
        Username="nobody.sur",
        MessageAction="SUPPRESS",
        UserAttributes=[{"Name": "custom:school_id", "Value": "sur"}, {"Name": "custom:person_id", "Value": "p0"}],
    )
    await aws.cognito.admin_set_user_password(UserPoolId=pool, Username="nobody.sur", Password=PASSWORD, Permanent=True)
    tokens = await aws.cognito.initiate_auth(
        AuthFlow="USER_PASSWORD_AUTH",
        ClientId=platform.record.client_id,
        AuthParameters={"USERNAME": "nobody.sur", "PASSWORD": PASSWORD},
    )
    headers = JSON | {"Authorization": f"Bearer {tokens['AuthenticationResult']['IdToken']}"}
    async with platform.client() as nobody, nobody.post("/v1/events", data=BODY, headers=headers) as answer:
        told = await answer.json()
    message = await message_of(platform, aws, told["correlation_id"])
    assert message["MessageAttributes"].keys() == {"school_id", "person_id", "correlation_id"}


async def test_the_edge_refuses_what_it_can_see(platform: PlatformProcess) -> None:
    bodies = {
        b"{": 400,
        json.dumps({"events": [{}] * 101}).encode(): 422,
        b'{"events": [{}], "school_id": "sur"}': 422,
    }
    async with platform.client("teacher.norte") as teacher:
        for body, status in bodies.items():
            async with teacher.post("/v1/events", data=body, headers=JSON) as answer:
                assert (answer.status, answer.headers["Content-Type"]) == (status, "application/problem+json")


async def test_nobody_but_the_edge_puts_anything_on_the_queue(platform: PlatformProcess, aws: AwsClients) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):  # not even the administrator
        await aws.sqs.send_message(QueueUrl=platform.record.queue_url, MessageBody=BODY)
