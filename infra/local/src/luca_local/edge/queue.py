"""The queue of events, written to under the edge's own role: the only one that the queue's policy lets send."""

from collections.abc import Mapping

from luca_shared.aws import PlatformCredentials, Sqs


class SqsQueue:
    """One queue, and whom to sign as."""

    def __init__(self, sqs: Sqs, queue_url: str, credentials: PlatformCredentials) -> None:
        self._sqs = sqs
        self._queue_url = queue_url
        self._credentials = credentials

    async def send(self, body: str, *, attributes: Mapping[str, str], group_id: str) -> None:
        """Return once the message is durable; raise AwsError if it may not be."""
        await self._sqs.send_message(
            self._queue_url,
            body,
            attributes,
            group_id,
            credentials=await self._credentials.get(),
            correlation_id=attributes["correlation_id"],
        )
