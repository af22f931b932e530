"""RS256 tokens of the user pool: verified once, remembered until they expire."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any, Self

import aiohttp
from jose import jwk, jwt
from jose.exceptions import JOSEError
from peer.problems import Problem
from peer.settings import Settings

_KEYS_LAST_S = 3600
_REFETCH_AFTER_S = 60
_CAPACITY = 10_000


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks."""

    school_id: str
    person_id: str
    roles: frozenset[str]
    expires_at: float


class Tokens:
    """Verifies tokens; an async context manager that owns its connections."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._keys: dict[str, Any] = {}
        self._fetched_at = float("-inf")
        self._fetching = asyncio.Lock()
        self._verified: dict[str, Person] = {}

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def person(self, authorization: str | None) -> Person:
        """Return whose a request is.

        Raises:
            Problem: 401.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Problem(401, "unauthenticated", "send a token in the header Authorization: Bearer ...")
        person = self._verified.get(token)
        if person is None:
            person = await self._verify(token)
            if len(self._verified) >= _CAPACITY:
                self._verified.pop(next(iter(self._verified)))
            self._verified[token] = person
        if person.expires_at < time.time():
            self._verified.pop(token, None)
            raise Problem(401, "unauthenticated", "the token has expired; log in again")
        if time.monotonic() - self._fetched_at > _KEYS_LAST_S:
            await self._fetch(_KEYS_LAST_S)
        return person

    async def _verify(self, token: str) -> Person:
        try:
            kid = jwt.get_unverified_header(token)["kid"]
            if kid not in self._keys:
                await self._fetch(_REFETCH_AFTER_S)
            claims = jwt.decode(
                token,
                self._keys[kid],
                algorithms=["RS256"],
                audience=self._settings.client_id,
                issuer=self._settings.issuer,
            )
            return _person(claims)
        except (JOSEError, KeyError):
            raise Problem(401, "unauthenticated", "the token is not valid") from None

    async def _fetch(self, older_than: float) -> None:
        async with self._fetching:
            if time.monotonic() - self._fetched_at < older_than:
                return
            async with self._session.get(self._settings.jwks_url) as response:
                fetched = (await response.json(content_type=None))["keys"]
            self._keys = {key["kid"]: jwk.construct(key, "RS256") for key in fetched}
            self._fetched_at = time.monotonic()


def _person(claims: dict[str, Any]) -> Person:
    if claims["token_use"] != "id":
        raise KeyError("token_use")
    roles = frozenset(claims.get("cognito:groups", ()))
    return Person(claims["custom:school_id"], claims["custom:person_id"], roles, claims["exp"])
