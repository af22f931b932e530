"""Tokens: one class of forgery a test, and nothing but the pool's signature over our claims is believed."""

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st
from jose.backends.cryptography_backend import CryptographyRSAKey

from luca_local.isolation.token_wall.minting import CLIENT, ISSUER, NOW, claims, key, segment, signed
from luca_shared.tenancy.context import Role
from luca_shared.tenancy.jwk_set import RsaKey
from luca_shared.tenancy.jwks import Jwks, UnknownKey
from luca_shared.tenancy.tokens import KeysUnavailable, TokenRejected, TokenVerifier

POOL_KEY = key()
OTHER_KEY = key("another pool's")


@dataclass
class Keys(Jwks):
    """The pool's keys without a network."""

    keys: dict[str, RsaKey] = field(default_factory=lambda: {"k1": public(POOL_KEY)})
    asked: list[str] = field(default_factory=list)
    error: Exception | None = None

    async def key(self, kid: str) -> RsaKey:
        self.asked.append(kid)
        if self.error is not None:
            raise self.error
        if kid not in self.keys:
            raise UnknownKey
        return self.keys[kid]


def public(key: rsa.RSAPrivateKey) -> RsaKey:
    made: RsaKey = CryptographyRSAKey(key.public_key(), "RS256")
    return made


@pytest.fixture
def keys() -> Keys:
    return Keys()


@pytest.fixture
def verifier(keys: Keys, clock: Any) -> TokenVerifier:
    clock.now = NOW
    return TokenVerifier(keys, issuer=ISSUER, client_id=CLIENT, clock=clock)


async def reason(verifier: TokenVerifier, token: str) -> str:
    with pytest.raises(TokenRejected) as refusal:
        await verifier.verify(token)
    assert str(refusal.value) == refusal.value.reason
    return refusal.value.reason


async def test_a_token_of_the_pool_says_who_its_bearer_is(verifier: TokenVerifier) -> None:
    found = await verifier.verify(signed())
    assert (found.school_id, found.person_id) == ("norte", "p9")
    assert found.roles == {Role.TEACHER}
    assert found.expires_at == NOW + 3540


async def test_somebody_in_no_group_has_no_role(verifier: TokenVerifier) -> None:
    assert (await verifier.verify(signed(claims(**{"cognito:groups": ...})))).roles == frozenset()


# --- Forged signatures and headers.


async def test_an_unsigned_token_is_refused(verifier: TokenVerifier, keys: Keys) -> None:
    for algorithm in ("none", "None", "NONE", ""):
        head = segment({"alg": algorithm, "kid": "k1"})
        assert await reason(verifier, f"{head}.{segment(claims())}.{segment(b'x')}") == "wrong-algorithm"
        assert await reason(verifier, f"{head}.{segment(claims())}.") == "malformed"
    assert keys.asked == []  # before any key was looked up


async def test_a_token_signed_with_the_public_key_as_a_shared_secret_is_refused(
    verifier: TokenVerifier, keys: Keys
) -> None:
    pem = POOL_KEY.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    der = POOL_KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)
    for secret in (pem, pem.rstrip(), der):
        text = f"{segment({'alg': 'HS256', 'kid': 'k1'})}.{segment(claims())}"
        token = f"{text}.{segment(hmac.digest(secret, text.encode(), 'sha256'))}"
        assert await reason(verifier, token) == "wrong-algorithm"
    assert keys.asked == []


async def test_another_algorithm_is_refused_even_with_the_pools_key(verifier: TokenVerifier) -> None:
    token = signed(header={"alg": "RS512", "kid": "k1"}, algorithm=hashes.SHA512())
    assert await reason(verifier, token) == "wrong-algorithm"
    assert await reason(verifier, signed(header={"alg": "RS256", "kid": "k1"}, algorithm=hashes.SHA512())) == (
        "bad-signature"
    )
    assert await reason(verifier, signed(header={"alg": ["RS256"], "kid": "k1"})) == "wrong-algorithm"
    assert await reason(verifier, signed(header={"kid": "k1"})) == "wrong-algorithm"


