import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from luca_shared.aws.answers import json_object
from luca_shared.aws.credentials import Credentials
from luca_shared.aws.errors import AwsError, Unavailable
from luca_shared.aws.services import Service
from luca_shared.aws.timeouts import Timeouts
from luca_shared.aws.transport import Transport

if TYPE_CHECKING:
    from tests.unit.shared.aws.conftest import FakeAws


async def get_item(
    transport: Transport,
    service: Service = Service.DYNAMODB,
    *,
    body: bytes = b"{}",
    session_token: str | None = None,
    correlation_id: str | None = None,
) -> dict[str, Any] | AwsError:
    credentials = Credentials("AKID", "secret", session_token)
    return await transport.send(service, "GetItem", body, credentials, correlation_id, Timeouts(), json_object)


async def send(
    endpoint_url: str, service: Service = Service.DYNAMODB, *, body: bytes = b"{}", correlation_id: str | None = None
) -> dict[str, Any] | AwsError:
    transport = Transport("us-east-1", endpoint_url, max_connections=1)
    transport.open()
    try:
        return await transport.send(
            service, "GetItem", body, Credentials("AKID", "secret"), correlation_id, Timeouts(), json_object
        )
    finally:
        transport.close()


async def test_the_user_agent_carries_the_correlation_id_and_is_signed(aws: "FakeAws") -> None:
    await send(aws.url, correlation_id="Xb2dPFmGIAMF1Kg=")
    [request] = aws.received
    assert request.headers["user-agent"] == "luca/1 (correlation_id=Xb2dPFmGIAMF1Kg=)"
    assert ";user-agent;" in request.headers["authorization"]


@pytest.mark.parametrize("correlation_id", [None, "", "a b", "a)", "a\r\nx-evil: 1", "a\n", "ñ", "a" * 129])
async def test_a_correlation_id_that_no_header_can_carry_is_left_out(
    aws: "FakeAws", correlation_id: str | None
) -> None:
    await send(aws.url, correlation_id=correlation_id)
    assert aws.received[0].headers["user-agent"] == "luca/1"
    assert "x-evil" not in aws.received[0].headers


@pytest.mark.parametrize(
    ("service", "target", "content_type"),
    [
        (Service.DYNAMODB, "DynamoDB_20120810.GetItem", "application/x-amz-json-1.0"),
        (Service.SQS, "AmazonSQS.GetItem", "application/x-amz-json-1.0"),
        (Service.KMS, "TrentService.GetItem", "application/x-amz-json-1.1"),
    ],
)
async def test_each_service_is_spoken_to_in_its_dialect_and_signed_for(
    aws: "FakeAws", service: Service, target: str, content_type: str
) -> None:
    await send(aws.url, service)
    headers = aws.received[0].headers
    assert (headers["x-amz-target"], headers["content-type"]) == (target, content_type)
    assert f"/us-east-1/{service}/aws4_request" in headers["authorization"]
    assert headers["host"] == aws.url.removeprefix("http://")
    assert "x-amz-security-token" not in headers


async def test_a_large_body_goes_out_whole(aws: "FakeAws") -> None:
    body = b'{"a": "' + b"x" * 4_000_000 + b'"}'
    assert await send(aws.url, body=body) == {}
    assert aws.received[0].body == body


@pytest.mark.parametrize("token", ["a\r\nx-evil: 1", "a\nb", "a\rb"])
async def test_what_would_split_the_request_never_leaves(aws: "FakeAws", token: str) -> None:
    transport = Transport("us-east-1", aws.url, max_connections=1)
    transport.open()
    with pytest.raises(ValueError, match="line break"):
        await transport.send(
            Service.DYNAMODB, "GetItem", b"{}", Credentials("AKID", "secret", token), None, Timeouts(), json_object
        )
    assert aws.received == []


async def test_an_encrypted_door_speaks_to_nobody_who_does_not_prove_who_it_is(aws: "FakeAws") -> None:
    result = await send(aws.url.replace("http:", "https:"))
    assert isinstance(result, Unavailable)
    assert (result.code, result.lost_answers, aws.received) == ("NoConnection", 0, [])


async def test_a_redirect_is_not_followed(aws: "FakeAws") -> None:
    aws.answers({}, status=307, headers={"location": f"{aws.url}/elsewhere"})
    await send(aws.url)
    assert len(aws.received) == 1


@pytest.mark.parametrize("endpoint_url", ["127.0.0.1:4566", "ftp://host", "http://host/path", "http://host/?a=b"])
def test_an_endpoint_that_cant_be_signed_for_is_refused(endpoint_url: str) -> None:
    with pytest.raises(ValueError, match="endpoint"):
        Transport("us-east-1", endpoint_url, max_connections=1)


@pytest.mark.parametrize("endpoint_url", [None, ""])
def test_without_an_endpoint_aws_itself_is_meant(endpoint_url: str | None) -> None:
    doors = Transport("sa-east-1", endpoint_url, max_connections=1)._doors
    assert str(doors[Service.DYNAMODB].url) == "https://dynamodb.sa-east-1.amazonaws.com"
    assert doors[Service.SQS].headers["host"] == "sqs.sa-east-1.amazonaws.com"


async def test_no_more_connections_than_allowed_are_open_at_once(aws: "FakeAws") -> None:
    transport = Transport("us-east-1", aws.url, max_connections=2)
    transport.open()
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(10):
                group.create_task(get_item(transport))
    finally:
        transport.close()
    assert (len(aws.received), aws.connections) == (10, 2)


async def test_a_corrected_clock_is_logged(aws: "FakeAws", caplog: pytest.LogCaptureFixture) -> None:
    aws.fails("RequestTimeTooSkewed", headers={"date": "Tue, 24 Nov 2026 12:00:00 GMT"})
    transport = Transport("us-east-1", aws.url, max_connections=1, now=lambda: 1_795_521_600.0 - 3600)
    transport.open()
    try:
        await get_item(transport)
    finally:
        transport.close()
    assert "lacks 3600 s" in caplog.text
