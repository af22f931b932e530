"""The first wall: who a request comes from is what a verified token says, and nothing else."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from multidict import CIMultiDict

from luca_local.isolation.attempts import Attempt, Control, Tried, ending
from luca_local.isolation.guards import Guard
from luca_local.isolation.token_wall.forgeries import forgeries
from luca_local.isolation.token_wall.guards import GUARDS
from luca_local.isolation.token_wall.key_sets import tried_key_sets
from luca_local.isolation.token_wall.minting import key, signed
from luca_local.isolation.token_wall.rig import MINE, THEIRS, Rig, rig
from luca_local.isolation.token_wall.theirs import theirs
from luca_local.isolation.walls import Plan, Wall

_CLAIMING: Final = (
    "X-School-Id",
    "School-Id",
    "X-Tenant-Id",
    "X-Amzn-School-Id",
    "Custom-School_id",
    "X-Forwarded-User",
)
_AT_THE_SERVER: Final = frozenset({400, 401, 413, 431})  # refused by the verifier, or by HTTP's own parser before it


class TokenWall(Wall):
    """The verifier and the middleware that uses it, before an application that gives everybody everything."""

    name = "token"
    alone = "everybody whom the token names is given everything: no types, no school's credentials, no policy"

    @property
    def guards(self) -> Sequence[Guard]:
        """What it consists of."""
        return GUARDS

    async def tried(self, plan: Plan) -> list[Tried]:
        """Try every class of token."""
        async with rig() as place:
            found: list[Tried] = [await _control(place, "a right token before")]
            for forgery in forgeries(plan, place.keys.strangers_url):
                status, _ = await place.ask(forgery.token)
                refused = status in _AT_THE_SERVER
                found.append(
                    Attempt(forgery.kind, forgery.what, str(status), ending(leaked=status == 200, refused=refused))
                )
            for kind, more in (("presented otherwise", _presented), ("claimed beside a token", _claimed_beside)):
                found += await more(place) if plan.wants(kind) else []
            found += await tried_key_sets(place, plan)
            found.append(await _control(place, "a right token after all of them"))
            return found


async def _control(place: Rig, what: str) -> Control:
    status, text = await place.ask(signed())
    return Control("a right token", what, str(status), status == 200 and f"of {MINE}" in text)


async def _presented(place: Rig) -> list[Tried]:
    """Present right tokens in ways in which no token is presented, and several at once."""
    kind, found = "presented otherwise", list[Tried]()
    for what, headers, query in _presentations():
        status, _ = await place.ask(None, headers, query)
        found.append(Attempt(kind, what, str(status), ending(leaked=status == 200, refused=status in _AT_THE_SERVER)))
    return found


def _presentations() -> Iterator[tuple[str, CIMultiDict[str], str]]:
    own, other = signed(), signed(theirs())
    forged = signed(theirs(), by=key("a stranger's"))
    pairs: Mapping[str, tuple[str, str]] = {
        "a right one and a forged one": (own, forged),
        "a forged one and a right one": (forged, own),
        "two schools' at once": (own, other),
        "one twice": (own, own),
    }
    for what, (first, second) in pairs.items():
        headers: CIMultiDict[str] = CIMultiDict()
        headers.add("Authorization", f"Bearer {first}")
        headers.add("Authorization", f"Bearer {second}")
        yield f"two headers: {what}", headers, ""
        yield (
            f"one header, a comma between: {what}",
            CIMultiDict({"Authorization": f"Bearer {first}, Bearer {second}"}),
            "",
        )
        yield f"one header, a blank between: {what}", CIMultiDict({"Authorization": f"Bearer {first} {second}"}), ""
    for scheme in ("Basic", "Token", "JWT", "", "Bearer Bearer", "Bearer:"):
        yield f"the scheme {scheme!r}", CIMultiDict({"Authorization": f"{scheme} {own}".strip()}), ""
    for name in ("X-Authorization", "Proxy-Authorization", "X-Amzn-Oidc-Data", "X-Access-Token"):
        yield f"in the header {name}", CIMultiDict({name: f"Bearer {own}"}), ""
    yield "in a cookie", CIMultiDict({"Cookie": f"access_token={own}; id_token={own}"}), ""
    for name in ("access_token", "token", "id_token", "Authorization"):
        yield f"in the query, as {name}", CIMultiDict(), f"?{name}={own}"
    yield "nowhere", CIMultiDict(), ""
    for name in _CLAIMING:
        yield f"nowhere, and {name} says a school", CIMultiDict({name: THEIRS}), ""


async def _claimed_beside(place: Rig) -> list[Tried]:
    """Bring a right token, and say beside it that one is of another school: one's own is what one is given."""
    found: list[Tried] = []
    for what, headers, query in (
        *((name, {name: THEIRS}, "") for name in _CLAIMING),
        *((f"{name} in the query", {}, f"?{name}={THEIRS}") for name in ("school_id", "school", "tenant_id")),
        ("a cookie", {"Cookie": f"school_id={THEIRS}"}, ""),
        ("a host", {"Host": f"{THEIRS}.example"}, ""),
    ):
        status, text = await place.ask(signed(), headers, query)
        refused = status == 200 and f"of {MINE}" in text
        found.append(
            Attempt("claimed beside a token", what, str(status), ending(leaked=f"of {THEIRS}" in text, refused=refused))
        )
    return found
