from datetime import UTC, datetime

import botocore.auth
import pytest
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials
from hypothesis import given
from hypothesis import strategies as st

from luca_shared.aws.credentials import Credentials
from luca_shared.aws.signing import Signer, derive_key

WORDS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1)
HEADERS = st.dictionaries(
    st.sampled_from(["accept-encoding", "content-type", "x-amz-target", "user-agent", "x-amz-meta-a"]), WORDS
)
NOW = 1_440_938_160.0  # 2015-08-30 12:36:00 UTC


def signed_by_botocore(
    headers: dict[str, str], body: bytes, credentials: Credentials, service: str, now: float
) -> dict[str, str]:
    """What botocore's own `add_auth` makes of the request, were user agents not on its blacklist."""
    request = AWSRequest("POST", f"https://{headers['host']}/", headers=headers, data=body)
    with pytest.MonkeyPatch.context() as patch:
        unsigned = [name for name in botocore.auth.SIGNED_HEADERS_BLACKLIST if name != "user-agent"]
        patch.setattr(botocore.auth, "SIGNED_HEADERS_BLACKLIST", unsigned)
        patch.setattr(botocore.auth, "get_current_datetime", lambda: datetime.fromtimestamp(now, UTC))
        keys = ReadOnlyCredentials(credentials.access_key_id, credentials.secret_access_key, credentials.session_token)
        botocore.auth.SigV4Auth(keys, service, "us-east-1").add_auth(request)
    return {name.lower(): value for name, value in request.headers.items()}


@given(
    headers=HEADERS,
    body=st.binary(min_size=1),
    secret=WORDS,
    token=st.none() | WORDS,
    service=st.sampled_from(["dynamodb", "sqs", "kms"]),
    now=st.integers(0, 4_000_000_000),
)
def test_signatures_are_botocores(
    headers: dict[str, str], body: bytes, secret: str, token: str | None, service: str, now: float
) -> None:
    headers["host"] = f"{service}.us-east-1.amazonaws.com"
    credentials = Credentials("AKIDEXAMPLE", secret, token)
    theirs = signed_by_botocore(headers, body, credentials, service, now)
    Signer(service, "us-east-1").sign(headers, body, credentials, now)
    assert headers == theirs


def test_the_user_agent_is_signed() -> None:
    headers = {"host": "h", "user-agent": "luca/1 (correlation_id=a)"}
    other = {"host": "h", "user-agent": "luca/1 (correlation_id=b)"}
    signer = Signer("dynamodb", "us-east-1")
    for each in (headers, other):
        signer.sign(each, b"{}", Credentials("id", "secret"), NOW)
    assert "SignedHeaders=host;user-agent;x-amz-date," in headers["authorization"]
    assert headers["authorization"] != other["authorization"]


def test_the_key_of_awss_own_example_is_derived() -> None:
    # AWS General Reference, "Examples of how to derive a signing key for Signature Version 4".
    key = derive_key("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "20150830", "us-east-1", "iam")
    assert key.hex() == "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9"


def test_a_key_of_yesterday_or_of_another_secret_is_not_used_again() -> None:
    signer = Signer("dynamodb", "us-east-1")

    def signature(secret: str, now: float) -> str:
        headers = {"host": "dynamodb.us-east-1.amazonaws.com"}
        signer.sign(headers, b"{}", Credentials("id", secret), now)
        expected = signed_by_botocore(
            {"host": "dynamodb.us-east-1.amazonaws.com"}, b"{}", Credentials("id", secret), "dynamodb", now
        )
        assert headers == expected
        return headers["authorization"]

    assert len({signature("one", NOW), signature("other", NOW), signature("one", NOW + 86_400)}) == 3


def test_secrets_stay_out_of_reprs() -> None:
    assert "hidden" not in repr(Credentials("AKID", "hidden-secret", "hidden-token"))
