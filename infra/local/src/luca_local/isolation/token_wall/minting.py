"""Tokens of a user pool that is ours to play: signed by its key or by another, saying whatever one likes."""

import base64
import json
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from jose.backends.cryptography_backend import CryptographyRSAKey

ISSUER: Final = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_pool"
CLIENT: Final = "client-1"
KID: Final = "k1"
NOW: Final = 1_790_000_000  # seconds since the epoch


@cache
def key(whose: str = "the pool's", *, bits: int = 2048, exponent: int = 65_537) -> rsa.RSAPrivateKey:
    """Return somebody's key, the same each time."""
    _ = whose
    return rsa.generate_private_key(public_exponent=exponent, key_size=bits)


def jwk(private: rsa.RSAPrivateKey, kid: Any = KID, **changes: Any) -> dict[str, Any]:
    """Return the public half as a pool publishes it; a change to `...` leaves a member out."""
    public: Any = CryptographyRSAKey(private.public_key(), "RS256")
    whole: dict[str, Any] = {**public.to_dict(), "use": "sig", "kid": kid}
    return _without_omissions({**whole, **changes})


def claims(now: float = NOW, /, **changes: Any) -> dict[str, Any]:
    """Return what a right token says; a change to `...` leaves a claim out."""
    whole = {
        "sub": "0d3c",
        "iss": ISSUER,
        "aud": CLIENT,
        "token_use": "id",
        "auth_time": int(now) - 60,
        "iat": int(now) - 60,
        "exp": int(now) + 3540,
        "custom:school_id": "norte",
        "custom:person_id": "p9",
        "cognito:groups": ["teacher"],
    }
    return _without_omissions({**whole, **changes})


def segment(value: Mapping[str, Any] | bytes) -> str:
    """Return a part of a token."""
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(
    payload: Mapping[str, Any] | bytes | None = None,
    header: Mapping[str, Any] | bytes | None = None,
    *,
    by: rsa.RSAPrivateKey | None = None,
    algorithm: hashes.HashAlgorithm | None = None,
) -> str:
    """Return a token that is signed properly, whatever it says."""
    head = segment({"alg": "RS256", "kid": KID} if header is None else header)
    text = f"{head}.{segment(claims() if payload is None else payload)}"
    return f"{text}.{segment(_signature(text, by or key(), (algorithm or hashes.SHA256()).name))}"


@lru_cache(4096)
def _signature(text: str, by: rsa.RSAPrivateKey, algorithm: str) -> bytes:
    """Sign, once: each removal of a guard is tried with the same tokens, and to sign takes longer than all the rest."""
    return by.sign(text.encode(), padding.PKCS1v15(), getattr(hashes, algorithm.upper())())


def _without_omissions(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not ...}
