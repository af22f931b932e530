"""The ledger of messages in hand: a message may be deleted when everything in it is durable, and not before.

    received -> its events:   each durable in the table, refused, or left
             -> its refusals: each durable among the dead letters, or left
             -> to be deleted; but left alone if any of these was left

Dead letters come after the events: a message that is left and comes again would bring its dead letters again.
"""

import asyncio
from dataclasses import dataclass, field

from luca_ingest_worker import metrics
from luca_ingest_worker.refusals import Refusal
from luca_ingest_worker.room import Room
from luca_shared.aws.sqs import Message


@dataclass(slots=True, eq=False)
class Delivery:
    """A message in hand.

    Attributes:
        handle: The receipt handle of the latest receive; SQS may ignore an older one.
        received_at: Seconds of the loop's clock.
        hidden_since: When its visibility was last set; seconds of the loop's clock.
        pending: How many of its events, or then of its dead letters, nothing is known of yet.
        left: Whether something in it could not be made durable.
    """

    message: Message
    handle: str
    weight: int
    received_at: float
    hidden_since: float
    pending: int
    refusals: list[Refusal] = field(default_factory=list)
    left: bool = False


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A refusal on its way to the dead letters."""

    delivery: Delivery
    refusal: Refusal


class Ledger:
    """Every message in hand, and what is next for it.

    Attributes:
        dead_letters: Those that are to be sent.
        deletable: Messages of which everything is durable.
        left: Messages that were given up; they reappear on the queue by themselves.
    """

    def __init__(self, room: Room) -> None:
        self.dead_letters: asyncio.Queue[DeadLetter] = asyncio.Queue()
        self.deletable: asyncio.Queue[Delivery] = asyncio.Queue()
        self.left: list[Delivery] = []
        self._room = room
        self._in_hand: set[Delivery] = set()
        self._by_id: dict[str, Delivery] = {}
        self._empty = asyncio.Event()
        self._empty.set()

    @property
    def in_hand(self) -> frozenset[Delivery]:
        """The messages that have been neither deleted nor given up."""
        return frozenset(self._in_hand)

    async def empty(self) -> None:
        """Wait until no message is in hand."""
        await self._empty.wait()

    def received_again(self, message: Message, now: float) -> bool:
        """Whether the message is in hand already; then this receive of it is the one that will be acknowledged."""
        delivery = self._by_id.get(message.message_id)
        if delivery is None or delivery.left:
            return False
        delivery.handle, delivery.hidden_since = message.receipt_handle, now
        return True

    def open(self, message: Message, *, weight: int, events: int, refusals: list[Refusal], now: float) -> Delivery:
        """Take a message in hand: of so many events, what becomes of them will be told; the others are refused."""
        delivery = Delivery(message, message.receipt_handle, weight, now, now, events, refusals)
        self._in_hand.add(delivery)
        self._by_id[message.message_id] = delivery
        self._empty.clear()
        self._advance(delivery)
        return delivery

    def durable(self, delivery: Delivery) -> None:
        """One event of it is in the table, or one of its dead letters among the dead letters."""
        delivery.pending -= 1
        self._advance(delivery)

    def refuse(self, delivery: Delivery, refusal: Refusal) -> None:
        """One event of it can never be stored."""
        delivery.refusals.append(refusal)
        self.durable(delivery)

    def leave(self, delivery: Delivery) -> None:
        """One event of it, or one of its dead letters, could not be made durable now."""
        delivery.left = True
        self.durable(delivery)

    def close(self, delivery: Delivery) -> None:
        """It is out of hand: deleted, or left."""
        self._in_hand.remove(delivery)
        if self._by_id.get(delivery.message.message_id) is delivery:
            del self._by_id[delivery.message.message_id]
        self._room.give_back(delivery.weight)
        if not self._in_hand:
            self._empty.set()

    def _advance(self, delivery: Delivery) -> None:
        if delivery.pending:
            return
        if delivery.left:
            metrics.LEFT.inc()
            self.left.append(delivery)
            self.close(delivery)
        elif delivery.refusals:
            refusals, delivery.refusals = delivery.refusals, []
            delivery.pending = len(refusals)
            for refusal in refusals:
                self.dead_letters.put_nowait(DeadLetter(delivery, refusal))
        else:
            self.deletable.put_nowait(delivery)
