"""Sends what is refused to the dead letters, with the reason, so that its message may be deleted afterwards."""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from luca_ingest_worker import metrics
from luca_ingest_worker.acknowledgement import DeadLetter, Ledger
from luca_ingest_worker.events_queue import DeadLetterQueue
from luca_ingest_worker.tens import next_entries
from luca_shared.aws.errors import AwsError
from luca_shared.aws.sqs import OutgoingMessage
from luca_shared.runtime import correlation
from luca_shared.runtime.log_values import Public

# SQS takes 1 MiB a message and a call, attributes included; ours are below a kilobyte each.
_MAX_BODY: Final = 1024 * 1024 - 2048
_CALL_BYTES: Final = 1024 * 1024 - 10 * 1024
_FROM_THE_EDGE: Final = ("school_id", "person_id", "roles", "correlation_id")

_log = logging.getLogger(__name__)


class DeadLetters:
    """Sends dead letters, as many in a call as SQS takes. One that can't be sent keeps its message on the queue.

    A dead letter is sent at least once: whoever is killed after the send and before its message is deleted sends it
    again, with the same `event_id`.
    """

    def __init__(self, queue: DeadLetterQueue, ledger: Ledger) -> None:
        self._queue = queue
        self._ledger = ledger

    async def run(self) -> None:
        """Send what the ledger says is refused, until cancelled."""
        async with asyncio.TaskGroup() as calls:
            while True:
                letters = await next_entries(self._ledger.dead_letters)
                for parcel in parcels([(letter, message_for(letter)) for letter in letters]):
                    calls.create_task(self._send(parcel))

    async def _send(self, parcel: list[tuple[DeadLetter, OutgoingMessage]]) -> None:
        try:
            failed = {id(message) for message in await self._queue.send([message for _, message in parcel])}
        except AwsError as error:
            _log.warning("dead letters were not sent", extra={"code": Public(error.code), "letters": len(parcel)})
            failed = {id(message) for _, message in parcel}
        sent = [letter for letter, message in parcel if id(message) not in failed]
        for letter, message in parcel:
            if id(message) in failed:
                self._ledger.leave(letter.delivery)
            else:
                metrics.DEAD_LETTERS[letter.refusal.reason].inc()
                self._ledger.durable(letter.delivery)
        if sent:
            _log.info("dead letters were sent", extra=_summary(sent))


def _summary(letters: list[DeadLetter]) -> dict[str, Any]:
    correlation_ids = {letter.delivery.message.attributes.get("correlation_id", "") for letter in letters}
    return {
        "reasons": Counter(letter.refusal.reason for letter in letters),
        "correlation_ids": [Public(each) for each in sorted(correlation_ids) if correlation.acceptable(each)],
    }


def message_for(letter: DeadLetter) -> OutgoingMessage:
    """Return the message that tells an operator what was refused, from whom and why.

    It can be sent back as it is: the attributes from the edge say whose it is, and `event_id` which event, so that it
    is still the same one under another message id.
    """
    source, refusal = letter.delivery.message, letter.refusal
    attributes = {name: source.attributes[name] for name in _FROM_THE_EDGE if source.attributes.get(name)}
    attributes["reason"] = refusal.reason.value
    if refusal.event_id is not None:
        attributes["event_id"] = refusal.event_id
    body = refusal.body
    if len(body.encode()) > _MAX_BODY:  # with the reason beside it, it would not fit any more
        body = body.encode()[:_MAX_BODY].decode(errors="ignore")
        attributes["truncated"] = "true"
    return OutgoingMessage(body, attributes, source.group_id)


def parcels(
    letters: list[tuple[DeadLetter, OutgoingMessage]],
) -> Iterator[list[tuple[DeadLetter, OutgoingMessage]]]:
    """Part letters so that each part fits into one call."""
    parcel: list[tuple[DeadLetter, OutgoingMessage]] = []
    size = 0
    for letter in letters:
        length = len(letter[1].body.encode())
        if parcel and size + length > _CALL_BYTES:
            yield parcel
            parcel, size = [], 0
        parcel.append(letter)
        size += length
    if parcel:
        yield parcel