async def test_another_key_under_the_same_id_is_refused(verifier: TokenVerifier) -> None:
    assert await reason(verifier, signed(by=OTHER_KEY)) == "bad-signature"


async def test_a_key_that_the_token_brings_along_is_not_looked_at(verifier: TokenVerifier) -> None:
    jwk = public(OTHER_KEY).to_dict()
    for lure in ({"jwk": jwk}, {"jku": "https://evil.example/keys"}, {"x5u": "https://evil.example"}, {"x5c": ["AA"]}):
        assert await reason(verifier, signed(header={"alg": "RS256", "kid": "k1", **lure}, by=OTHER_KEY)) == (
            "bad-signature"
        )


@pytest.mark.parametrize("critical", [["exp"], [], "b64", None])
async def test_a_critical_extension_is_refused(verifier: TokenVerifier, critical: object) -> None:
    assert await reason(verifier, signed(header={"alg": "RS256", "kid": "k1", "crit": critical})) == (
        "critical-extension"
    )


@pytest.mark.parametrize("kind", ["at+jwt", "JWE", "", 5, None])
async def test_another_type_of_token_is_refused(verifier: TokenVerifier, kind: object) -> None:
    assert await reason(verifier, signed(header={"alg": "RS256", "kid": "k1", "typ": kind})) == "wrong-type"
    await verifier.verify(signed(header={"alg": "RS256", "kid": "k1", "typ": "JWT"}))


@pytest.mark.parametrize("kid", [None, 1, "", "k" * 129, "k 1", "k\n1", ["k1"], {"k": 1}, "k1?", ...])
async def test_a_strange_key_id_is_refused_before_it_is_looked_up(
    verifier: TokenVerifier, keys: Keys, kid: object
) -> None:
    header = {"alg": "RS256"} if kid is ... else {"alg": "RS256", "kid": kid}
    assert await reason(verifier, signed(header=header)) == "no-key-id"
    assert keys.asked == []


async def test_a_key_that_the_pool_does_not_have_is_refused(verifier: TokenVerifier) -> None:
    assert await reason(verifier, signed(header={"alg": "RS256", "kid": "k2"}, by=OTHER_KEY)) == "unknown-key"


async def test_a_changed_payload_is_refused(verifier: TokenVerifier) -> None:
    head, _, signature = signed().split(".")
    other = segment(claims(**{"custom:school_id": "sur"}))
    assert await reason(verifier, f"{head}.{other}.{signature}") == "bad-signature"


@pytest.mark.parametrize(
    "mangle",
    [
        lambda _: "",
        lambda _: ".",
        lambda _: "..",
        lambda _: "a.b",
        lambda token: token + ".",
        lambda token: token + ".AAAA",
        lambda token: token + "=",
        lambda token: token + "\n",
        lambda token: token[:-10] + "!" + token[-10:],
        lambda token: " " + token,
        lambda token: token.replace(".", ". ", 1),
        lambda token: "Bearer " + token,
        lambda token: "\ud800." + token,
        lambda token: "\u0430" + token[1:],
        lambda token: f"{segment(b'[]')}.{token.split('.', 1)[1]}",
        lambda token: f"{segment(b'not json')}.{token.split('.', 1)[1]}",
        lambda token: f"{segment(b'{' * 3000)}.{token.split('.', 1)[1]}",
        lambda token: f"A.{token.split('.', 1)[1]}",
    ],
)
async def test_what_does_not_have_the_form_of_a_token_is_refused(
    verifier: TokenVerifier, keys: Keys, mangle: Callable[[str], str]
) -> None:
    assert await reason(verifier, mangle(signed())) == "malformed"
    assert keys.asked == []


async def test_a_huge_token_is_refused_without_a_look_inside(verifier: TokenVerifier, keys: Keys) -> None:
    assert await reason(verifier, signed(claims(padding="x" * 10_000))) == "too-long"
    assert await reason(verifier, "x" * 10_000_000) == "too-long"
    assert keys.asked == []


