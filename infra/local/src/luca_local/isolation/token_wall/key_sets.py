"""The pool's keys out of reach, changed, and poisoned: whoever controls what is fetched still gets nobody in."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from luca_local.isolation.attempts import Attempt, Control, Tried, ending
from luca_local.isolation.token_wall.minting import KID, NOW, claims, jwk, key, signed
from luca_local.isolation.token_wall.rig import THEIRS, Rig
from luca_local.isolation.walls import Plan

_HOUR: Final = 3600.0
_NOBODY: Final = frozenset({401, 503})


def _theirs() -> dict[str, Any]:
    """Return claims that are in their time however long the keys are out of reach: only the key is wrong."""
    return claims(NOW, exp=NOW + 60 * int(_HOUR), **{"custom:school_id": THEIRS})


def _stranger(kid: Any = "mine", **changes: Any) -> dict[str, Any]:
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
    by_stranger = signed(_theirs(), {"alg": "RS256", "kid": "mine"}, by=stranger)
    as_the_pool = signed(_theirs(), by=stranger)

    def beside(member: Any, what: str, token: str = by_stranger) -> Poison:
        return Poison(what, {"keys": [ours, member]}, token)

    for part in ("d", "p", "q", "dp", "dq", "qi", "oth", "k"):
        yield beside(_stranger(**{part: "AQAB"}), f"a part that must be secret, {part}")
    yield Poison("a symmetric key", {"keys": [ours, {"kty": "oct", "kid": "o", "k": "AAAA"}, _stranger()]}, by_stranger)
    yield beside(_stranger(KID), "the pool's id twice, the stranger last", as_the_pool)
    yield Poison("the pool's id twice, the stranger first", {"keys": [_stranger(KID), ours]}, as_the_pool)
    yield beside(_stranger(alg="RS512"), "a key for another algorithm")
    yield beside(_stranger(alg="HS256"), "a key for HS256")
    yield beside(_stranger(alg=...), "a key for any algorithm")
    yield beside(_stranger(use="enc"), "a key for encryption")
    yield beside(_stranger(use=...), "a key for any use")
    yield beside(_stranger(kty="EC"), "a key of another type")
    yield beside(_stranger(kty="rsa"), "a type in another case")
    yield beside(_stranger(kid=...), "a key without an id", signed(_theirs(), {"alg": "RS256"}, by=stranger))
    yield beside(_stranger(["mine"]), "a list as an id")
    yield beside(_stranger("m" * 129), "a long id", signed(_theirs(), {"alg": "RS256", "kid": "m" * 129}, by=stranger))
    for what, weak in (("1024 bits", key("weak", bits=1024)), ("the exponent 3", key("cubic", exponent=3))):
        token = signed(_theirs(), {"alg": "RS256", "kid": "weak"}, by=weak)
        yield beside(jwk(weak, "weak"), f"a key of {what}", token)
    yield beside("mine", "a text among the keys")
    yield beside(None, "null among the keys")
    yield Poison("many keys", {"keys": [ours, *(_stranger(f"m{n}") for n in range(40)), _stranger()]}, by_stranger)
    yield Poison("a long document", {"keys": [ours, _stranger()], "padding": "x" * 70_000}, by_stranger)
    yield Poison("no list", {"keys": {"0": _stranger()}}, by_stranger)
    yield Poison("one key that is no set", _stranger(), by_stranger)
    yield Poison("a list that is no set", [_stranger()], by_stranger)
    yield Poison("a set in a set", {"keys": [{"keys": [_stranger()]}]}, by_stranger)
    yield Poison("another name", {"Keys": [_stranger()]}, by_stranger)
    both = json.dumps({"keys": [ours]})[:-1] + f', "keys": {json.dumps([_stranger()])}}}'
    yield Poison("two sets in one", both, by_stranger)
    text = json.dumps({"keys": [_stranger()]})
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
        yield Poison(f"status {status}", {"keys": [_stranger()]}, by_stranger, status)


async def tried_key_sets(rig: Rig, plan: Plan) -> list[Tried]:
    """Try those that are wanted."""
    found: list[Tried] = []
    for kind, scenario in (
        ("poisoned keys", _poisoned),
        ("poisoned keys", _redirected),
        ("keys out of reach, cold", _down_cold),
        ("keys out of reach, cold", _slow),
        ("keys out of reach, warm", _down_warm),
        ("rotation", _withdrawn),
        ("rotation", _replaced),
        ("expired", _remembered),
        ("an unknown key id", _flooded),
    ):
        if plan.wants(kind):
            rig.fresh()
            found += await scenario(rig)
    rig.fresh()
    return found


async def _poisoned(rig: Rig) -> list[Tried]:
    found: list[Tried] = []
    for poison in poisons():
        found += await _poisoned_by(rig, poison)
    return found


async def _poisoned_by(rig: Rig, poison: Poison) -> list[Tried]:
    """Serve the set to one who has none yet, then to one who has a good one that is to be renewed."""
    kind, found = "poisoned keys", list[Tried]()
    rig.fresh()
    rig.keys.publish(poison.document, poison.status)
    found.append(await _attempt(rig, kind, f"cold: {poison.what}", poison.token))
    rig.fresh()
    await rig.ask(signed())
    rig.keys.publish(poison.document, poison.status)
    rig.clock.now += _HOUR  # the set is due; who is let in meanwhile is whom the good one lets in
    found.append(await _attempt(rig, kind, f"warm: {poison.what}", poison.token))
    found.append(await _attempt(rig, kind, f"warm, once more: {poison.what}", poison.token))
    return found


async def _redirected(rig: Rig) -> list[Tried]:
    token = signed(_theirs(), by=key("a stranger's"))
    found: list[Tried] = []
    for status in (301, 302, 303, 307, 308):
        rig.fresh()
        rig.keys.publish("", status, Location=rig.keys.strangers_url)
        found.append(await _attempt(rig, "poisoned keys", f"a redirection to the stranger's, {status}", token))
    return found


async def _down_cold(rig: Rig) -> list[Tried]:
    kind = "keys out of reach, cold"
    rig.keys.publish("", 503)
    found: list[Tried] = [await _attempt(rig, kind, what, token) for what, token in _visitors(rig)]
    rig.keys.publish({"keys": [jwk(key())]})
    rig.clock.now += 6
    return [*found, await _control(rig, kind, "the pool's token, once they are there")]


async def _down_warm(rig: Rig) -> list[Tried]:
    kind = "keys out of reach, warm"
    found: list[Tried] = [await _control(rig, kind, "the pool's token before")]
    rig.keys.publish("", 503)
    rig.clock.now += _HOUR
    found += [await _attempt(rig, kind, what, token) for what, token in _visitors(rig)[1:]]
    found.append(await _control(rig, kind, "the pool's token meanwhile"))
    rig.clock.now += 24 * _HOUR
    found += [await _attempt(rig, kind, f"a day later: {what}", token) for what, token in _visitors(rig)]
    return found


def _visitors(rig: Rig) -> list[tuple[str, str]]:
    now, stranger = rig.clock.now, key("a stranger's")
    return [
        ("the pool's own token", signed(claims(now, **{"custom:school_id": "norte-2"}))),
        ("a stranger's under the pool's id", signed(claims(now), by=stranger)),
        ("a stranger's under its own id", signed(claims(now), {"alg": "RS256", "kid": "mine"}, by=stranger)),
        ("one without a signature", ".".join([*signed(claims(now)).split(".")[:2], ""])),
    ]


async def _slow(rig: Rig) -> list[Tried]:
    async def never(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(5)
        return web.json_response({"keys": [_stranger()]})

    rig.keys.serve = never
    token = signed(_theirs(), {"alg": "RS256", "kid": "mine"}, by=key("a stranger's"))
    return [await _attempt(rig, "keys out of reach, cold", "an answer that takes too long", token)]


async def _withdrawn(rig: Rig) -> list[Tried]:
    """Rotate: the old key is gone, so its tokens are nobody's, also those that were believed before."""
    kind, old = "rotation", signed(claims(rig.clock.now, exp=int(rig.clock.now + 30 * _HOUR)))
    found: list[Tried] = [await _control(rig, kind, "the old key's token before", old)]
    rig.keys.publish({"keys": [jwk(key("the new one"), "k2")]})
    rig.clock.now += _HOUR + 1
    fresh = signed(claims(rig.clock.now), {"alg": "RS256", "kid": "k2"}, by=key("the new one"))
    found.append(await _control(rig, kind, "the new key's token", fresh))
    found.append(await _attempt(rig, kind, "a token of a key that was withdrawn", old))
    new_of_old = signed(claims(rig.clock.now, **{"custom:school_id": "norte-2"}))
    found.append(await _attempt(rig, kind, "a new token by a key that was withdrawn", new_of_old))
    return found


