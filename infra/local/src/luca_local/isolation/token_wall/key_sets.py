"""The pool's keys out of reach, changed, and poisoned: whoever controls what is fetched still gets nobody in."""

import asyncio
from typing import Final

from aiohttp import web

from luca_local.isolation.attempts import Attempt, Control, Tried, ending
from luca_local.isolation.token_wall.minting import claims, jwk, key, signed
from luca_local.isolation.token_wall.poisoned_sets import Poison, poisons, strangers, theirs_for_days
from luca_local.isolation.token_wall.rig import Rig
from luca_local.isolation.walls import Plan

_HOUR: Final = 3600.0
_NOBODY: Final = frozenset({401, 503})


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
    token = signed(theirs_for_days(), by=key("a stranger's"))
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
        return web.json_response({"keys": [strangers()]})

    rig.fresh(patience=0.2)
    rig.keys.serve = never
    token = signed(theirs_for_days(), {"alg": "RS256", "kid": "mine"}, by=key("a stranger's"))
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
        token = signed(theirs_for_days(), {"alg": "RS256", "kid": f"invented-{number}"}, by=key("a stranger's"))
        found.append(await _attempt(rig, kind, f"the {number + 1}th invented id", token))
    fetches = rig.keys.fetches - before
    return [*found, Control(kind, "fetches of the keys for 50 invented ids", str(fetches), fetches <= 2)]


async def _attempt(rig: Rig, kind: str, what: str, token: str) -> Attempt:
    status, _ = await rig.ask(token)
    return Attempt(kind, what, str(status), ending(leaked=status == 200, refused=status in _NOBODY))


async def _control(rig: Rig, kind: str, what: str, token: str | None = None) -> Control:
    status, _ = await rig.ask(token or signed(claims(rig.clock.now)))
    return Control(kind, what, str(status), status == 200)
