"""A key set from the network: only RSA signing keys are taken from it, and a poisoned one is not touched."""

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jose.backends.cryptography_backend import CryptographyRSAKey

from luca_shared.tenancy.jwk_set import MAX_KEYS, BadKeySet, RsaKey, parse_key_set


def jwk_of(bits: int = 2048, exponent: int = 65_537, **members: Any) -> dict[str, Any]:
    key = rsa.generate_private_key(public_exponent=exponent, key_size=bits)
    jwk: RsaKey = CryptographyRSAKey(key.public_key(), "RS256")
    return {**jwk.to_dict(), "kid": "k1", "use": "sig", "alg": "RS256", **members}


GOOD = jwk_of()


def body(*keys: Any, **members: Any) -> bytes:
    return json.dumps({"keys": list(keys), **members}).encode()


def test_signing_keys_are_taken_by_their_ids() -> None:
    keys = parse_key_set(body(GOOD, {**GOOD, "kid": "abc+/=="}))
    assert keys.keys() == {"k1", "abc+/=="}
    assert keys["k1"].to_dict()["n"] == GOOD["n"]


@pytest.mark.parametrize(
    "other",
    [
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": "k2", "use": "sig", "alg": "ES256"},
        {**GOOD, "kid": "k2", "use": "enc"},
        {**GOOD, "kid": "k2", "alg": "RS512"},
        {name: value for name, value in {**GOOD, "kid": "k2"}.items() if name != "use"},
        {name: value for name, value in {**GOOD, "kid": "k2"}.items() if name != "alg"},
        {name: value for name, value in {**GOOD, "kid": "k2"}.items() if name != "n"},
        {**GOOD, "kid": "k2", "e": "Aw"},
        {**GOOD, "kid": "k2", "n": GOOD["n"] + "!"},
        {**GOOD, "kid": "k2", "n": 12345},
        {**GOOD, "kid": "k2", "n": "A" * 1024},
        jwk_of(bits=1024, kid="k2"),
    ],
    ids=lambda key: ",".join(sorted(key)),
)
def test_a_key_that_signs_no_token_of_ours_is_passed_over(other: dict[str, Any]) -> None:
    assert parse_key_set(body(other, GOOD)).keys() == {"k1"}
    with pytest.raises(BadKeySet):
        parse_key_set(body(other))


@pytest.mark.parametrize(
    "poison",
    [
        {"kty": "oct", "k": "c2VjcmV0", "kid": "k2", "alg": "HS256"},
        {"kty": "oct", "kid": "k2"},
        {**GOOD, "kid": "k2", "d": "AQAB"},
        {**GOOD, "kid": "k2", "p": "AQAB"},
        {**GOOD, "kid": "k2", "k": "AQAB"},
        GOOD,
        {**GOOD, "kid": None},
        {**GOOD, "kid": ""},
        {**GOOD, "kid": "k" * 129},
        {**GOOD, "kid": "k\n2"},
        "no object",
        None,
    ],
    ids=[
        "symmetric",
        "symmetric without its key",
        "private exponent",
        "private prime",
        "symmetric member",
        "an id twice",
        "no id",
        "empty id",
        "long id",
        "id of two lines",
        "no object",
        "null",
    ],
)
def test_a_poisoned_set_is_refused_whole(poison: object) -> None:
    with pytest.raises(BadKeySet):
        parse_key_set(body(GOOD, poison))


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"<html>",
        b"[]",
        b"{}",
        b'{"keys": {}}',
        b'{"keys": []}',
        b'{"keys": [], "keys": []}',
        body(*({**GOOD, "kid": f"k{number}"} for number in range(MAX_KEYS + 1))),
    ],
    ids=lambda text: text[:20].decode(),
)
def test_what_is_no_set_or_too_large_a_one_is_refused(text: bytes) -> None:
    with pytest.raises(BadKeySet):
        parse_key_set(text)
