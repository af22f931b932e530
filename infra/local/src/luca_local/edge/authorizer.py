"""Lets nobody past without a valid token, as API Gateway's Cognito authorizer does (without scopes: the ID token)."""

from typing import Protocol

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from luca_shared.runtime import problems
from luca_shared.tenancy.context import VerifiedClaims
from luca_shared.tenancy.jwks import KeysUnavailable
from luca_shared.tenancy.tokens import TokenRejected

CLAIMS: web.RequestKey[VerifiedClaims] = web.RequestKey("claims", VerifiedClaims)

_SCHEME = "bearer "


class Verifier(Protocol):
    """Whoever tells a valid token from another."""

    async def verify(self, token: str) -> VerifiedClaims:
        """Return what a valid token says; raise TokenRejected or KeysUnavailable."""
        ...


def authorizer(verifier: Verifier, *, public: frozenset[str]) -> Middleware:
    """Return the middleware; the paths in `public`, exactly as spelled there, need no token."""

    @web.middleware
    async def authorize(request: web.Request, handler: Handler) -> web.StreamResponse:
        # The path as it came: one that is merely equivalent to a public one needs a token.
        if request.raw_path.partition("?")[0] not in public:
            request[CLAIMS] = await _verified(verifier, request.headers.getall(hdrs.AUTHORIZATION, []))
        return await handler(request)

    return authorize


async def _verified(verifier: Verifier, lines: list[str]) -> VerifiedClaims:
    # Two lines would let the edge verify one token and the service another.
    if len(lines) != 1 or not lines[0].lower().startswith(_SCHEME):
        raise problems.unauthenticated()
    try:
        return await verifier.verify(lines[0][len(_SCHEME) :].strip())
    except TokenRejected:
        raise problems.unauthenticated() from None
    except KeysUnavailable:
        raise problems.unavailable("tokens can't be verified at the moment; try again") from None