async def _replaced(rig: Rig) -> list[Tried]:
    """Rotate under one and the same id."""
    kind, old = "rotation", signed(claims(rig.clock.now, exp=int(rig.clock.now + 30 * _HOUR)))
    found: list[Tried] = [await _control(rig, kind, "the token before", old)]
    rig.keys.publish({"keys": [jwk(key("the new one"))]})
    rig.clock.now += _HOUR + 1
    found.append(await _attempt(rig, kind, "a remembered token of a key that was replaced", old))
    found.append(await _control(rig, kind, "the new key's token", signed(claims(rig.clock.now), by=key("the new one"))))
    return found


async def _remembered(rig: Rig) -> list[Tried]:
    """Use a token until it expires, and go on."""
    kind, token = "expired", signed(claims(rig.clock.now, exp=int(rig.clock.now + 60)))
    found: list[Tried] = [await _control(rig, kind, "a token in its time", token)]
    rig.clock.now += 71
    return [*found, await _attempt(rig, kind, "a token that was believed until it expired", token)]


async def _flooded(rig: Rig) -> list[Tried]:
    """Invent key ids: nobody gets in, and the pool is not asked for each of them."""
    kind, before = "an unknown key id", rig.keys.fetches
    found: list[Tried] = []
    for number in range(50):
        token = signed(_theirs(), {"alg": "RS256", "kid": f"invented-{number}"}, by=key("a stranger's"))
        found.append(await _attempt(rig, kind, f"the {number + 1}th invented id", token))
    fetches = rig.keys.fetches - before
    return [*found, Control(kind, "fetches of the keys for 50 invented ids", str(fetches), fetches <= 2)]


async def _attempt(rig: Rig, kind: str, what: str, token: str) -> Attempt:
    status, _ = await rig.ask(token)
    return Attempt(kind, what, str(status), ending(leaked=status == 200, refused=status in _NOBODY))


async def _control(rig: Rig, kind: str, what: str, token: str | None = None) -> Control:
    status, _ = await rig.ask(token or signed(claims(rig.clock.now)))
    return Control(kind, what, str(status), status == 200)
