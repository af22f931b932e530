"""What the first wall consists of, one condition after the other, and how each is taken away."""

import base64
import hmac
import json
import re
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, Final

from aiohttp import web
from jose import jwk as jose_jwk
from jose import jws
from jose.exceptions import JWSError

from luca_interactive import authentication
from luca_local.isolation.guards import Guard, Instead, without
from luca_local.isolation.lax_ids import LINE_FEED_ALLOWED, any_text
from luca_local.isolation.token_wall.forged_signatures import public_texts
from luca_shared.tenancy import jwk_set, jwks, token_claims, token_form, tokens
from luca_shared.tenancy.context import VerifiedClaims
from luca_shared.tenancy.jwks import Jwks, UnknownKey
from luca_shared.tenancy.token_claims import TokenRejected
from luca_shared.tenancy.tokens import TokenVerifier

_demand, _time, _id, _judge = token_claims._demand, token_claims._time, token_claims._id, token_claims.judge  # noqa: SLF001
_verified, _verify = TokenVerifier._verify, TokenVerifier.verify  # noqa: SLF001
_form, _init, _parse_set, _key = token_form.signing_key_id, Jwks.__init__, jwk_set.parse_key_set, Jwks.key
_ANY_TEXT: Final = re.compile(r"(?s).*")
_DIGESTS: Final = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}


def _demanding_all_but(reason: str) -> Instead:
    def demand(holds: bool, of: str) -> None:  # noqa: FBT001  # stands in for one that reads as a sentence
        _demand(holds or of == reason, of)

    return Instead(token_claims, "_demand", demand)


def _header(token: str) -> dict[str, Any]:
    try:
        return token_form.segment_object(token.split(".", 1)[0])
    except TokenRejected:
        return {}


# --- The signature: whose key, which algorithm.


def _form_all_but(reason: str) -> Instead:
    """A look at the form that lets one thing pass."""

    def signing_key_id(token: str) -> str:
        try:
            return _form(token)
        except TokenRejected as rejected:
            if rejected.reason != reason:
                raise
            kid = _header(token).get("kid")
            if not jwk_set.is_key_id(kid):
                raise
            return str(kid)

    return Instead(tokens, "signing_key_id", signing_key_id)


def _as_the_header_says(token: str, key: Any, algorithms: Any) -> None:  # noqa: ARG001
    """Verify as the token itself wishes: the classic mistake."""
    head, said, signature = token.split(".")
    algorithm = str(_header(token).get("alg"))
    if algorithm == "RS256":
        jws.verify(token, key, algorithms=["RS256"])
        return
    if algorithm.lower() == "none":
        return
    if algorithm in _DIGESTS:
        given = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
        secrets = public_texts().values()
        text = f"{head}.{said}".encode()
        if any(hmac.compare_digest(hmac.digest(secret, text, _DIGESTS[algorithm]), given) for secret in secrets):
            return
    raise JWSError("no")


def _with_the_key_in_its_header(verifier: TokenVerifier, token: str, key: Any, now: float) -> VerifiedClaims:
    own = _header(token).get("jwk")
    if own is not None:
        key = jose_jwk.construct({name: own[name] for name in ("kty", "n", "e")}, "RS256")
    return _verified(verifier, token, key, now)


async def _with_the_key_at_its_address(verifier: TokenVerifier, token: str) -> VerifiedClaims:
    header = _header(token)
    url = header.get("jku", header.get("x5u"))
    if not isinstance(url, str) or not jwk_set.is_key_id(header.get("kid")):
        return await _verify(verifier, token)
    theirs = Jwks(url, verifier._jwks._session)  # noqa: SLF001  # a fault has no manners
    return verifier._verify(token, await theirs.key(str(header["kid"])), verifier._clock())  # noqa: SLF001


async def _or_the_first(of: Jwks, kid: str) -> Any:
    try:
        return await _key(of, kid)
    except UnknownKey:
        return next(iter(of._keys.values()))  # noqa: SLF001


# --- The claims.


def _first_of_a_list(kind: Callable[[str], Any], value: object, reason: str) -> Any:
    return _id(kind, value[0] if isinstance(value, list) and value else value, reason)


def _with_any_name(claims: Mapping[str, Any], expected: Any, now: float) -> VerifiedClaims:
    school = claims.get("custom:school_id", claims.get("school_id"))
    return _judge({**claims, "custom:school_id": school}, expected, now)


def _never_expiring(claims: Mapping[str, Any], name: str) -> float | None:
    found = _time(claims, name)
    return 9e9 if name == "exp" and found is None else found


# --- The key set.


def _last_of_one_name(body: bytes) -> Any:
    """Parse a set of which one id occurs twice as most parsers do."""
    try:
        document = json.loads(body)
        kept = {str(member.get("kid")): member for member in document["keys"]}
    except (ValueError, TypeError, KeyError, AttributeError):
        return _parse_set(body)
    return _parse_set(json.dumps({**document, "keys": list(kept.values())}).encode())


def _any_rsa_key(member: Mapping[str, Any]) -> bool:
    return str(member.get("kty")).upper() == "RSA" and "n" in member


async def _whatever_comes(of: Jwks) -> bytes:
    async with of._session.get(of._url) as response:  # noqa: SLF001
        return await response.read()


def _patient(of: Jwks, *arguments: Any, **options: Any) -> None:
    _init(of, *arguments, **{**options, "max_stale": float("inf")})


def _content(of: Jwks, *arguments: Any, **options: Any) -> None:
    _init(of, *arguments, **{**options, "max_age": float("inf")})


