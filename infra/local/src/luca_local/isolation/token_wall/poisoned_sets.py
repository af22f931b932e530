"""Key sets that are not to be believed, each with a stranger's key in it, in a form that no pool publishes."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from luca_local.isolation.token_wall.minting import KID, NOW, claims, jwk, key, signed
from luca_local.isolation.token_wall.rig import THEIRS


def theirs_for_days() -> dict[str, Any]:
    """Return claims that are in their time however long the keys are out of reach: only the key is wrong."""
    return claims(NOW, exp=NOW + 60 * 3600, **{"custom:school_id": THEIRS})


def strangers(kid: Any = "mine", **changes: Any) -> dict[str, Any]:
    """Return the stranger's public key as a member of a set; a change to `...` leaves a part out."""
    return jwk(key("a stranger's"), kid, **changes)


@dataclass(frozen=True, slots=True)
class Poison:
    """A key set that is not to be believed, and a token that it would let in."""

    what: str
    document: Any
    token: str
    status: int = 200


def poisons() -> Iterator[Poison]:
    """Return the sets; a stranger's key is in each, in a form that no pool publishes."""
    ours, stranger = jwk(key()), key("a stranger's")
    by_stranger = signed(theirs_for_days(), {"alg": "RS256", "kid": "mine"}, by=stranger)
    as_the_pool = signed(theirs_for_days(), by=stranger)

    def beside(member: Any, what: str, token: str = by_stranger) -> Poison:
        return Poison(what, {"keys": [ours, member]}, token)

    for part in ("d", "p", "q", "dp", "dq", "qi", "oth", "k"):
        yield beside(strangers(**{part: "AQAB"}), f"a part that must be secret, {part}")
    yield Poison("a symmetric key", {"keys": [ours, {"kty": "oct", "kid": "o", "k": "AAAA"}, strangers()]}, by_stranger)
    yield beside(strangers(KID), "the pool's id twice, the stranger last", as_the_pool)
    yield Poison("the pool's id twice, the stranger first", {"keys": [strangers(KID), ours]}, as_the_pool)
    yield beside(strangers(alg="RS512"), "a key for another algorithm")
    yield beside(strangers(alg="HS256"), "a key for HS256")
    yield beside(strangers(alg=...), "a key for any algorithm")
    yield beside(strangers(use="enc"), "a key for encryption")
    yield beside(strangers(use=...), "a key for any use")
    yield beside(strangers(kty="EC"), "a key of another type")
    yield beside(strangers(kty="rsa"), "a type in another case")
    yield beside(strangers(kid=...), "a key without an id", signed(theirs_for_days(), {"alg": "RS256"}, by=stranger))
    yield beside(strangers(["mine"]), "a list as an id")
    yield beside(
        strangers("m" * 129), "a long id", signed(theirs_for_days(), {"alg": "RS256", "kid": "m" * 129}, by=stranger)
    )
    for what, weak in (("1024 bits", key("weak", bits=1024)), ("the exponent 3", key("cubic", exponent=3))):
        token = signed(theirs_for_days(), {"alg": "RS256", "kid": "weak"}, by=weak)
        yield beside(jwk(weak, "weak"), f"a key of {what}", token)
    yield beside("mine", "a text among the keys")
    yield beside(None, "null among the keys")
    yield Poison("many keys", {"keys": [ours, *(strangers(f"m{n}") for n in range(40)), strangers()]}, by_stranger)
    yield Poison("a long document", {"keys": [ours, strangers()], "padding": "x" * 70_000}, by_stranger)
    yield Poison("no list", {"keys": {"0": strangers()}}, by_stranger)
    yield Poison("one key that is no set", strangers(), by_stranger)
    yield Poison("a list that is no set", [strangers()], by_stranger)
    yield Poison("a set in a set", {"keys": [{"keys": [strangers()]}]}, by_stranger)
    yield Poison("another name", {"Keys": [strangers()]}, by_stranger)
    both = json.dumps({"keys": [ours]})[:-1] + f', "keys": {json.dumps([strangers()])}}}'
    yield Poison("two sets in one", both, by_stranger)
    text = json.dumps({"keys": [strangers()]})
    for what, document in (
        ("nothing", ""),
        ("no JSON", text + "}"),
        ("HTML", f"<html><pre>{text}</pre></html>"),
        ("half of it", text[:-30]),
        ("UTF-16", text.encode("utf-16")),
        ("a byte order mark", b"\xef\xbb\xbf" + text.encode()),
    ):
        yield Poison(what, document, by_stranger)
    for status in (201, 203, 206, 304, 400, 403, 404, 500, 503):
        yield Poison(f"status {status}", {"keys": [strangers()]}, by_stranger, status)
