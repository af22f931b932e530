"""What the claims of a Cognito token must say, once its signature has been verified."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from luca_shared.tenancy.context import Role, VerifiedClaims, roles_among
from luca_shared.tenancy.ids import Id, InvalidId, PersonId, SchoolId, parse_id

TokenUse = Literal["id", "access"]

# Where each kind of token names the app client that it was issued to (Cognito developer guide, "Verifying JWTs").
_AUDIENCE: Final[Mapping[TokenUse, str]] = {"id": "aud", "access": "client_id"}
_END_OF_TIME = 253_402_300_800  # the year 10000: beyond it no claim is a time


class TokenRejected(Exception):
    """A token does not prove who its bearer is.

    Attributes:
        reason: A fixed code such as `expired`, safe to log and to show; nothing of the token is in it.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectations:
    """What a token must say to be meant for us.

    Attributes:
        issuer: The user pool's URL, as its tokens spell it.
        client_id: The app client.
        token_use: Which of Cognito's tokens is asked for. Only the ID token carries the custom attributes by default.
        leeway: Seconds by which the pool's clock and ours may differ.
    """

    issuer: str
    client_id: str
    token_use: TokenUse = "id"  # noqa: S105  # a kind of token, no token
    leeway: float = 10.0


def judge(claims: Mapping[str, Any], expected: Expectations, now: float) -> VerifiedClaims:
    """Return who the bearer is; `now` is in seconds since the epoch.

    Raises:
        TokenRejected: the token is not meant for us, not now, or it does not say whose it is.
    """
    _demand(claims.get("iss") == expected.issuer, "wrong-issuer")
    _demand(claims.get("token_use") == expected.token_use, "wrong-token-use")
    # As text: Cognito gives one audience, and a list that also holds ours was meant for others too.
    _demand(claims.get(_AUDIENCE[expected.token_use]) == expected.client_id, "wrong-audience")
    expires_at = _time(claims, "exp")
    if expires_at is None:
        raise TokenRejected("no-expiry")
    _demand(now < expires_at + expected.leeway, "expired")
    for name in ("nbf", "iat"):
        starts_at = _time(claims, name)
        _demand(starts_at is None or starts_at <= now + expected.leeway, "not-yet-valid")
    return VerifiedClaims(
        school_id=_id(SchoolId, claims.get("custom:school_id"), "no-school"),
        person_id=_id(PersonId, claims.get("custom:person_id"), "no-person"),
        roles=_roles(claims),
        expires_at=expires_at,
    )


def _demand(holds: bool, reason: str) -> None:  # noqa: FBT001  # reads as a sentence
    if not holds:
        raise TokenRejected(reason)


def _time(claims: Mapping[str, Any], name: str) -> float | None:
    if name not in claims:
        return None
    value = claims[name]
    _demand(type(value) in (int, float) and 0 <= value < _END_OF_TIME, "malformed-claims")
    return float(value)


def _id(kind: Callable[[str], Id], value: object, reason: str) -> Id:
    try:
        return parse_id(kind, value)
    except InvalidId:
        raise TokenRejected(reason) from None


def _roles(claims: Mapping[str, Any]) -> frozenset[Role]:
    groups = claims.get("cognito:groups", [])  # absent when the person is in none
    _demand(isinstance(groups, list) and all(isinstance(group, str) for group in groups), "malformed-claims")
    return roles_among(groups)
