"""The queue of events and the queue of dead letters, as the worker's own role reaches them."""

from collections.abc import Sequence
from typing import Protocol

from luca_shared.aws.credentials import Credentials
from luca_shared.aws.sqs import Message, OutgoingMessage, Sqs

LONG_POLL = 20  # seconds, SQS's longest


class CredentialsSource(Protocol):
    """Whoever gives the process's own credentials."""

    async def get(self) -> Credentials:
        """Return credentials that are valid now; raise AwsError if there are none."""
        ...


class EventsQueue:
    """The queue that events are taken from. Every method may raise any `AwsError`.

    Args:
        visibility: For how many seconds a message that was received is hidden from other receives.
    """

    def __init__(self, sqs: Sqs, url: str, credentials: CredentialsSource, *, visibility: int) -> None:
        self._sqs = sqs
        self._url = url
        self._credentials = credentials
        self.visibility = visibility

    async def receive(self) -> list[Message]:
        """Return up to ten messages, none if none came for 20 seconds."""
        return await self._sqs.receive_messages(
            self._url,
            wait_seconds=LONG_POLL,
            visibility_timeout=self.visibility,
            credentials=await self._credentials.get(),
        )

    async def delete(self, handles: Sequence[str]) -> list[str]:
        """Delete up to ten messages; return the handles of those that were not deleted."""
        return await self._sqs.delete_message_batch(self._url, handles, credentials=await self._credentials.get())

    async def hide(self, handles: Sequence[str], seconds: int) -> list[str]:
        """Hide up to ten messages for so many seconds from now; return the handles for which that failed."""
        return await self._sqs.change_visibility_batch(
            self._url, handles, seconds, credentials=await self._credentials.get()
        )


class DeadLetterQueue:
    """The queue that dead letters are sent to. Every method may raise any `AwsError`."""

    def __init__(self, sqs: Sqs, url: str, credentials: CredentialsSource) -> None:
        self._sqs = sqs
        self._url = url
        self._credentials = credentials

    async def send(self, messages: Sequence[OutgoingMessage]) -> list[OutgoingMessage]:
        """Send up to ten messages of 1 MiB in all; return those that were not accepted."""
        return await self._sqs.send_message_batch(self._url, messages, credentials=await self._credentials.get())
