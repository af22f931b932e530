"""`POST /v1/events`: straight onto the queue, with attributes that nobody but the edge can set."""

from collections.abc import Mapping
from typing import Protocol

from aiohttp import hdrs, web

from luca_local.edge import event_envelope
from luca_local.edge.authorizer import CLAIMS
from luca_shared.aws.errors import CredentialsRejected, NoCredentials, Throttled, Unavailable
from luca_shared.runtime import correlation, json_answers, problems
from luca_shared.runtime.requests import JSON, expect_media_type
from luca_shared.tenancy.context import VerifiedClaims


class EventQueue(Protocol):
    """Where events go."""

    async def send(self, body: str, *, attributes: Mapping[str, str], group_id: str) -> None:
        """Return once the message is durable; raise AwsError if it may not be."""
        ...


class EventIntake:
    """What API Gateway's SQS integration does: the body as it came, the attributes from the verified claims."""

    def __init__(self, queue: EventQueue) -> None:
        self._queue = queue

    async def accept(self, request: web.Request) -> web.Response:
        """Answer 202 once the events are on the queue."""
        expect_media_type(request, JSON)
        if request.headers.get(hdrs.CONTENT_ENCODING, "identity").lower() != "identity":
            raise problems.unsupported_media_type(f"{JSON}, not compressed")
        text, accepted = event_envelope.check(await request.read())
        correlation_id = correlation.current() or correlation.new()
        claims = request[CLAIMS]
        try:
            await self._queue.send(
                text, attributes=message_attributes(claims, correlation_id), group_id=claims.school_id
            )
        except (Throttled, Unavailable, NoCredentials, CredentialsRejected):
            raise problems.unavailable("the events could not be put on the queue; send them again") from None
        return web.Response(
            body=json_answers.encode({"correlation_id": correlation_id, "accepted": accepted}),
            status=202,
            headers={hdrs.CACHE_CONTROL: "no-store"},
            content_type=JSON,
        )


def message_attributes(claims: VerifiedClaims, correlation_id: str) -> dict[str, str]:
    """Return the message attributes of a verified sender; SQS takes no empty one, so no roles means no attribute."""
    attributes = {
        "school_id": str(claims.school_id),
        "person_id": str(claims.person_id),
        "correlation_id": correlation_id,
    }
    if claims.roles:
        attributes["roles"] = ",".join(sorted(claims.roles))
    return attributes
