"""The queue, its dead letters and the table, as the edge puts messages there and an administrator looks at them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from luca_local.aws_clients import AwsClients
from luca_local.chaos.recess import EventMessage
from luca_local.container_credentials import ContainerCredentials
from luca_local.demo.collecting.stored_items import stored_events
from luca_local.demo.evidence.events import DeadLetter, StoredEvent
from luca_local.deployment import Deployment
from luca_shared.aws.attributes import Item, decode_item
from luca_shared.aws.credentials import Credentials
from luca_shared.aws.sqs import Sqs


@dataclass(frozen=True, slots=True)
class WorkerPlaces:
    """Everything that a recess is put into and found in."""

    deployment: Deployment
    credentials: ContainerCredentials
    aws: AwsClients
    sqs: Sqs
    edge: Credentials

    async def send(self, message: EventMessage) -> str:
        """Put a message on the queue; return its id."""
        return await self.sqs.send_message(
            self.deployment.queue_url, message.body, message.attributes, message.school_id, credentials=self.edge
        )

    async def left(self) -> int:
        """Return how many messages are on the queue, whoever has them in hand."""
        answer = await self.aws.sqs.get_queue_attributes(QueueUrl=self.deployment.queue_url, AttributeNames=["All"])
        counted = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        return sum(int(value) for name, value in answer["Attributes"].items() if name in counted)

    async def stored(self) -> tuple[StoredEvent, ...]:
        """Return every event of the table."""
        return stored_events(await self._items())

    async def dead_letters(self) -> tuple[DeadLetter, ...]:
        """Take all dead letters away, and return them."""
        letters: list[DeadLetter] = []
        while received := await self._take_letters():
            for message in received:
                said = {name: value["StringValue"] for name, value in message.get("MessageAttributes", {}).items()}
                letters.append(
                    DeadLetter(said.get("school_id", ""), said.get("reason", ""), said.get("event_id"), message["Body"])
                )
        return tuple(letters)

    async def wipe(self) -> None:
        """Leave nothing of a trial to the next one."""
        await self.aws.sqs.purge_queue(QueueUrl=self.deployment.queue_url)
        keys = [{name: {"S": item[name]} for name in ("pk", "sk")} for item in await self._items()]
        for first in range(0, len(keys), 25):
            deletes: list[Any] = [{"DeleteRequest": {"Key": key}} for key in keys[first : first + 25]]
            await self.aws.dynamodb.batch_write_item(RequestItems={self.deployment.table_name: deletes})

    async def _items(self) -> list[Item]:
        pages = self.aws.dynamodb.get_paginator("scan").paginate(
            TableName=self.deployment.table_name, ConsistentRead=True
        )
        return [decode_item(item) async for page in pages for item in page["Items"]]

    async def _take_letters(self) -> Sequence[Any]:
        queue_url = self.deployment.dead_letter_url
        answer = await self.aws.sqs.receive_message(
            QueueUrl=queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=0, MessageAttributeNames=["All"]
        )
        received = answer.get("Messages", [])
        if received:
            handles = [each["ReceiptHandle"] for each in received]
            await self.aws.sqs.delete_message_batch(
                QueueUrl=queue_url,
                Entries=[{"Id": str(place), "ReceiptHandle": handle} for place, handle in enumerate(handles)],
            )
        return received
