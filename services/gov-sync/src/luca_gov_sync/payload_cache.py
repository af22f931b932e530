"""A batch's bytes, from memory while they are there, from the bucket after a restart; checked before they are sent."""

from collections import OrderedDict
from hashlib import sha256

from luca_gov_sync.ports import Payloads
from luca_gov_sync.work import Work

CAPACITY = 64 * 1024 * 1024  # bytes


class WrongPayload(Exception):
    """The bucket holds other bytes than were prepared; they must not be sent."""


class PayloadCache:
    """The bytes of the batches that were used last."""

    def __init__(self, payloads: Payloads, *, capacity: int = CAPACITY) -> None:
        self._payloads = payloads
        self._capacity = capacity
        self._held: OrderedDict[str, bytes] = OrderedDict()
        self._size = 0

    def keep(self, key: str, payload: bytes) -> None:
        """Keep what has just been stored."""
        if key in self._held:
            return
        self._held[key] = payload
        self._size += len(payload)
        while self._size > self._capacity and len(self._held) > 1:
            _, oldest = self._held.popitem(last=False)
            self._size -= len(oldest)

    async def of(self, work: Work) -> bytes:
        """Return a batch's bytes.

        Raises:
            WrongPayload: they are not those that were prepared.
        """
        key = work.batch.payload_key
        payload = self._held.get(key)
        if payload is None:
            payload = await self._payloads.get(work.context, key)
            self.keep(key, payload)
        if sha256(payload).hexdigest() != work.batch.payload_sha256:
            raise WrongPayload
        return payload

    def drop(self, key: str) -> None:
        """Forget a batch that is settled."""
        payload = self._held.pop(key, None)
        if payload is not None:
            self._size -= len(payload)
