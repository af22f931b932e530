"""AssumeRole as it goes over the wire, and what its failures become."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest
from aiobotocore.session import AioSession, get_session
from aiohttp import web
from aiohttp.test_utils import TestServer

from luca_shared.aws.errors import (
    AccessDenied,
    AwsError,
    CredentialsRejected,
    NoCredentials,
    Rejected,
    Throttled,
    Unavailable,
)
from luca_shared.tenancy.sts import StsAssumeRole

ANSWER = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>
<Expiration>2026-11-24T15:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"""
ERROR = """<ErrorResponse><Error><Code>{code}</Code><Message>SECRET</Message></Error>
<RequestId>r1</RequestId></ErrorResponse>"""


@dataclass
class Endpoint:
    """An STS that answers as it is told."""

    status: int = 200
    body: str = ANSWER
    requests: list[Mapping[str, list[str]]] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    url: str = ""

    async def serve(self, request: web.Request) -> web.Response:
        self.requests.append(parse_qs(await request.text()))
        self.headers.append(request.headers)
        return web.Response(status=self.status, text=self.body, content_type="text/xml")


@pytest.fixture
async def endpoint(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Endpoint]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAPLATFORM")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    endpoint = Endpoint()
    application = web.Application()
    application.router.add_post("/", endpoint.serve)
    async with TestServer(application) as server:
        endpoint.url = str(server.make_url("/"))
        yield endpoint


@pytest.fixture(scope="module")
def session() -> AioSession:
    """Shared, because it takes half a second to read botocore's models."""
    return get_session()


async def assume(endpoint: Endpoint, session: AioSession) -> object:
    async with StsAssumeRole(region="us-east-1", endpoint_url=endpoint.url, session=session) as assume_role:
        return await assume_role("arn:aws:iam::000000000000:role/luca-tenant", {"school_id": "norte"}, "luca-norte")


async def test_the_school_is_a_session_tag_of_a_session_of_one_hour(endpoint: Endpoint, session: AioSession) -> None:
    credentials = await assume(endpoint, session)
    (request,) = endpoint.requests
    assert request == {
        "Action": ["AssumeRole"],
        "Version": ["2011-06-15"],
        "RoleArn": ["arn:aws:iam::000000000000:role/luca-tenant"],
        "RoleSessionName": ["luca-norte"],
        "DurationSeconds": ["3600"],
        "Tags.member.1.Key": ["school_id"],
        "Tags.member.1.Value": ["norte"],
    }
    assert "Credential=AKIAPLATFORM/" in endpoint.headers[0]["Authorization"]
    assert getattr(credentials, "access_key_id", None) == "ASIAEXAMPLE"
    assert getattr(credentials, "expires_at", None) == datetime(2026, 11, 24, 15, tzinfo=UTC)
    assert "secret" not in repr(credentials)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (403, "AccessDenied", AccessDenied),
        (403, "ExpiredToken", CredentialsRejected),
        (403, "InvalidClientTokenId", CredentialsRejected),
        (403, "SignatureDoesNotMatch", CredentialsRejected),
        (400, "Throttling", Throttled),
        (400, "ValidationError", Rejected),
        (400, "RegionDisabledException", Rejected),
        (500, "InternalFailure", Unavailable),
        (503, "ServiceUnavailable", Unavailable),
    ],
)
async def test_a_failure_says_what_can_be_done_and_repeats_no_text_of_aws(
    endpoint: Endpoint, session: AioSession, status: int, code: str, kind: type[AwsError]
) -> None:
    endpoint.status, endpoint.body = status, ERROR.format(code=code)
    with pytest.raises(kind) as failure:
        await assume(endpoint, session)
    assert (failure.value.operation, failure.value.code, failure.value.request_id) == ("AssumeRole", code, "r1")
    assert "SECRET" not in str(failure.value)
    assert len(endpoint.requests) <= 2


async def test_nobody_listening_is_unavailable(endpoint: Endpoint, session: AioSession) -> None:
    endpoint.url = "http://127.0.0.1:1"
    with pytest.raises(Unavailable):
        await assume(endpoint, session)


async def test_a_process_without_credentials_is_told_so(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    with pytest.raises(NoCredentials):
        await assume(endpoint, get_session())
    assert endpoint.requests == []


async def test_it_is_of_no_use_outside_of_its_block() -> None:
    with pytest.raises(RuntimeError, match="async with"):
        await StsAssumeRole(region="us-east-1")("arn", {}, "luca-norte")
