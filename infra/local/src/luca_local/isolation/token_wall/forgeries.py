"""Every class of token that must not be believed: forged, misused, or saying what no token of ours says."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography.hazmat.primitives import hashes, serialization

from luca_local.isolation.hostile_ids import hostile_schools, hostile_texts
from luca_local.isolation.token_wall.minting import CLIENT, ISSUER, KID, NOW, claims, jwk, key, segment, signed
from luca_local.isolation.token_wall.rig import THEIRS
from luca_local.isolation.walls import Plan

SCHOOL: Final = "custom:school_id"
PERSON: Final = "custom:person_id"
_DAY: Final = 86_400


@dataclass(frozen=True, slots=True)
class Forgery:
    """A token, its class, and in words what is wrong with it."""

    kind: str
    what: str
    token: str = field(repr=False)


def forgeries(plan: Plan, strangers_url: str) -> Iterator[Forgery]:
    """Return those that are wanted; a stranger publishes keys of his own at that address."""
    for kind, made in (
        ("algorithm none", _unsigned()),
        ("signed with the public key", _symmetric()),
        ("another algorithm", _other_algorithms()),
        ("a changed payload", _changed()),
        ("another pool", _other_pools()),
        ("another client", _other_clients()),
        ("another token_use", _other_uses()),
        ("expired", _expired()),
        ("too early", _early()),
        ("a missing claim", _missing()),
        ("a claim twice", _twice()),
        ("a claim that is no text", _no_texts()),
        ("a hostile id", _hostile(plan)),
        ("an unknown key id", _unknown_kids()),
        ("a key brought along", _own_keys(strangers_url)),
        ("a header to be understood", _headers()),
        ("no token's form", _mangled()),
        ("a huge one", _huge()),
    ):
        if plan.wants(kind):
            for what, token in made:
                yield Forgery(kind, what, token)


Made = Iterator[tuple[str, str]]


def theirs(**changes: Any) -> dict[str, Any]:
    """Return claims of somebody of the other school."""
    return claims(**{SCHOOL: THEIRS, **changes})


def _unsigned() -> Made:
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


def _symmetric() -> Made:
    for algorithm, digest in (("HS256", hashlib.sha256), ("HS384", hashlib.sha384), ("HS512", hashlib.sha512)):
        for name, secret in public_texts().items():
            text = f"{segment({'alg': algorithm, 'kid': KID})}.{segment(theirs())}"
            yield (
                f"{algorithm} by the public key's {name}",
                f"{text}.{segment(hmac.digest(secret, text.encode(), digest))}",
            )


def _other_algorithms() -> Made:
    for name, made in (("RS512", hashes.SHA512()), ("RS384", hashes.SHA384()), ("RS256", hashes.SHA512())):
        header = {"alg": name, "kid": KID}
        yield f"{name}, signed over {made.name}", signed(theirs(), header, algorithm=made)
    others: tuple[Any, ...] = ("PS256", "ES256", "EdDSA", "rs256", ["RS256"], {"RS256": 1}, 256, True, None, ...)
    for algorithm in others:
        other = {"kid": KID} if algorithm is ... else {"alg": algorithm, "kid": KID}
        yield f"alg {algorithm!r}", signed(theirs(), other)


def _changed() -> Made:
    head, _, signature = signed().split(".")
    for name, value in (
        (SCHOOL, THEIRS),
        (PERSON, "p1"),
        ("cognito:groups", ["school-admin"]),
        ("exp", NOW + _DAY),
        ("aud", CLIENT),
    ):
        other = segment(theirs(**{name: value}))
        yield f"{name}, and the signature of before", f"{head}.{other}.{signature}"
    yield "the signature of another token", ".".join([*signed(theirs()).split(".")[:2], signature])
    whole = signed(theirs()).split(".")
    yield "a signature without its end", ".".join([*whole[:2], whole[2][:-8]])
    yield "a signature of zeros", ".".join([*whole[:2], segment(bytes(256))])
    yield "a signature of ones", ".".join([*whole[:2], segment(b"\xff" * 256)])


def _other_pools() -> Made:
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


def _other_clients() -> Made:
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


def _other_uses() -> Made:
    for use in ("access", "refresh", "ID", "id ", "", ["id"], None, True, ...):
        yield f"token_use {'left out' if use is ... else repr(use)}", signed(theirs(token_use=use))
    yield "an access token as Cognito makes it", signed(theirs(token_use="access", aud=..., client_id=CLIENT))  # noqa: S106


def _expired() -> Made:
    for what, expires in (
        ("just now", NOW - 10),
        ("a minute ago", NOW - 60),
        ("a day ago", NOW - _DAY),
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


def _early() -> Made:
    for name in ("nbf", "iat"):
        for what, starts in (
            ("in 11 seconds", NOW + 11),
            ("tomorrow", NOW + _DAY),
            ("as a text", "soon"),
            ("null", None),
            ("a list", [NOW - 60]),
            ("negative", -5),
        ):
            yield f"{name} {what}", signed(theirs(**{name: starts}))


def _missing() -> Made:
    yield "no school", signed(theirs(**{SCHOOL: ...}))
    yield "no person", signed(theirs(**{PERSON: ...}))
    for name in ("school_id", "custom:School_id", "custom:school_id ", "dev:custom:school_id", "school", "tenant_id"):
        yield f"the school as {name}", signed(theirs(**{SCHOOL: ..., name: THEIRS}))
    yield "the school in the header", signed(theirs(**{SCHOOL: ...}), {"alg": "RS256", "kid": KID, SCHOOL: THEIRS})


def _twice() -> Made:
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


def _no_texts() -> Made:
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


def _hostile(plan: Plan) -> Made:
    for kind, text in hostile_schools(plan.chance):
        yield f"the school with {kind}: {ascii(text)[:40]}", signed(theirs(**{SCHOOL: text}))
    for kind, text in hostile_texts(plan.chance):
        yield f"the person with {kind}: {ascii(text)[:40]}", signed(theirs(**{PERSON: text}))


def _unknown_kids() -> Made:
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


def _own_keys(strangers_url: str) -> Made:
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


def _headers() -> Made:
    anything: tuple[Any, ...] = (["exp"], [], ["b64"], "b64", None, {})
    for critical in anything:
        yield f"crit {critical!r}", signed(theirs(), {"alg": "RS256", "kid": KID, "crit": critical, "b64": False})
    for kind in ("at+jwt", "JWE", "dpop+jwt", "logout+jwt", "", 5, None, ["JWT"]):
        yield f"typ {kind!r}", signed(theirs(), {"alg": "RS256", "kid": KID, "typ": kind})


def _mangled() -> Made:
    token = signed(theirs())
    head, said, signature = token.split(".")
    yield from (
        ("nothing", ""),
        ("a dot", "."),
        ("two dots", ".."),
        ("two parts", "a.b"),
        ("a dot at the end", token + "."),
        ("four parts", token + ".AAAA"),
        ("five parts, as JWE has", "AAAA." + token + ".AAAA"),
        ("padding", token + "="),
        ("a line feed", token + "\n"),
        ("a character that is none", f"{head}.{said}.!{signature}"),
        ("a blank inside", f"{head}. {said}.{signature}"),
        ("a line feed inside", f"{head}.{said[:9]}\n{said[9:]}.{signature}"),
        ("plain Base64", token.replace("_", "/").replace("-", "+") + "+"),
        ("Bearer twice", "Bearer " + token),
        ("half a surrogate pair", "\ud800." + token),
        ("a Cyrillic letter", "\u0430" + token[1:]),
        ("a list as header", f"{segment(b'[]')}.{said}.{signature}"),
        ("no JSON", f"{segment(b'no')}.{said}.{signature}"),
        ("deep JSON", f"{segment(b'[' * 3000)}.{said}.{signature}"),
        ("JSON serialization", json.dumps({"payload": said})),
        ("a list as claims", signed(json.dumps([theirs()]).encode())),
        ("no claims", signed(b"{}")),
        ("claims that are no UTF-8", signed(json.dumps(theirs()).encode().replace(b"norte-2", b"norte-\xff"))),
        ("claims in UTF-16", signed(json.dumps(theirs()).encode("utf-16"))),
        ("a byte order mark", signed(b"\xef\xbb\xbf" + json.dumps(theirs()).encode())),
    )


def _huge() -> Made:
    for size in (8_000, 60_000, 500_000):
        yield f"claims of {size} bytes", signed(theirs(padding="x" * size))
        yield f"a header of {size} bytes", signed(theirs(), {"alg": "RS256", "kid": KID, "padding": "x" * size})
    yield "a megabyte of nothing", "x" * 1_000_000
    yield "a million dots", "." * 1_000_000