@given(st.text(max_size=200))
async def test_no_text_makes_anything_but_a_refusal(text: str) -> None:
    verifier = TokenVerifier(Keys(), issuer=ISSUER, client_id=CLIENT)
    with pytest.raises(TokenRejected):
        await verifier.verify(text)


# --- Claims that the pool has signed, and that are not for us.


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"iss": ISSUER + "x"}, "wrong-issuer"),
        ({"iss": ISSUER + "/"}, "wrong-issuer"),
        ({"iss": [ISSUER]}, "wrong-issuer"),
        ({"iss": ...}, "wrong-issuer"),
        ({"token_use": "access"}, "wrong-token-use"),
        ({"token_use": ...}, "wrong-token-use"),
        ({"aud": "client-2"}, "wrong-audience"),
        ({"aud": [CLIENT]}, "wrong-audience"),
        ({"aud": ["client-2", CLIENT]}, "wrong-audience"),
        ({"aud": ..., "client_id": CLIENT}, "wrong-audience"),
        ({"exp": ...}, "no-expiry"),
        ({"exp": None}, "malformed-claims"),
        ({"exp": str(NOW + 60)}, "malformed-claims"),
        ({"exp": True}, "malformed-claims"),
        ({"exp": 10**400}, "malformed-claims"),
        ({"exp": -1}, "malformed-claims"),
        ({"exp": NOW - 10}, "expired"),
        ({"exp": NOW - 86_400}, "expired"),
        ({"nbf": NOW + 11}, "not-yet-valid"),
        ({"iat": NOW + 11}, "not-yet-valid"),
        ({"nbf": "soon"}, "malformed-claims"),
        ({"custom:school_id": ...}, "no-school"),
        ({"custom:school_id": None}, "no-school"),
        ({"custom:school_id": ["norte", "sur"]}, "no-school"),
        ({"custom:school_id": ["norte"]}, "no-school"),
        ({"custom:school_id": {"0": "norte"}}, "no-school"),
        ({"custom:school_id": 7}, "no-school"),
        ({"custom:school_id": ""}, "no-school"),
        ({"custom:school_id": "norte#STUDENT"}, "no-school"),
        ({"custom:school_id": "*"}, "no-school"),
        ({"custom:school_id": "norte*"}, "no-school"),
        ({"custom:school_id": "Norte"}, "no-school"),
        ({"custom:school_id": "norte "}, "no-school"),
        ({"custom:school_id": "norte\n"}, "no-school"),
        ({"custom:school_id": "-norte"}, "no-school"),
        ({"custom:school_id": "n" * 64}, "no-school"),
        ({"custom:school_id": ..., "school_id": "norte"}, "no-school"),
        ({"custom:person_id": ...}, "no-person"),
        ({"custom:person_id": "p#9"}, "no-person"),
        ({"custom:person_id": ["p9"]}, "no-person"),
        ({"cognito:groups": "teacher"}, "malformed-claims"),
        ({"cognito:groups": [1]}, "malformed-claims"),
        ({"cognito:groups": None}, "malformed-claims"),
        ({"cognito:groups": {"teacher": True}}, "malformed-claims"),
    ],
)
async def test_a_signed_token_that_is_not_for_us_is_refused(
    verifier: TokenVerifier, changes: dict[str, Any], expected: str
) -> None:
    assert await reason(verifier, signed(claims(**changes))) == expected


async def test_clocks_may_differ_by_the_leeway(verifier: TokenVerifier) -> None:
    await verifier.verify(signed(claims(exp=NOW - 9, iat=NOW + 10, nbf=NOW + 10)))


@pytest.mark.parametrize("twice", ["custom:school_id", "iss", "exp", "cognito:groups"])
async def test_a_claim_that_occurs_twice_is_refused(verifier: TokenVerifier, twice: str) -> None:
    whole = claims()
    text = json.dumps(whole)[:-1] + f", {json.dumps(twice)}: {json.dumps(whole[twice])}}}"
    assert await reason(verifier, signed(text.encode())) == "malformed"


