import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from luca_local.emulator_process import Emulator

FAULT = "message_move_tasks_missing"


class Queues(NamedTuple):
    sqs: Any
    source_url: str
    source_arn: str
    dead_url: str
    dead_arn: str


@pytest.fixture(name="queues")
def redrive(root: Callable[[Emulator], Any], name: str) -> Callable[[Emulator], Queues]:
    """A queue whose messages go to a dead-letter queue after one receive."""

    def queues(emulator: Emulator) -> Queues:
        sqs = root(emulator)("sqs")
        urls, arns = [], []
        for suffix in ("source", "dead"):
            url = sqs.create_queue(QueueName=f"{name}-{suffix}", Attributes={"VisibilityTimeout": "0"})["QueueUrl"]
            attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
            urls.append(url)
            arns.append(attributes["QueueArn"])
        policy = json.dumps({"deadLetterTargetArn": arns[1], "maxReceiveCount": 1})
        sqs.set_queue_attributes(QueueUrl=urls[0], Attributes={"RedrivePolicy": policy})
        return Queues(sqs, urls[0], arns[0], urls[1], arns[1])

    return queues


def received(sqs: Any, url: str) -> list[Any]:
    messages: list[Any] = sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"], MessageSystemAttributeNames=["All"]
    ).get("Messages", [])
    return messages


def test_dead_letters_go_back_to_where_they_came_from(
    emulator: Emulator, faulty: Emulator, queues: Callable[[Emulator], Queues], answer: Callable[..., str]
) -> None:
    missing = queues(faulty)
    assert answer(missing.sqs.start_message_move_task, SourceArn=missing.dead_arn) == "InvalidAction"

    sqs, source_url, _source_arn, dead_url, dead_arn = queues(emulator)
    school = {"school_id": {"DataType": "String", "StringValue": "norte"}}
    sent = sqs.send_message(QueueUrl=source_url, MessageBody="event", MessageAttributes=school, MessageGroupId="norte")
    assert len(received(sqs, source_url)) == 1
    assert received(sqs, source_url) == []  # the second receive moves it away
    task = sqs.start_message_move_task(SourceArn=dead_arn)
    (message,) = received(sqs, source_url)
    assert message["Body"] == "event"
    assert message["MessageAttributes"] == school
    assert message["Attributes"]["MessageGroupId"] == "norte"
    assert message["MessageId"] != sent["MessageId"]
    assert received(sqs, dead_url) == []

    (result,) = sqs.list_message_move_tasks(SourceArn=dead_arn)["Results"]
    assert (result["Status"], result["ApproximateNumberOfMessagesMoved"]) == ("COMPLETED", 1)
    cancelled = answer(sqs.cancel_message_move_task, TaskHandle=task["TaskHandle"])
    assert cancelled.endswith("UnsupportedOperation")


def test_a_message_that_was_sent_to_the_dead_letters_needs_a_destination(
    emulator: Emulator, queues: Callable[[Emulator], Queues]
) -> None:
    sqs, source_url, source_arn, dead_url, dead_arn = queues(emulator)
    sqs.send_message(QueueUrl=dead_url, MessageBody="event")
    sqs.start_message_move_task(SourceArn=dead_arn)
    (result,) = sqs.list_message_move_tasks(SourceArn=dead_arn)["Results"]
    assert (result["Status"], result["FailureReason"]) == ("FAILED", "CouldNotDetermineMessageSource")
    sqs.start_message_move_task(SourceArn=dead_arn, DestinationArn=source_arn)
    assert [message["Body"] for message in received(sqs, source_url)] == ["event"]


def test_only_dead_letters_are_moved(
    emulator: Emulator, queues: Callable[[Emulator], Queues], answer: Callable[..., str]
) -> None:
    sqs, _source_url, source_arn, _dead_url, dead_arn = queues(emulator)
    assert answer(sqs.start_message_move_task, SourceArn=source_arn) == "InvalidParameterValue"
    assert answer(sqs.start_message_move_task, SourceArn=f"{dead_arn}-none") == "ResourceNotFoundException"


def test_the_permission_is_for_the_source_queue(
    emulator: Emulator,
    root: Callable[[Emulator], Any],
    queues: Callable[[Emulator], Queues],
    answer: Callable[..., str],
) -> None:
    _sqs, _source_url, source_arn, _dead_url, dead_arn = queues(emulator)
    allowed = {"Effect": "Allow", "Action": "sqs:*MessageMoveTask*", "Resource": dead_arn}
    operator = root(emulator).with_role([allowed])("sqs")
    assert answer(operator.start_message_move_task, SourceArn=dead_arn) == "ok"
    assert answer(operator.list_message_move_tasks, SourceArn=dead_arn) == "ok"
    assert answer(operator.start_message_move_task, SourceArn=source_arn) == "AccessDenied"
