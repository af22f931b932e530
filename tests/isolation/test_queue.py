"""Events against two schools: what is on the queue lands where its sender's token says, whatever its body says.

The messages are put on the queue as the edge puts them there, but with bodies that the edge would refuse: the worker
must not rely on it.
"""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from tests.isolation.test_endpoints import PAIRS, SCHOOLS

from luca_local.aws_clients import session_as
from luca_local.demo.collecting.administrator import Administrator, administrator
from luca_local.demo.evidence.events import DeadLetter
from luca_local.platform_process import PlatformProcess
from luca_shared.aws import AwsClient, Credentials, Item, OutgoingMessage, Sqs
from luca_shared.aws.errors import AwsError
from luca_shared.tenancy.context import Role
from luca_shared.tenancy.sts import StsAssumeRole

ROLES: Final = "arn:aws:iam::000000000000:role"
_WITHIN_S: Final = 60

all_pairs = pytest.mark.parametrize(("mine", "theirs"), PAIRS)


@dataclass(frozen=True)
class Stage:
    """The queue, as each of those who can reach it, and what came of a message."""

    platform: PlatformProcess
    client: AwsClient
    admin: Administrator

    async def role(self, name: str, **tags: str) -> Credentials:
        run = self.platform.record
        started_by = self.admin.credentials if not tags else await self.role("luca-interactive")
        async with StsAssumeRole(
            region=run.region, endpoint_url=run.aws_endpoint, session=session_as(started_by)
        ) as assume_role:
            return await assume_role(f"{ROLES}/{name}", tags, "test")

    async def send(self, body: object, attributes: dict[str, str]) -> None:
        text = body if isinstance(body, str) else json.dumps(body)
        message = OutgoingMessage(text, attributes, attributes.get("school_id"))
        queue, edge = self.platform.record.queue_url, await self.role("luca-edge")
        assert not await Sqs(self.client).send_message_batch(queue, [message], credentials=edge)

    async def emptied(self) -> None:
        """Wait until the worker has nothing left to do."""
        async with asyncio.timeout(_WITHIN_S):
            while await self.admin.messages_left():  # noqa: ASYNC110  # what it asks is another process
                await asyncio.sleep(0.2)

    async def letters(self, marker: str) -> list[DeadLetter]:
        """The dead letters that hold a text; looking at one hides it for a while."""
        return [each for each in await self.admin.dead_letters() if marker in each.text]

    async def events(self, marker: str) -> list[Item]:
        return [item for item in await self.admin.items() if marker in item.get("event_id", "")]


@pytest.fixture
async def stage(platform: PlatformProcess) -> AsyncIterator[Stage]:
    run = platform.record
    async with (
        AwsClient(region=run.region, endpoint_url=run.aws_endpoint) as client,
        administrator(run) as admin,
    ):
        yield Stage(platform, client, admin)


@pytest.fixture
def marker() -> str:
    return f"e-{secrets.token_hex(8)}"


def sender(school_id: str, role: Role = Role.TEACHER) -> dict[str, str]:
    account = next(account for account in SCHOOLS[school_id].accounts if account.role is role)
    return {"school_id": school_id, "person_id": account.person_id, "roles": role.value, "correlation_id": "c-1"}


def event(event_id: str, student_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "event_id": event_id,
        "kind": "behavior",
        "student_id": student_id,
        "type": "merit",
        "occurred_at": datetime.now(UTC).isoformat(),
        "data": {"points": 1},
        **changes,
    }


@all_pairs
async def test_an_event_about_another_schools_student_lands_in_its_senders_school_alone(
    stage: Stage, marker: str, mine: str, theirs: str
) -> None:
    student_id = SCHOOLS[theirs].students[0].student_id
    await stage.send({"events": [event(marker, student_id, type=marker)]}, sender(mine))
    await stage.emptied()
    (stored,) = await stage.events(marker)
    assert stored["pk"] == f"TENANT#{mine}#STUDENT#{student_id}"
    # Nobody of either school is shown it: for the one it is about nobody, in the other's partition it isn't.
    for school_id, status in ((theirs, 200), (mine, 404)):
        path = f"/v1/students/{student_id}/behavior"
        async with stage.platform.client(f"admin.{school_id}") as client, client.get(path) as answer:
            assert answer.status == status
            if status == 200:
                assert marker not in await answer.text()


@all_pairs
async def test_a_student_reports_nothing_about_the_one_of_another_school_with_the_same_id(
    stage: Stage, marker: str, mine: str, theirs: str
) -> None:
    """Whose token says `mine` and whose person id is a student's of `theirs` is not that student."""
    student_id = SCHOOLS[theirs].students[0].student_id
    attributes = sender(mine, Role.STUDENT) | {"person_id": student_id}
    await stage.send({"events": [event(marker, student_id, type="session")]}, attributes)
    await stage.emptied()
    assert {item["pk"] for item in await stage.events(marker)} == {f"TENANT#{mine}#STUDENT#{student_id}"}


@pytest.mark.parametrize("place", ["the message", "the event", "the event's data"])
@all_pairs
async def test_a_body_that_names_a_school_becomes_a_dead_letter_of_its_sender(
    stage: Stage, marker: str, place: str, mine: str, theirs: str
) -> None:
    named = {"school_id": theirs}
    about = event(marker, SCHOOLS[theirs].students[0].student_id)
    bodies: dict[str, dict[str, Any]] = {
        "the message": {"events": [about], **named},
        "the event": {"events": [about | named]},
        "the event's data": {"events": [about | {"data": named}]},
    }
    await stage.send(bodies[place], sender(mine))
    await stage.emptied()
    assert await stage.events(marker) == []
    (letter,) = await stage.letters(marker)
    assert (letter.school_id, letter.reason) == (mine, "wrong-school")


@pytest.mark.parametrize("school_id", ["", "norte#STUDENT", "NORTE", "*", "TENANT#norte", "norte\n"])
async def test_a_message_without_a_school_that_can_be_one_is_put_aside(
    stage: Stage, marker: str, school_id: str
) -> None:
    attributes = sender("norte") | {"school_id": school_id}
    if not school_id:
        del attributes["school_id"]
    await stage.send({"events": [event(marker, "s1")]}, attributes)
    await stage.emptied()
    assert await stage.events(marker) == []
    (letter,) = await stage.letters(marker)
    assert letter.reason == "wrong-school"


@pytest.mark.parametrize("role", ["luca-interactive", "the tenant's", "luca-gov-sync", "luca-edge"])
async def test_nobody_who_answers_people_can_read_a_queue(stage: Stage, role: str) -> None:
    """Dead letters hold what people sent, so there is no way from an API to them: not even for the school itself."""
    credentials = (
        await stage.role("luca-tenant", school_id="norte") if role == "the tenant's" else await stage.role(role)
    )
    run = stage.platform.record
    for queue in (run.queue_url, run.dead_letter_url):
        with pytest.raises(AwsError, match="AccessDenied"):
            await Sqs(stage.client).receive_messages(
                queue, wait_seconds=0, visibility_timeout=1, credentials=credentials
            )
