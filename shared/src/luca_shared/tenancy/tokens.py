"""The first wall: who a request comes from is what a verified Cognito token says, and nothing else."""

import time
from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256
from typing import NamedTuple

from jose import jws
from jose.exceptions import JWSError

from luca_shared.tenancy.context import VerifiedClaims
from luca_shared.tenancy.jwk_set import RsaKey
from luca_shared.tenancy.jwks import Jwks, KeysUnavailable, UnknownKey
from luca_shared.tenancy.token_claims import Expectations, TokenRejected, TokenUse, judge
from luca_shared.tenancy.token_form import segment_object, signing_key_id

__all__ = ["KeysUnavailable", "TokenRejected", "TokenVerifier"]


class _Verified(NamedTuple):
    claims: VerifiedClaims
    kid: str
    key: RsaKey


class TokenVerifier:
    """Verifies tokens of one user pool and one app client.

    A verification takes 72 us, a token is sent with every request of its hour: what was verified is remembered by the
    token's SHA-256, until it expires or its key is withdrawn or replaced. Refusals are not remembered.

    Args:
        jwks: The pool's keys.
        issuer: The pool's URL, as its tokens spell it.
        client_id: The app client that tokens must be issued to.
        token_use: `id` or `access`.
        leeway: Seconds by which the pool's clock and ours may differ.
        capacity: How many verified tokens are remembered; the least recently used goes first.
        clock: Seconds since the epoch.
    """

    def __init__(
        self,
        jwks: Jwks,
        *,
        issuer: str,
        client_id: str,
        token_use: TokenUse = "id",  # noqa: S107  # a kind of token, no token
        leeway: float = 10.0,
        capacity: int = 10_000,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._jwks = jwks
        self._expected = Expectations(issuer=issuer, client_id=client_id, token_use=token_use, leeway=leeway)
        self._capacity = capacity
        self._clock = clock
        self._verified: OrderedDict[bytes, _Verified] = OrderedDict()

    async def verify(self, token: str) -> VerifiedClaims:
        """Return what the token proves about its bearer.

        Raises:
            TokenRejected: it proves nothing; `reason` says why in a fixed code.
            KeysUnavailable: whether it does can't be told now.
        """
        digest = sha256(token.encode(errors="surrogatepass")).digest()
        remembered = self._verified.get(digest)
        kid = remembered.kid if remembered else signing_key_id(token)
        try:
            key = await self._jwks.key(kid)
        except UnknownKey:
            self._verified.pop(digest, None)
            raise TokenRejected("unknown-key") from None
        now = self._clock()
        if remembered is None or remembered.key is not key:
            claims = self._verify(token, key, now)
        elif now < remembered.claims.expires_at + self._expected.leeway:
            claims = remembered.claims
        else:
            self._verified.pop(digest, None)
            raise TokenRejected("expired")
        self._remember(digest, _Verified(claims, kid, key))
        return claims

    def _verify(self, token: str, key: RsaKey, now: float) -> VerifiedClaims:
        try:
            jws.verify(token, key, algorithms=["RS256"])
        except JWSError:
            raise TokenRejected("bad-signature") from None
        return judge(segment_object(token.split(".")[1]), self._expected, now)

    def _remember(self, digest: bytes, verified: _Verified) -> None:
        self._verified[digest] = verified
        self._verified.move_to_end(digest)
        if len(self._verified) > self._capacity:
            self._verified.popitem(last=False)
