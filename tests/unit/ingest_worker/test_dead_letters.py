import asyncio
import json
from collections.abc import Sequence
from random import Random
from typing import Any

import pytest
from tests.unit.ingest_worker.simulation import (
    DEAD_LETTERS,
    TEACHER,
    Faults,
    OwnCredentials,
    SimulatedSqs,
    event,
    message,
)
from tests.virtual_time import run

from luca_ingest_worker.acknowledgement import DeadLetter, Delivery, Ledger
from luca_ingest_worker.dead_letters import DeadLetters, message_for, parcels
from luca_ingest_worker.events_queue import DeadLetterQueue
from luca_ingest_worker.refusals import Reason, Refusal
from luca_ingest_worker.room import RECEIVE_WEIGHT, Room
from luca_shared.aws.errors import Unavailable
from luca_shared.aws.sqs import OutgoingMessage

MIB = 1024 * 1024


def letter(refusal: Refusal, attributes: dict[str, str] = TEACHER) -> DeadLetter:
    return DeadLetter(Delivery(message("{}", attributes), "m1/1", 1, 0, 0, 1), refusal)


def test_a_dead_letter_is_the_one_event_with_whose_it_is_and_why() -> None:
    body = json.dumps(event())
    sent = message_for(letter(Refusal(Reason.TOO_OLD, body, "e1")))
    assert sent.body == body
    assert sent.group_id == "norte"
    assert sent.attributes == {**TEACHER, "reason": "too-old", "event_id": "e1"}


def test_attributes_that_are_not_there_are_left_out() -> None:
    sent = message_for(letter(Refusal(Reason.MALFORMED, "nonsense", None), {"school_id": "norte", "roles": ""}))
    assert sent.attributes == {"school_id": "norte", "reason": "malformed"}


def test_what_would_not_fit_with_its_reason_is_cut_and_says_so() -> None:
    sent = message_for(letter(Refusal(Reason.MALFORMED, "é" * (MIB // 2), None)))
    size = len(sent.body.encode()) + sum(len(name + value) + 10 for name, value in sent.attributes.items())
    assert MIB - 4096 < size < MIB
    assert sent.attributes["truncated"] == "true"


@pytest.mark.parametrize("sizes", [[10] * 10, [500_000] * 10, [1_040_000, 10, 1_040_000], [MIB - 2048]])
def test_a_call_never_holds_more_than_sqs_takes(sizes: list[int]) -> None:
    letters = [(letter(Refusal(Reason.MALFORMED, "", None)), OutgoingMessage("x" * size)) for size in sizes]
    parts = list(parcels(letters))
    assert [each for part in parts for each in part] == letters
    assert all(sum(len(each.body) for _, each in part) + 1024 * len(part) <= MIB for part in parts)


def test_ten_small_ones_are_one_call() -> None:
    letters = [(letter(Refusal(Reason.MALFORMED, "", None)), OutgoingMessage("x")) for _ in range(10)]
    assert list(parcels(letters)) == [letters]


def opened(ledger: Ledger, number: int) -> Delivery:
    refusals = [Refusal(Reason.MALFORMED, f"[{number}]", None)]
    return ledger.open(message("{}", message_id=f"m{number}"), weight=1, events=0, refusals=refusals, now=0)


def test_a_message_is_deletable_once_its_dead_letter_is_sent() -> None:
    async def main() -> None:
        ledger, sqs = Ledger(Room(RECEIVE_WEIGHT)), SimulatedSqs(Faults())
        deliveries = [opened(ledger, number) for number in range(12)]
        sending = asyncio.create_task(DeadLetters(DeadLetterQueue(sqs, DEAD_LETTERS, OwnCredentials()), ledger).run())
        assert [await ledger.deletable.get() for _ in deliveries] == deliveries
        assert sorted(each.body for each in sqs.dead_letters) == sorted(f"[{number}]" for number in range(12))
        assert sqs.calls == ["send", "send"]
        sending.cancel()

    run(main())


def test_a_message_is_left_when_its_dead_letter_is_not_sent() -> None:
    async def main() -> None:
        ledger, sqs = Ledger(Room(RECEIVE_WEIGHT)), SimulatedSqs(Faults(Random(0)))
        sqs.faults.always = Unavailable("SendMessageBatch", "ConnectionLost")
        delivery = opened(ledger, 1)
        sending = asyncio.create_task(DeadLetters(DeadLetterQueue(sqs, DEAD_LETTERS, OwnCredentials()), ledger).run())
        await ledger.empty()
        assert ledger.left == [delivery]
        assert not ledger.deletable.qsize()
        sending.cancel()

    run(main())


def test_only_the_letters_that_sqs_took_count() -> None:
    class Picky(SimulatedSqs):
        async def send_message_batch(
            self,
            queue_url: str,  # noqa: ARG002  # as in SQS
            messages: Sequence[OutgoingMessage],
            **_options: Any,
        ) -> list[OutgoingMessage]:
            return [each for each in messages if each.body == "[1]"]

    async def main() -> None:
        ledger = Ledger(Room(RECEIVE_WEIGHT))
        deliveries = [opened(ledger, number) for number in range(3)]
        queue = DeadLetterQueue(Picky(Faults()), DEAD_LETTERS, OwnCredentials())
        sending = asyncio.create_task(DeadLetters(queue, ledger).run())
        assert [await ledger.deletable.get() for _ in range(2)] == [deliveries[0], deliveries[2]]
        assert ledger.left == [deliveries[1]]
        sending.cancel()

    run(main())
