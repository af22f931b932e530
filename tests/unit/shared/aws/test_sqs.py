from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

from luca_shared.aws.client import AwsClient
from luca_shared.aws.credentials import Credentials
from luca_shared.aws.sqs import Message, OutgoingMessage, Sqs
from luca_shared.aws.timeouts import Timeouts

if TYPE_CHECKING:
    from tests.unit.shared.aws.conftest import FakeAws

CREDENTIALS = Credentials("AKID", "secret")
QUEUE = "https://sqs.us-east-1.amazonaws.com/000000000000/events"


@pytest.fixture
async def sqs(aws: "FakeAws") -> AsyncIterator[Sqs]:
    async with AwsClient(region="us-east-1", endpoint_url=aws.url, timeouts=Timeouts(read=0.05, total=0.05)) as client:
        yield Sqs(client)


async def test_a_message_is_sent_with_its_attributes_and_group(aws: "FakeAws", sqs: Sqs) -> None:
    aws.answers({"MessageId": "m1"})
    assert await sqs.send_message(QUEUE, "body", {"school_id": "norte"}, "norte", credentials=CREDENTIALS) == "m1"
    assert aws.received[0].content == {
        "QueueUrl": QUEUE,
        "MessageBody": "body",
        "MessageAttributes": {"school_id": {"DataType": "String", "StringValue": "norte"}},
        "MessageGroupId": "norte",
    }


async def test_a_bare_message_has_no_empty_members(aws: "FakeAws", sqs: Sqs) -> None:
    aws.answers({"MessageId": "m1"})
    await sqs.send_message(QUEUE, "body", credentials=CREDENTIALS)
    assert aws.received[0].content == {"QueueUrl": QUEUE, "MessageBody": "body"}


async def test_messages_of_a_batch_that_were_not_accepted_are_returned(aws: "FakeAws", sqs: Sqs) -> None:
    aws.answers({"Successful": [{"Id": "0"}, {"Id": "2"}], "Failed": [{"Id": "1", "Code": "InternalError"}]})
    messages = [OutgoingMessage(body) for body in "abc"]
    assert await sqs.send_message_batch(QUEUE, messages, credentials=CREDENTIALS) == [messages[1]]


async def test_what_a_batch_answer_does_not_call_done_is_not_done(aws: "FakeAws", sqs: Sqs) -> None:
    aws.answers({"Successful": [{"Id": "1"}], "Failed": []})
    assert await sqs.delete_message_batch(QUEUE, ["h0", "h1", "h2"], credentials=CREDENTIALS) == ["h0", "h2"]


async def test_a_visibility_is_changed_handle_by_handle(aws: "FakeAws", sqs: Sqs) -> None:
    aws.answers({"Successful": [{"Id": "0"}, {"Id": "1"}]})
    assert await sqs.change_visibility_batch(QUEUE, ["h0", "h1"], 60, credentials=CREDENTIALS) == []
    assert aws.received[0].content["Entries"] == [
        {"Id": "0", "ReceiptHandle": "h0", "VisibilityTimeout": 60},
        {"Id": "1", "ReceiptHandle": "h1", "VisibilityTimeout": 60},
    ]


@pytest.mark.parametrize("count", [0, 11])
async def test_a_batch_that_aws_would_refuse_is_not_sent(aws: "FakeAws", sqs: Sqs, count: int) -> None:
    with pytest.raises(ValueError, match="10"):
        await sqs.delete_message_batch(QUEUE, ["h"] * count, credentials=CREDENTIALS)
    assert aws.received == []


async def test_received_messages_are_read_whole(aws: "FakeAws", sqs: Sqs) -> None:
    aws.answers(
        {
            "Messages": [
                {
                    "MessageId": "m1",
                    "ReceiptHandle": "h1",
                    "Body": "body",
                    "Attributes": {"ApproximateReceiveCount": "3", "MessageGroupId": "norte"},
                    "MessageAttributes": {
                        "school_id": {"DataType": "String", "StringValue": "norte"},
                        "blob": {"DataType": "Binary", "BinaryValue": "AA=="},
                    },
                },
                {"MessageId": "m2", "ReceiptHandle": "h2", "Body": ""},
            ]
        }
    )
    messages = await sqs.receive_messages(QUEUE, wait_seconds=0, visibility_timeout=60, credentials=CREDENTIALS)
    assert messages == [
        Message("m1", "h1", "body", {"school_id": "norte"}, 3, "norte"),
        Message("m2", "h2", "", {}, 1, None),
    ]


async def test_an_empty_queue_gives_no_messages(aws: "FakeAws", sqs: Sqs) -> None:
    for nothing in (b"{}", b'{"Messages": []}', b'{"Messages": null}'):
        aws.answers_bytes(nothing)
        assert await sqs.receive_messages(QUEUE, wait_seconds=0, visibility_timeout=60, credentials=CREDENTIALS) == []


async def test_a_long_poll_may_take_longer_than_other_calls(aws: "FakeAws", sqs: Sqs) -> None:
    aws.drips(b'{"Messages": []}' + b" " * 20, every=0.01)  # longer than the client's own time-outs
    assert await sqs.receive_messages(QUEUE, wait_seconds=1, visibility_timeout=60, credentials=CREDENTIALS) == []


def test_bodies_and_handles_stay_out_of_reprs() -> None:
    assert "SECRET" not in repr(Message("m1", "SECRET", "SECRET", {"a": "SECRET"}, 1, "norte"))
    assert "SECRET" not in repr(OutgoingMessage("SECRET", {"a": "SECRET"}))
