"""A worker with a planted fault: a message is deleted when it is received, and not when it is durable."""

import sys

from luca_ingest_worker.__main__ import main
from luca_ingest_worker.events_queue import EventsQueue
from luca_shared.aws.sqs import Message

_receive = EventsQueue.receive


async def _receive_and_delete(self: EventsQueue) -> list[Message]:
    messages = await _receive(self)
    if messages:
        await self.delete([message.receipt_handle for message in messages])
    return messages


EventsQueue.receive = _receive_and_delete  # type: ignore[method-assign]  # the planted fault

if __name__ == "__main__":
    sys.exit(main())
