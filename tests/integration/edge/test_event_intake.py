"""`POST /v1/events`: what is on the queue afterwards, and when nothing is."""

import gzip
import io
import json
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from luca_shared.aws.errors import AccessDenied, AwsError, NoCredentials, Throttled, Unavailable
from luca_shared.tenancy.context import Role

if TYPE_CHECKING:
    from tests.integration.edge.conftest import Edge

JSON = {"Content-Type": "application/json"}
BODY = b'{ "events": [ {"kind":"behavior", "n": 1.50}, 7 ] }\n'


async def unreachable(_: web.Request) -> web.StreamResponse:
    raise AssertionError("events go to no service")


async def test_the_message_has_the_body_and_the_verified_claims(edge: "Edge") -> None:
    edge.verifier.believe("both", Role.TEACHER, Role.COMPLIANCE)
    url = await edge.before(unreachable)
    forged = {"X-School-Id": "sur", "school_id": "sur", "X-Correlation-Id": "mine"}
    async with edge.ask("POST", url + "/v1/events", token="both", data=BODY, headers=JSON | forged) as answer:
        assert answer.status == 202
        told = await answer.json()
        assert told == {"correlation_id": answer.headers["X-Correlation-Id"], "accepted": 2}
    (sent,) = edge.queue.sent
    assert sent.body.encode() == BODY
    assert sent.group_id == "norte"
    assert sent.attributes == {
        "school_id": "norte",
        "person_id": "p1",
        "roles": "compliance,teacher",
        "correlation_id": told["correlation_id"],
    }


async def test_without_roles_there_is_no_such_attribute(edge: "Edge") -> None:
    edge.verifier.believe("nobody")
    url = await edge.before(unreachable)
    async with edge.ask("POST", url + "/v1/events", token="nobody", data=BODY, headers=JSON) as answer:
        assert answer.status == 202
    assert edge.queue.sent[0].attributes.keys() == {"school_id", "person_id", "correlation_id"}


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{", JSON, 400),
        (b"", JSON, 400),
        (json.dumps({"events": [{}] * 101}).encode(), JSON, 422),
        (b'{"events": []}', JSON, 422),
        (b'{"school_id": "norte", "events": [{}]}', JSON, 422),
        (b'{"events": [{"school_id": "norte"}]}', JSON, 422),
        (BODY + b" " * 1024 * 1024, JSON, 413),
        (BODY, {"Content-Type": "text/plain"}, 415),
        (BODY, {"Content-Type": "application/json; charset=latin-1"}, 415),
        (gzip.compress(BODY, mtime=0), JSON | {"Content-Encoding": "gzip"}, 415),
    ],
)
async def test_what_is_refused_is_not_sent(edge: "Edge", body: bytes, headers: dict[str, str], status: int) -> None:
    url = await edge.before(unreachable)
    async with edge.ask("POST", url + "/v1/events", data=io.BytesIO(body), headers=headers) as answer:
        assert (answer.status, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert not edge.queue.sent


@pytest.mark.parametrize("failure", [Unavailable, Throttled, NoCredentials])
async def test_events_that_are_not_on_the_queue_are_to_be_sent_again(edge: "Edge", failure: type[AwsError]) -> None:
    url = await edge.before(unreachable)
    edge.queue.failure = failure("SendMessage", "Any")
    async with edge.ask("POST", url + "/v1/events", data=BODY, headers=JSON) as answer:
        assert (answer.status, (await answer.json())["type"]) == (503, "urn:luca:problem:unavailable")
        assert int(answer.headers["Retry-After"]) >= 1


async def test_a_refusal_that_is_our_fault_says_nothing_of_it(edge: "Edge") -> None:
    url = await edge.before(unreachable)
    edge.queue.failure = AccessDenied("SendMessage", "AccessDenied")
    async with edge.ask("POST", url + "/v1/events", data=BODY, headers=JSON) as answer:
        assert answer.status == 500
        assert "SendMessage" not in await answer.text()


async def test_another_method_is_not_events(edge: "Edge") -> None:
    url = await edge.before(unreachable)
    async with edge.ask("GET", url + "/v1/events") as answer:
        assert answer.status == 405
        assert answer.headers["Allow"] == "POST"