def _remembered_for_good(verifier: TokenVerifier, digest: bytes, verified: Any) -> None:
    claims = verified.claims
    verifier._verified[digest] = verified._replace(  # noqa: SLF001
        claims=VerifiedClaims(claims.school_id, claims.person_id, claims.roles, 9e9)
    )


def _first_header(request: web.Request) -> str:
    given = request.headers.getall("Authorization", [""])
    return given[0].rpartition(" ")[2].strip()


_ALGORITHM_OF_THE_FORM: Final = _form_all_but("wrong-algorithm")
_ALGORITHM_OF_THE_VERIFIER: Final = Instead(tokens, "jws", SimpleNamespace(verify=_as_the_header_says))
_ALGORITHMS: Final = frozenset({"algorithm none", "signed with the public key", "another algorithm"})

GUARDS: Final[tuple[Guard, ...]] = (
    without(
        "a verified signature",
        Instead(tokens, "jws", SimpleNamespace(verify=lambda *_, **__: None)),
        kinds={"a changed payload", "another pool"},
    ),
    without(
        "the algorithm fixed where the form is read",
        _ALGORITHM_OF_THE_FORM,
        backed_by="the algorithm fixed where the signature is verified",
        kinds=_ALGORITHMS,
    ),
    without(
        "the algorithm fixed where the signature is verified",
        _ALGORITHM_OF_THE_VERIFIER,
        backed_by="the algorithm fixed where the form is read",
        kinds=_ALGORITHMS,
    ),
    without(
        "the algorithm fixed at either place", _ALGORITHM_OF_THE_FORM, _ALGORITHM_OF_THE_VERIFIER, kinds=_ALGORITHMS
    ),
    without(
        "keys from the pool only, not from `jwk`",
        Instead(TokenVerifier, "_verify", _with_the_key_in_its_header),
        kinds={"a key brought along"},
    ),
    without(
        "keys from the pool only, not from `jku` and `x5u`",
        Instead(TokenVerifier, "verify", _with_the_key_at_its_address),
        kinds={"a key brought along"},
    ),
    without("the key that `kid` names, and no other", Instead(Jwks, "key", _or_the_first), kinds={"an unknown key id"}),
    without(
        "the refusal of critical extensions",
        _form_all_but("critical-extension"),
        kinds={"a header to be understood"},
    ),
    without("the refusal of other types", _form_all_but("wrong-type"), kinds={"a header to be understood"}),
    without("one spelling for one token", Instead(token_form, "_COMPACT", _ANY_TEXT), kinds={"no token's form"}),
    without("the longest length", Instead(token_form, "MAX_LENGTH", 10**9), kinds={"a huge one"}),
    without(
        "the refusal of a claim given twice", Instead(token_form, "parse_object", json.loads), kinds={"a claim twice"}
    ),
    without("the issuer", _demanding_all_but("wrong-issuer"), kinds={"another pool"}),
    without("`token_use`", _demanding_all_but("wrong-token-use"), kinds={"another token_use"}),
    without("the audience", _demanding_all_but("wrong-audience"), kinds={"another client"}),
    without("the expiry", _demanding_all_but("expired"), kinds={"expired"}),
    without("an expiry at all", Instead(token_claims, "_time", _never_expiring), kinds={"expired"}),
    without("`nbf` and `iat`", _demanding_all_but("not-yet-valid"), kinds={"too early"}),
    without("the types of claims", _demanding_all_but("malformed-claims"), kinds={"expired", "too early"}),
    without(
        "one text as the school, no list",
        Instead(token_claims, "_id", _first_of_a_list),
        kinds={"a claim that is no text"},
    ),
    without("the pattern of ids", Instead(token_claims, "parse_id", any_text), kinds={"a hostile id"}),
    without(
        "the end of the pattern of ids", Instead(token_claims, "SchoolId", LINE_FEED_ALLOWED), kinds={"a hostile id"}
    ),
    without("one name for the school's claim", Instead(tokens, "judge", _with_any_name), kinds={"a missing claim"}),
    without(
        "one `Authorization` header",
        Instead(authentication, "_bearer_token", _first_header),
        kinds={"presented otherwise"},
    ),
    without(
        "the expiry of what is remembered",
        Instead(TokenVerifier, "_remember", _remembered_for_good),
        kinds={"expired"},
    ),
    without("keys that are fetched anew", Instead(Jwks, "__init__", _content), kinds={"rotation"}),
    without("an end to the use of old keys", Instead(Jwks, "__init__", _patient), kinds={"keys out of reach, warm"}),
    without(
        "a replaced key being another key", Instead(jwks, "_same", lambda old, new: old or new), kinds={"rotation"}
    ),
    *(
        without(name, instead, kinds={"poisoned keys"})
        for name, instead in (
            ("key sets answered 200, where they are published", Instead(Jwks, "_read", _whatever_comes)),
            ("key sets without secret parts", Instead(jwk_set, "_SECRET_MEMBERS", frozenset())),
            ("the refusal of a key id given twice", Instead(jwks, "parse_key_set", _last_of_one_name)),
            ("keys for RS256 signatures only", Instead(jwk_set, "_is_ours", _any_rsa_key)),
            ("keys of 2048 bits", Instead(jwk_set, "_MODULUS_BITS", range(1, 10_000))),
            ("key sets of few keys", Instead(jwk_set, "MAX_KEYS", 10**6)),
            ("key sets of few bytes", Instead(jwks, "MAX_BYTES", 10**9)),
            ("key sets without a name given twice", Instead(jwk_set, "parse_object", json.loads)),
        )
    ),
)
