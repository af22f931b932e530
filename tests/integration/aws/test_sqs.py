"""Every SQS call by our client and by aiobotocore: the same request, and what one sends the other receives."""

import uuid
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import pytest

from luca_shared.aws import AwsClient, Credentials, Message, OutgoingMessage, Rejected, Sqs

if TYPE_CHECKING:
    from tests.integration.aws.conftest import Sent, Theirs, Wire

ATTRIBUTES = {"school_id": "norte", "correlation_id": "abc"}
WIRE_ATTRIBUTES: Any = {
    "school_id": {"DataType": "String", "StringValue": "norte"},
    "correlation_id": {"DataType": "String", "StringValue": "abc"},
}


@pytest.fixture
def sqs(client: AwsClient) -> Sqs:
    return Sqs(client)


@pytest.fixture
async def queue_url(setup: "Theirs") -> AsyncIterator[str]:
    url = (await setup.sqs.create_queue(QueueName=f"aws-{uuid.uuid4().hex}"))["QueueUrl"]
    yield url
    await setup.sqs.delete_queue(QueueUrl=url)


def two_alike(wire: "Wire") -> "Sent":
    """The request that was sent by both, receipt handles and all being equal."""
    one, other = wire.taken()
    assert one == other
    return one


async def test_send_a_message(sqs: Sqs, theirs: "Theirs", queue_url: str, wire: "Wire", admin: Credentials) -> None:
    message_id = await sqs.send_message(queue_url, "cuerpo ñ", ATTRIBUTES, "norte", credentials=admin)
    await theirs.sqs.send_message(
        QueueUrl=queue_url, MessageBody="cuerpo ñ", MessageAttributes=WIRE_ATTRIBUTES, MessageGroupId="norte"
    )
    two_alike(wire)
    received = await sqs.receive_messages(queue_url, wait_seconds=0, visibility_timeout=60, credentials=admin)
    assert [(each.body, each.attributes, each.group_id) for each in received] == [("cuerpo ñ", ATTRIBUTES, "norte")] * 2
    assert message_id in {each.message_id for each in received}


async def test_receive_messages(
    sqs: Sqs, setup: "Theirs", theirs: "Theirs", queue_url: str, wire: "Wire", admin: Credentials
) -> None:
    await setup.sqs.send_message(
        QueueUrl=queue_url, MessageBody="body", MessageAttributes=WIRE_ATTRIBUTES, MessageGroupId="norte"
    )
    [ours] = await sqs.receive_messages(
        queue_url, wait_seconds=1, max_messages=7, visibility_timeout=0, credentials=admin
    )
    answer = await theirs.sqs.receive_message(
        QueueUrl=queue_url,
        MaxNumberOfMessages=7,
        WaitTimeSeconds=1,
        VisibilityTimeout=0,
        MessageAttributeNames=["All"],
        MessageSystemAttributeNames=["ApproximateReceiveCount", "MessageGroupId"],
    )
    two_alike(wire)
    [other] = answer["Messages"]
    assert ours == Message(
        other["MessageId"],
        ours.receipt_handle,  # another for each receive
        other["Body"],
        {name: value["StringValue"] for name, value in other["MessageAttributes"].items()},
        int(other["Attributes"]["ApproximateReceiveCount"]) - 1,
        other["Attributes"]["MessageGroupId"],
    )


async def test_receive_from_an_empty_queue(sqs: Sqs, queue_url: str, admin: Credentials) -> None:
    assert await sqs.receive_messages(queue_url, wait_seconds=0, visibility_timeout=60, credentials=admin) == []


async def test_send_a_batch(sqs: Sqs, theirs: "Theirs", queue_url: str, wire: "Wire", admin: Credentials) -> None:
    messages = [OutgoingMessage("one", ATTRIBUTES, "norte"), OutgoingMessage("two")]
    assert await sqs.send_message_batch(queue_url, messages, credentials=admin) == []
    await theirs.sqs.send_message_batch(
        QueueUrl=queue_url,
        Entries=[
            {"Id": "0", "MessageBody": "one", "MessageAttributes": WIRE_ATTRIBUTES, "MessageGroupId": "norte"},
            {"Id": "1", "MessageBody": "two"},
        ],
    )
    two_alike(wire)
    received = await sqs.receive_messages(queue_url, wait_seconds=0, visibility_timeout=60, credentials=admin)
    assert sorted(each.body for each in received) == ["one", "one", "two", "two"]


async def test_hide_and_delete_messages(
    sqs: Sqs, setup: "Theirs", theirs: "Theirs", queue_url: str, wire: "Wire", admin: Credentials
) -> None:
    for body in ("one", "two"):
        await setup.sqs.send_message(QueueUrl=queue_url, MessageBody=body)
    received = await sqs.receive_messages(queue_url, wait_seconds=1, visibility_timeout=60, credentials=admin)
    handles = [each.receipt_handle for each in received]
    wire.taken()

    assert await sqs.change_visibility_batch(queue_url, handles, 0, credentials=admin) == []
    await theirs.sqs.change_message_visibility_batch(
        QueueUrl=queue_url,
        Entries=[
            {"Id": str(index), "ReceiptHandle": handle, "VisibilityTimeout": 0} for index, handle in enumerate(handles)
        ],
    )
    two_alike(wire)
    again = await sqs.receive_messages(queue_url, wait_seconds=1, visibility_timeout=60, credentials=admin)
    assert sorted((each.body, each.receive_count) for each in again) == [("one", 2), ("two", 2)]

    wire.taken()
    handles = [each.receipt_handle for each in again]
    assert await sqs.delete_message_batch(queue_url, handles, credentials=admin) == []
    await theirs.sqs.delete_message_batch(
        QueueUrl=queue_url,
        Entries=[{"Id": str(index), "ReceiptHandle": handle} for index, handle in enumerate(handles)],
    )
    two_alike(wire)
    assert await sqs.receive_messages(queue_url, wait_seconds=0, visibility_timeout=60, credentials=admin) == []


async def test_a_handle_that_is_none_is_returned(sqs: Sqs, queue_url: str, admin: Credentials) -> None:
    assert await sqs.change_visibility_batch(queue_url, ["no-handle"], 5, credentials=admin) == ["no-handle"]


async def test_a_queue_that_is_not_there_is_rejected(sqs: Sqs, queue_url: str, admin: Credentials) -> None:
    with pytest.raises(Rejected) as caught:
        await sqs.send_message(queue_url + "-not", "body", credentials=admin)
    assert caught.value.code == "QueueDoesNotExist"
