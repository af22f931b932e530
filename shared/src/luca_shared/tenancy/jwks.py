"""The user pool's public keys, fetched seldom and one fetch at a time, whatever ids the tokens name.

- A known id is answered from memory. A set older than `max_age` is fetched anew by one of those who ask, while the
  others go on with what there is; should that fail, the set still serves until it is `max_stale` old.
- An unknown id makes at most one fetch in `refetch_after` seconds, whether the fetch succeeds or not: anybody can send
  tokens with invented ids.
- Without any set (at the start, or after `max_stale`), nobody can be let in at all, so the next attempt comes sooner,
  after `retry_after`.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Final

import aiohttp
from prometheus_client import Counter

from luca_shared.tenancy.jwk_set import MAX_BYTES, BadKeySet, RsaKey, parse_key_set
from luca_shared.tenancy.single_flight import SingleFlight

_FETCHES = Counter("luca_jwks_fetches", "Fetches of the user pool's keys by how they ended", ["outcome"])
_THE_SET: Final = "the set"


class KeysUnavailable(Exception):
    """It can't be known which key signed a token: the user pool's keys can't be had. Not the bearer's fault."""


class UnknownKey(Exception):
    """The user pool has no such key."""


class Jwks:
    """The keys at `url`, with all times in seconds.

    Args:
        url: Where the user pool publishes its key set.
        session: Makes the requests; who gives it closes it.
        max_age: From when on the set is fetched anew.
        max_stale: Until when it serves while that fails. A key that the pool withdrew is believed no longer than this.
        refetch_after: How long an unknown id makes no further fetch.
        retry_after: How long after a failed fetch the next one is made when there is no set at all.
        timeout: How long a fetch may take.
        clock: Seconds that never go back.
    """

    def __init__(
        self,
        url: str,
        session: aiohttp.ClientSession,
        *,
        max_age: float = 3600.0,
        max_stale: float = 24 * 3600.0,
        refetch_after: float = 60.0,
        retry_after: float = 5.0,
        timeout: float = 3.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = url
        self._session = session
        self._max_age = max_age
        self._max_stale = max_stale
        self._refetch_after = refetch_after
        self._retry_after = retry_after
        self._timeout = timeout
        self._clock = clock
        self._keys: dict[str, RsaKey] = {}
        self._fetched_at = -float("inf")
        self._attempted_at = -float("inf")
        self._attempt_succeeded = False
        self._flights: SingleFlight[str, None] = SingleFlight()

    async def key(self, kid: str) -> RsaKey:
        """Return the key with this id. While the pool publishes the same key, it is the same object.

        Raises:
            UnknownKey: the pool has none.
            KeysUnavailable: that can't be told now.
        """
        age = self._clock() - self._fetched_at
        usable = age < self._max_stale
        known = self._keys.get(kid) if usable else None
        if known is not None and (age < self._max_age or not self._may_fetch(usable=True)):
            return known
        if _THE_SET in self._flights or self._may_fetch(usable=usable):
            try:
                await self._flights.run(_THE_SET, self._fetch)
            except KeysUnavailable:
                if known is None:
                    raise
                return known
            known = self._keys.get(kid)
        if known is None:
            raise UnknownKey if self._attempt_succeeded else KeysUnavailable
        return known

    def _may_fetch(self, *, usable: bool) -> bool:
        pause = self._refetch_after if usable else self._retry_after
        return self._clock() - self._attempted_at >= pause

    async def _fetch(self) -> None:
        started = self._attempted_at = self._clock()
        self._attempt_succeeded = False  # also when this attempt is cancelled
        try:
            fresh = parse_key_set(await self._read())
        except (aiohttp.ClientError, TimeoutError, BadKeySet) as error:
            _FETCHES.labels("refused" if isinstance(error, BadKeySet) else "failed").inc()
            raise KeysUnavailable from error
        _FETCHES.labels("ok").inc()
        # The same key stays the same object: what was verified with it needs no second look.
        self._keys = {kid: _same(self._keys.get(kid), key) for kid, key in fresh.items()}
        self._fetched_at = started
        self._attempt_succeeded = True

    async def _read(self) -> bytes:
        async with (
            asyncio.timeout(self._timeout),
            self._session.get(self._url, allow_redirects=False, headers={"Accept-Encoding": "identity"}) as response,
        ):
            if response.status != 200:
                raise BadKeySet("the answer is not 200")
            body = bytearray()
            async for chunk in response.content.iter_any():
                body += chunk
                if len(body) > MAX_BYTES:
                    raise BadKeySet("the answer is too long")
            return bytes(body)


def _same(old: RsaKey | None, new: RsaKey) -> RsaKey:
    return old if old is not None and old.to_dict() == new.to_dict() else new
