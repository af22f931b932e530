"""Reads tables and queues with the emulator's own administrator credentials, past every service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from luca_local.demo.evidence.events import DeadLetter
from luca_local.run_record import RunRecord
from luca_shared.aws import AwsClient, Credentials, Item, Message, Service, Sqs, Timeouts, decode_item

PATIENT: Final = Timeouts(connect=5, read=30, total=60)
"""For calls that nobody waits for: on a busy machine the emulator may take its time."""

_LOOKED_AT: Final = 300  # seconds for which a dead letter that was looked at is hidden: it is counted once


class Administrator:
    """The one who may see everything.

    Attributes:
        looked_at: Dead letters that are hidden because they were looked at.
    """

    def __init__(self, record: RunRecord, client: AwsClient) -> None:
        self._record = record
        self._client = client
        self._sqs = Sqs(client)
        self.looked_at: list[Message] = []
        self.credentials = Credentials(record.admin.access_key_id, record.admin.secret_access_key)

    async def items(self, table: str | None = None) -> list[Item]:
        """Return all items of a table, `luca` unless another one is named."""
        request = {"TableName": table or self._record.table, "ConsistentRead": True}
        items: list[Item] = []
        start: dict[str, object] = {}
        while True:
            answer = await self._client.call(
                Service.DYNAMODB, "Scan", {**request, **start}, credentials=self.credentials
            )
            items += map(decode_item, answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return items
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    async def messages_left(self) -> int:
        """Return how many messages the queue of events holds, those in somebody's hands included."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = await self._client.call(
            Service.SQS,
            "GetQueueAttributes",
            {"QueueUrl": self._record.queue_url, "AttributeNames": names},
            credentials=self.credentials,
        )
        return sum(int(answer["Attributes"][name]) for name in names)

    async def dead_letters(self) -> tuple[DeadLetter, ...]:
        """Return the dead letters of the queue of events; they stay there."""
        letters: list[DeadLetter] = []
        while messages := await self._sqs.receive_messages(
            self._record.dead_letter_url, wait_seconds=0, visibility_timeout=_LOOKED_AT, credentials=self.credentials
        ):
            self.looked_at += messages
            letters += [
                DeadLetter(
                    school_id=message.attributes.get("school_id", ""),
                    reason=message.attributes.get("reason", ""),
                    event_id=message.attributes.get("event_id"),
                    text=message.body,
                )
                for message in messages
            ]
        return tuple(letters)


@asynccontextmanager
async def administrator(record: RunRecord) -> AsyncIterator[Administrator]:
    """Be the administrator while the context lasts."""
    async with AwsClient(region=record.region, endpoint_url=record.aws_endpoint, timeouts=PATIENT) as client:
        yield Administrator(record, client)
