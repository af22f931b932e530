"""Ends the visibility time-out of what a dead process had received: at once, where SQS would take its seconds.

Nothing else is different from SQS: messages of which the process is gone are received again, by their own receipt
handles. A long poll that outlives its process may take messages too; they are given back the moment they are taken.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from luca_local.chaos.outgoing import AWS, Outgoing
from luca_local.chaos.wire import Answer

if TYPE_CHECKING:
    from types_aiobotocore_sqs.client import SQSClient

_RECEIVE = "AmazonSQS.ReceiveMessage"


class HiddenMessages:
    """What each process has received from one queue."""

    def __init__(self, sqs: "SQSClient", queue_url: str) -> None:
        self._sqs = sqs
        self._queue_url = queue_url
        self._received: defaultdict[int, list[str]] = defaultdict(list)
        self._gone: set[int] = set()

    async def heard(self, request: Outgoing, answer: Answer) -> None:
        """Note what an answer brought, or give it back when its receiver is gone."""
        if request.door != AWS or request.header("x-amz-target") != _RECEIVE or answer.status != 200:
            return
        handles = [each["ReceiptHandle"] for each in msgspec.json.decode(answer.body).get("Messages") or ()]
        if request.life in self._gone:
            await self._show(handles)
        else:
            self._received[request.life] += handles

    async def ended(self, life: int) -> None:
        """Show again what a process had received; what it had deleted stays deleted."""
        self._gone.add(life)
        await self._show(self._received.pop(life, []))

    async def _show(self, handles: Sequence[str]) -> None:
        for first in range(0, len(handles), 10):
            await self._sqs.change_message_visibility_batch(
                QueueUrl=self._queue_url,
                Entries=[
                    {"Id": str(place), "ReceiptHandle": handle, "VisibilityTimeout": 0}
                    for place, handle in enumerate(handles[first : first + 10])
                ],
            )
