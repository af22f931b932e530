"""SQS's operations on message bodies and text attributes, each call with the credentials it is made with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from luca_shared.aws.client import AwsClient
from luca_shared.aws.credentials import Credentials
from luca_shared.aws.services import Service
from luca_shared.aws.timeouts import Timeouts

BATCH_MESSAGES = 10
_ANSWER_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Message:
    """A received message.

    Attributes:
        receipt_handle: Names this receive of it, for deleting it or changing its visibility.
        attributes: The message attributes that are text or numbers.
        receive_count: How often it was received, this time included.
        group_id: The fair-queue group; None when the sender gave none.
    """

    message_id: str
    receipt_handle: str = field(repr=False)
    body: str = field(repr=False)
    attributes: Mapping[str, str] = field(repr=False)
    receive_count: int
    group_id: str | None


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A message to be sent."""

    body: str = field(repr=False)
    attributes: Mapping[str, str] = field(default_factory=dict, repr=False)
    group_id: str | None = None


class Sqs:
    """Every method may raise any `AwsError`. A batch is at most 10 messages; AWS's limit for all bodies is 1 MiB."""

    def __init__(self, client: AwsClient) -> None:
        self._client = client

    async def send_message(
        self,
        queue_url: str,
        body: str,
        attributes: Mapping[str, str] | None = None,
        group_id: str | None = None,
        *,
        credentials: Credentials,
        correlation_id: str | None = None,
    ) -> str:
        """Return the id of the message; it may be in the queue twice when an answer was lost."""
        message = _outgoing(OutgoingMessage(body, attributes or {}, group_id))
        answer = await self._call("SendMessage", queue_url, message, credentials, correlation_id)
        return str(answer["MessageId"])

    async def send_message_batch(
        self,
        queue_url: str,
        messages: Sequence[OutgoingMessage],
        *,
        credentials: Credentials,
        correlation_id: str | None = None,
    ) -> list[OutgoingMessage]:
        """Return those that were not accepted, in their order."""
        entries = _entries([_outgoing(message) for message in messages])
        failed = await self._batch("SendMessageBatch", queue_url, entries, credentials, correlation_id)
        return [messages[index] for index in failed]

    async def receive_messages(
        self,
        queue_url: str,
        *,
        wait_seconds: int,
        max_messages: int = BATCH_MESSAGES,
        visibility_timeout: int,
        credentials: Credentials,
        correlation_id: str | None = None,
    ) -> list[Message]:
        """Return what is there, or what comes within `wait_seconds` (0 to 20).

        No other receive gets these messages for `visibility_timeout` seconds. A call that is cancelled may have
        received some all the same: they reappear after that time.
        """
        request = {
            "MaxNumberOfMessages": max_messages,
            "WaitTimeSeconds": wait_seconds,
            "VisibilityTimeout": visibility_timeout,
            "MessageAttributeNames": ["All"],
            "MessageSystemAttributeNames": ["ApproximateReceiveCount", "MessageGroupId"],
        }
        patience = wait_seconds + _ANSWER_SECONDS
        timeouts = Timeouts(read=patience, total=patience + _ANSWER_SECONDS)
        answer = await self._call("ReceiveMessage", queue_url, request, credentials, correlation_id, timeouts)
        return [_incoming(message) for message in answer.get("Messages") or ()]

    async def delete_message_batch(
        self,
        queue_url: str,
        handles: Sequence[str],
        *,
        credentials: Credentials,
        correlation_id: str | None = None,
    ) -> list[str]:
        """Return the handles whose messages were not deleted; these will be received again."""
        entries = _entries([{"ReceiptHandle": handle} for handle in handles])
        failed = await self._batch("DeleteMessageBatch", queue_url, entries, credentials, correlation_id)
        return [handles[index] for index in failed]

    async def change_visibility_batch(
        self,
        queue_url: str,
        handles: Sequence[str],
        seconds: int,
        *,
        credentials: Credentials,
        correlation_id: str | None = None,
    ) -> list[str]:
        """Hide the messages for so many seconds from now (0 to 43,200); return the handles for which that failed."""
        entries = _entries([{"ReceiptHandle": handle, "VisibilityTimeout": seconds} for handle in handles])
        failed = await self._batch("ChangeMessageVisibilityBatch", queue_url, entries, credentials, correlation_id)
        return [handles[index] for index in failed]

    async def _batch(
        self,
        operation: str,
        queue_url: str,
        entries: list[dict[str, Any]],
        credentials: Credentials,
        correlation_id: str | None,
    ) -> list[int]:
        answer = await self._call(operation, queue_url, {"Entries": entries}, credentials, correlation_id)
        done = {entry["Id"] for entry in answer.get("Successful") or ()}
        return [index for index, entry in enumerate(entries) if entry["Id"] not in done]

    async def _call(
        self,
        operation: str,
        queue_url: str,
        request: Mapping[str, Any],
        credentials: Credentials,
        correlation_id: str | None,
        timeouts: Timeouts | None = None,
    ) -> dict[str, Any]:
        return await self._client.call(
            Service.SQS,
            operation,
            {"QueueUrl": queue_url, **request},
            credentials=credentials,
            correlation_id=correlation_id,
            timeouts=timeouts,
        )


def _entries(members: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if not 1 <= len(members) <= BATCH_MESSAGES:
        raise ValueError(f"a batch has 1 to {BATCH_MESSAGES} messages, not {len(members)}")
    return [{"Id": str(index), **member} for index, member in enumerate(members)]


def _outgoing(message: OutgoingMessage) -> dict[str, Any]:
    members: dict[str, Any] = {"MessageBody": message.body}
    if message.attributes:
        members["MessageAttributes"] = {
            name: {"DataType": "String", "StringValue": value} for name, value in message.attributes.items()
        }
    if message.group_id is not None:
        members["MessageGroupId"] = message.group_id
    return members


def _incoming(message: Mapping[str, Any]) -> Message:
    system = message.get("Attributes") or {}
    attributes = message.get("MessageAttributes") or {}
    return Message(
        message_id=message["MessageId"],
        receipt_handle=message["ReceiptHandle"],
        body=message["Body"],
        attributes={name: value["StringValue"] for name, value in attributes.items() if "StringValue" in value},
        receive_count=int(system.get("ApproximateReceiveCount", 1)),
        group_id=system.get("MessageGroupId"),
    )
