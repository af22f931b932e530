"""Who asks: the bearer token of a request becomes the tenant's context, from which everything else follows."""

import logging
from typing import Protocol

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from luca_shared.runtime import problems
from luca_shared.runtime.correlation_middleware import CORRELATION_ID
from luca_shared.runtime.log_values import Public
from luca_shared.runtime.problems import Problem
from luca_shared.tenancy.context import TenantContext, VerifiedClaims
from luca_shared.tenancy.tokens import KeysUnavailable, TokenRejected

CONTEXT: web.RequestKey[TenantContext] = web.RequestKey("tenant_context", TenantContext)

_log = logging.getLogger(__name__)


class Verifier(Protocol):
    """Knows whose a token is; usually a `TokenVerifier`."""

    async def verify(self, token: str) -> VerifiedClaims:
        """Return what the token proves, or raise TokenRejected or KeysUnavailable."""


def authentication(verifier: Verifier) -> Middleware:
    """A middleware that lets no request pass without a verified token."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        token = _bearer_token(request)
        try:
            claims = await verifier.verify(token)
        except TokenRejected as rejected:
            _log.info("a token was rejected", extra={"reason": Public(rejected.reason)})
            raise _refused(rejected.reason) from None
        except KeysUnavailable:
            _log.warning("tokens can't be verified: the issuer's keys are out of reach", exc_info=True)
            raise problems.unavailable("who you are can't be verified at the moment; try again") from None
        request[CONTEXT] = TenantContext.of_token(claims, request[CORRELATION_ID])
        return await handler(request)

    return middleware


def _bearer_token(request: web.Request) -> str:
    given = request.headers.getall("Authorization", [])
    scheme, _, token = given[0].partition(" ") if len(given) == 1 else ("", "", "")
    if scheme.lower() != "bearer" or not token.strip():
        raise problems.unauthenticated("send a token in the header Authorization: Bearer ...")
    return token.strip()


def _refused(reason: str) -> Problem:
    """A 401 that says why in RFC 6750's words, and to a person only what helps: log in again, or it is not for here."""
    expired = reason == "expired"
    problem = problems.unauthenticated("the token has expired; log in again" if expired else "the token is not valid")
    problem.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    return problem
