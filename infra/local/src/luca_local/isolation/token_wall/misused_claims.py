"""Tokens that the pool has signed, and that are for somebody else, for another time, or say no school of ours."""

import json

from luca_local.isolation.hostile_ids import hostile_schools, hostile_texts
from luca_local.isolation.token_wall.minting import CLIENT, ISSUER, KID, NOW, claims, key, signed
from luca_local.isolation.token_wall.rig import THEIRS
from luca_local.isolation.token_wall.theirs import DAY, PERSON, SCHOOL, Made, theirs
from luca_local.isolation.walls import Plan


def other_pools() -> Made:
    """Of another pool, or saying so."""
    stranger = key("a stranger's")
    other = ISSUER.replace("us-east-1_pool", "us-east-1_evil")
    yield "its own key, under the id of ours", signed(theirs(), by=stranger)
    yield "its own key, and it says so", signed(theirs(iss=other), by=stranger)
    for what, issuer in (
        ("another pool", other),
        ("another region", ISSUER.replace("us-east-1.", "eu-west-1.")),
        ("a longer name", ISSUER + "x"),
        ("a slash at the end", ISSUER + "/"),
        ("http", ISSUER.replace("https", "http")),
        ("another case", ISSUER.upper()),
        ("a list with ours", [ISSUER]),
        ("a list with ours too", [other, ISSUER]),
        ("nothing", ...),
        ("null", None),
        ("an empty text", ""),
    ):
        yield f"as issuer: {what}", signed(theirs(iss=issuer))


def other_clients() -> Made:
    """Made for another app client."""
    for what, changes in (
        ("another client", {"aud": "client-2"}),
        ("a longer name", {"aud": CLIENT + "2"}),
        ("another case", {"aud": CLIENT.upper()}),
        ("a list with ours", {"aud": [CLIENT]}),
        ("a list with ours too", {"aud": ["client-2", CLIENT]}),
        ("an object", {"aud": {CLIENT: True}}),
        ("none", {"aud": ...}),
        ("null", {"aud": None}),
        ("an empty text", {"aud": ""}),
        ("ours, but as client_id", {"aud": ..., "client_id": CLIENT}),
        ("another one, and ours as client_id", {"aud": "client-2", "client_id": CLIENT}),
        ("another one, and ours as azp", {"aud": "client-2", "azp": CLIENT}),
    ):
        yield f"as audience: {what}", signed(theirs(**changes))


def other_uses() -> Made:
    """Another token than the ID token."""
    for use in ("access", "refresh", "ID", "id ", "", ["id"], None, True, ...):
        yield f"token_use {'left out' if use is ... else repr(use)}", signed(theirs(token_use=use))
    yield "an access token as Cognito makes it", signed(theirs(token_use="access", aud=..., client_id=CLIENT))  # noqa: S106


def expired() -> Made:
    """Whose time is over, or never to be over."""
    for what, expires in (
        ("just now", NOW - 10),
        ("a minute ago", NOW - 60),
        ("a day ago", NOW - DAY),
        ("in 1970", 0),
        ("never: left out", ...),
        ("never: null", None),
        ("as a text", str(NOW + 60)),
        ("true", True),
        ("beyond all time", 10**400),
        ("infinitely far", 1e308),
        ("negative", -1),
        ("a list", [NOW + 60]),
    ):
        yield f"expires {what}", signed(theirs(exp=expires))
    for number in ("NaN", "Infinity", "1e999"):
        text = json.dumps(theirs(exp=0)).replace('"exp": 0', f'"exp": {number}')
        yield f"expires at {number}", signed(text.encode())


def early() -> Made:
    """Whose time has not come."""
    for name in ("nbf", "iat"):
        for what, starts in (
            ("in 11 seconds", NOW + 11),
            ("tomorrow", NOW + DAY),
            ("as a text", "soon"),
            ("null", None),
            ("a list", [NOW - 60]),
            ("negative", -5),
        ):
            yield f"{name} {what}", signed(theirs(**{name: starts}))


def missing() -> Made:
    """Not saying whose they are, or not where it is to be said."""
    yield "no school", signed(theirs(**{SCHOOL: ...}))
    yield "no person", signed(theirs(**{PERSON: ...}))
    for name in ("school_id", "custom:School_id", "custom:school_id ", "dev:custom:school_id", "school", "tenant_id"):
        yield f"the school as {name}", signed(theirs(**{SCHOOL: ..., name: THEIRS}))
    yield "the school in the header", signed(theirs(**{SCHOOL: ...}), {"alg": "RS256", "kid": KID, SCHOOL: THEIRS})


def twice() -> Made:
    """Saying a thing twice: two readers could understand two things."""
    for name, other in ((SCHOOL, THEIRS), (SCHOOL, "norte"), (PERSON, "p1"), ("iss", ISSUER), ("exp", NOW + 99)):
        said = json.dumps(claims())
        yield f"{name}, the other one last", signed(f'{said[:-1]}, "{name}": {json.dumps(other)}}}'.encode())
        yield f"{name}, the other one first", signed(f'{{"{name}": {json.dumps(other)}, {said[1:]}'.encode())
    escaped = "custom:school\\u005fid"
    yield (
        "the school, once spelled otherwise",
        signed(f'{json.dumps(claims())[:-1]}, "{escaped}": "{THEIRS}"}}'.encode()),
    )
    for head in (b'{"alg":"none","kid":"k1","alg":"RS256"}', b'{"alg":"RS256","kid":"k2","kid":"k1"}'):
        yield "a member of the header", signed(theirs(), head)


def no_texts() -> Made:
    """Saying it with something else than a text."""
    for value in (
        [THEIRS],
        [THEIRS, "norte"],
        [[THEIRS]],
        {"0": THEIRS},
        {THEIRS: True},
        7,
        1.5,
        True,
        False,
        None,
        [],
    ):
        yield f"the school as {json.dumps(value)}", signed(theirs(**{SCHOOL: value}))
        yield f"the person as {json.dumps(value)}", signed(theirs(**{PERSON: value}))
    for groups in ("teacher", [1], None, {"teacher": True}, [["teacher"]], "school-admin,teacher"):
        yield f"the groups as {json.dumps(groups)}", signed(theirs(**{"cognito:groups": groups}))


def hostile(plan: Plan) -> Made:
    """Saying a school, or a person, that is no id."""
    for kind, text in hostile_schools(plan.chance):
        yield f"the school with {kind}: {ascii(text)[:40]}", signed(theirs(**{SCHOOL: text}))
    for kind, text in hostile_texts(plan.chance):
        yield f"the person with {kind}: {ascii(text)[:40]}", signed(theirs(**{PERSON: text}))