async def test_a_header_member_that_occurs_twice_is_refused(verifier: TokenVerifier, keys: Keys) -> None:
    assert await reason(verifier, signed(header=b'{"alg": "none", "kid": "k1", "alg": "RS256"}')) == "malformed"
    assert keys.asked == []


async def test_an_access_token_is_taken_where_it_is_asked_for(keys: Keys, clock: Any) -> None:
    clock.now = NOW
    verifier = TokenVerifier(keys, issuer=ISSUER, client_id=CLIENT, token_use="access", clock=clock)
    await verifier.verify(signed(claims(token_use="access", aud=..., client_id=CLIENT)))
    assert await reason(verifier, signed()) == "wrong-token-use"
    assert await reason(verifier, signed(claims(token_use="access"))) == "wrong-audience"


async def test_without_keys_nothing_is_said_of_the_token(verifier: TokenVerifier, keys: Keys) -> None:
    keys.error = KeysUnavailable()
    with pytest.raises(KeysUnavailable):
        await verifier.verify(signed())


# --- What is remembered of verified tokens.


@dataclass
class Count:
    """How many signatures have been verified."""

    verified: int = 0


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Count:
    counting = Count()
    verify: Callable[..., bool] = CryptographyRSAKey.verify

    def counted(key: CryptographyRSAKey, message: bytes, signature: bytes) -> bool:
        counting.verified += 1
        return verify(key, message, signature)

    monkeypatch.setattr(CryptographyRSAKey, "verify", counted)
    return counting


async def test_a_token_is_verified_once(verifier: TokenVerifier, counting: Count) -> None:
    token = signed()
    found = [await verifier.verify(token) for _ in range(10)]
    assert counting.verified == 1
    assert all(each == found[0] for each in found)


async def test_a_remembered_token_expires(verifier: TokenVerifier, clock: Any) -> None:
    token = signed(claims(exp=NOW + 60))
    await verifier.verify(token)
    clock.pass_(69)
    await verifier.verify(token)
    clock.pass_(1)
    assert await reason(verifier, token) == "expired"
    assert await reason(verifier, token) == "expired"


async def test_a_remembered_token_dies_with_its_key(verifier: TokenVerifier, keys: Keys) -> None:
    token = signed()
    await verifier.verify(token)
    del keys.keys["k1"]
    assert await reason(verifier, token) == "unknown-key"


async def test_a_remembered_token_dies_when_its_key_is_replaced(verifier: TokenVerifier, keys: Keys) -> None:
    token = signed()
    await verifier.verify(token)
    keys.keys["k1"] = public(OTHER_KEY)
    assert await reason(verifier, token) == "bad-signature"
    assert await reason(verifier, token) == "bad-signature"


async def test_a_remembered_token_is_no_pass_when_the_keys_are_gone(verifier: TokenVerifier, keys: Keys) -> None:
    token = signed()
    await verifier.verify(token)
    keys.error = KeysUnavailable()
    with pytest.raises(KeysUnavailable):
        await verifier.verify(token)


async def test_refusals_are_not_remembered(verifier: TokenVerifier, clock: Any) -> None:
    token = signed(claims(nbf=NOW + 60))
    assert await reason(verifier, token) == "not-yet-valid"
    clock.pass_(60)
    await verifier.verify(token)


async def test_no_more_tokens_are_remembered_than_allowed(keys: Keys, counting: Count, clock: Any) -> None:
    clock.now = NOW
    verifier = TokenVerifier(keys, issuer=ISSUER, client_id=CLIENT, capacity=2, clock=clock)
    first, second, third = (signed(claims(sub=str(number))) for number in range(3))
    for token in (first, second, first, third, first):  # the second is the least recently used when the third comes
        await verifier.verify(token)
    assert counting.verified == 3
    await verifier.verify(second)
    assert counting.verified == 4
    assert len(verifier._verified) == 2


async def test_tokens_are_not_kept_themselves(verifier: TokenVerifier) -> None:
    token = signed()
    await verifier.verify(token)
    assert list(verifier._verified) == [hashlib.sha256(token.encode()).digest()]
