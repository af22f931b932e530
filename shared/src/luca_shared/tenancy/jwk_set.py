"""A JSON Web Key Set (RFC 7517) as it came over the network, judged before any key of it is believed.

A set is refused whole when it holds what no public key set may hold (a symmetric key, a private part, one id twice):
whoever could put that there could have changed the rest. A key of another kind than ours is passed over.
"""

import base64
import re
from typing import Any, TypeAlias

from jose import jwk
from jose.backends.base import Key

from luca_shared.tenancy.strict_json import NotStrictJson, parse_object

RsaKey: TypeAlias = Key
"""python-jose's key object, made once for a key: making it costs more than a verification."""

MAX_BYTES = 65_536
MAX_KEYS = 32
_MODULUS_BITS = range(2048, 4097)  # RFC 7518 section 3.3 asks for 2048; beyond 4096 a verification takes too long
_EXPONENT = 65_537
_KID = re.compile(r"[A-Za-z0-9+/=_.-]{1,128}")
_BASE64URL = re.compile(r"[A-Za-z0-9_-]{1,1024}")
_SECRET_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})  # RFC 7518 sections 6.3.2 and 6.4.1


class BadKeySet(Exception):
    """A document is not a key set to believe; the text repeats nothing of it."""


def is_key_id(value: object) -> bool:
    """Whether a `kid` is a short plain text."""
    return isinstance(value, str) and _KID.fullmatch(value) is not None


def parse_key_set(body: bytes) -> dict[str, RsaKey]:
    """Return the keys that may have signed a token of ours, by id.

    Raises:
        BadKeySet: it is not a key set, it is poisoned, or no key of it is of use.
    """
    try:
        document = parse_object(body)
    except NotStrictJson as error:
        raise BadKeySet(str(error)) from None
    members = document.get("keys")
    if not isinstance(members, list) or len(members) > MAX_KEYS:
        raise BadKeySet("no list of keys, or too long a one")
    keys: dict[str, RsaKey] = {}
    seen: set[str] = set()
    for member in members:
        kid = _judged_id(member)
        if kid in seen:
            raise BadKeySet("one key id occurs twice")
        seen.add(kid)
        if _is_ours(member):
            keys[kid] = jwk.construct({name: member[name] for name in ("kty", "n", "e")}, "RS256")
    if not keys:
        raise BadKeySet("no RSA key for RS256 signatures")
    return keys


def _judged_id(member: Any) -> str:
    if not isinstance(member, dict):
        raise BadKeySet("a key is not an object")
    if member.get("kty") == "oct" or not _SECRET_MEMBERS.isdisjoint(member):
        raise BadKeySet("a key holds what must be secret")
    kid = member.get("kid")
    if not is_key_id(kid):
        raise BadKeySet("a key has no usable id")
    return str(kid)


def _is_ours(member: dict[str, Any]) -> bool:
    if (member.get("kty"), member.get("use"), member.get("alg")) != ("RSA", "sig", "RS256"):
        return False
    modulus, exponent = _number(member.get("n")), _number(member.get("e"))
    return modulus.bit_length() in _MODULUS_BITS and modulus % 2 == 1 and exponent == _EXPONENT


def _number(text: object) -> int:
    """Read a base64url number (RFC 7518 section 2, "Base64urlUInt"); 0 when it is none."""
    if not isinstance(text, str) or not _BASE64URL.fullmatch(text) or len(text) % 4 == 1:
        return 0
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")
