"""Tokens whose signature is none, is by another key, or is by a key or an algorithm of their own choice."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization

from luca_local.isolation.token_wall.minting import CLIENT, KID, NOW, jwk, key, segment, signed
from luca_local.isolation.token_wall.rig import THEIRS
from luca_local.isolation.token_wall.theirs import DAY, PERSON, SCHOOL, Made, theirs


def unsigned() -> Made:
    """Without any signature, and saying so."""
    said = segment(theirs())
    for algorithm in ("none", "None", "NONE", "nOnE", "", "null", None, " none", "none ", "RS256\x00", ["none"]):
        for signature in ("", segment(b"x"), signed().split(".")[2]):
            head = segment({"alg": algorithm, "kid": KID})
            yield f"alg {algorithm!r} and {len(signature)} characters of signature", f"{head}.{said}.{signature}"
    yield "two segments", f"{segment({'alg': 'none', 'kid': KID})}.{said}"


def public_texts() -> dict[str, bytes]:
    """Return the ways in which everybody has the pool's public key as bytes."""
    public, encoding, form = key().public_key(), serialization.Encoding, serialization.PublicFormat
    pem = public.public_bytes(encoding.PEM, form.SubjectPublicKeyInfo)
    published = jwk(key())
    return {
        "PEM": pem,
        "PEM without the last line feed": pem.rstrip(),
        "PKCS 1 PEM": public.public_bytes(encoding.PEM, form.PKCS1),
        "DER": public.public_bytes(encoding.DER, form.SubjectPublicKeyInfo),
        "PKCS 1 DER": public.public_bytes(encoding.DER, form.PKCS1),
        "modulus": str(published["n"]).encode(),
        "JWK": json.dumps(published).encode(),
        "nothing": b"",
    }


def symmetric() -> Made:
    """Signed with what everybody knows, as if it were a shared secret."""
    for algorithm, digest in (("HS256", hashlib.sha256), ("HS384", hashlib.sha384), ("HS512", hashlib.sha512)):
        for name, secret in public_texts().items():
            text = f"{segment({'alg': algorithm, 'kid': KID})}.{segment(theirs())}"
            yield (
                f"{algorithm} by the public key's {name}",
                f"{text}.{segment(hmac.digest(secret, text.encode(), digest))}",
            )


def other_algorithms() -> Made:
    """Signed, or said to be, in another way than ours."""
    for name, made in (("RS512", hashes.SHA512()), ("RS384", hashes.SHA384()), ("RS256", hashes.SHA512())):
        header = {"alg": name, "kid": KID}
        yield f"{name}, signed over {made.name}", signed(theirs(), header, algorithm=made)
    others: tuple[Any, ...] = ("PS256", "ES256", "EdDSA", "rs256", ["RS256"], {"RS256": 1}, 256, True, None, ...)
    for algorithm in others:
        other = {"kid": KID} if algorithm is ... else {"alg": algorithm, "kid": KID}
        yield f"alg {algorithm!r}", signed(theirs(), other)


def changed() -> Made:
    """Right once, and changed since."""
    head, _, signature = signed().split(".")
    for name, value in (
        (SCHOOL, THEIRS),
        (PERSON, "p1"),
        ("cognito:groups", ["school-admin"]),
        ("exp", NOW + DAY),
        ("aud", CLIENT),
    ):
        other = segment(theirs(**{name: value}))
        yield f"{name}, and the signature of before", f"{head}.{other}.{signature}"
    yield "the signature of another token", ".".join([*signed(theirs()).split(".")[:2], signature])
    whole = signed(theirs()).split(".")
    yield "a signature without its end", ".".join([*whole[:2], whole[2][:-8]])
    yield "a signature of zeros", ".".join([*whole[:2], segment(bytes(256))])
    yield "a signature of ones", ".".join([*whole[:2], segment(b"\xff" * 256)])


def unknown_kids() -> Made:
    """Naming a key that the pool doesn't have, or none."""
    kids: tuple[Any, ...] = (
        "k2",
        "K1",
        "k1 ",
        "k1\n",
        " k1",
        "k\u0131",
        "",
        "k" * 129,
        1,
        True,
        None,
        ["k1"],
        {"k1": 1},
        ...,
        "../k1",
        "k1' OR '1'='1",
        "/dev/null",
        "k1\x00",
    )
    for kid in kids:
        header = {"alg": "RS256"} if kid is ... else {"alg": "RS256", "kid": kid}
        yield f"kid {'left out' if kid is ... else ascii(kid)[:40]}", signed(theirs(), header)
    yield "a stranger's key under its own id", signed(theirs(), {"alg": "RS256", "kid": "mine"}, by=key("a stranger's"))


def own_keys(strangers_url: str) -> Made:
    """Bringing their own key along, or telling where it is."""
    stranger = key("a stranger's")
    lures: Mapping[str, Any] = {
        "jwk": jwk(stranger),
        "jku": strangers_url,
        "x5u": strangers_url,
        "x5c": ["AA"],
        "x5t": "AA",
        "url": strangers_url,
    }
    for name, lure in lures.items():
        for kid in (KID, "mine"):
            header = {"alg": "RS256", "kid": kid, name: lure}
            yield f"{name}, under the id {kid}", signed(theirs(), header, by=stranger)
        yield f"{name}, and no id", signed(theirs(), {"alg": "RS256", name: lure}, by=stranger)
    yield "all of them", signed(theirs(), {"alg": "RS256", "kid": KID, **lures}, by=stranger)
