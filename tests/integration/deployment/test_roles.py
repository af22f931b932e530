"""The deployed roles at the queues, and at the door of the tenant role."""

import contextlib
from collections.abc import Awaitable, Callable

import pytest

from luca_local.deployment import Deployment
from luca_local.running_emulator import EmulatorAccount
from luca_shared.aws.client import AwsClient
from luca_shared.aws.credentials import Credentials
from luca_shared.aws.errors import AccessDenied
from luca_shared.aws.sqs import Sqs

Assume = Callable[..., Awaitable[Credentials]]  # conftest.py

ROLES = {
    "interactive": "interactive_role_arn",
    "ingest-worker": "ingest_worker_role_arn",
    "gov-sync": "gov_sync_role_arn",
    "edge": "edge_role_arn",
    "redrive": "redrive_role_arn",
}
MAY = {
    "send events": {"edge", "redrive"},
    "receive events": {"ingest-worker"},
    "send dead letters": {"ingest-worker"},
    "receive dead letters": {"redrive"},
    "send the sync's dead letters": {"gov-sync"},
    "receive the sync's dead letters": {"redrive"},
}
SERVICES = ["interactive", "ingest-worker", "gov-sync"]


@pytest.mark.parametrize("role", [*ROLES, "the account's root"])
async def test_each_role_does_at_the_queues_what_it_is_for(
    own_emulator: EmulatorAccount, deployment: Deployment, assume: Assume, role: str
) -> None:
    credentials = await assume(getattr(deployment, ROLES[role])) if role in ROLES else own_emulator.admin
    async with AwsClient(region=deployment.region, endpoint_url=own_emulator.endpoint_url) as client:
        sqs = Sqs(client)

        async def sends(url: str) -> bool:
            try:
                return bool(await sqs.send_message(url, "{}", credentials=credentials))
            except AccessDenied:
                return False

        async def receives(url: str) -> bool:
            try:
                await sqs.receive_messages(url, wait_seconds=0, visibility_timeout=1, credentials=credentials)
            except AccessDenied:
                return False
            return True

        did = {
            "send events": await sends(deployment.queue_url),
            "receive events": await receives(deployment.queue_url),
            "send dead letters": await sends(deployment.dead_letter_url),
            "receive dead letters": await receives(deployment.dead_letter_url),
            "send the sync's dead letters": await sends(deployment.gov_sync_dead_letter_url),
            "receive the sync's dead letters": await receives(deployment.gov_sync_dead_letter_url),
        }
    if role not in ROLES:  # the account's administrator may do everything that no policy of a queue denies
        assert (did["send events"], did["send dead letters"]) == (False, False)
    else:
        assert did == {what: role in roles for what, roles in MAY.items()}


@pytest.mark.parametrize("role", ROLES)
async def test_the_services_and_nobody_else_become_a_school(deployment: Deployment, assume: Assume, role: str) -> None:
    service = await assume(getattr(deployment, ROLES[role]))
    allowed = contextlib.nullcontext() if role in SERVICES else pytest.raises(AccessDenied)
    with allowed:
        await assume(deployment.tenant_role_arn, {"school_id": "norte"}, signer=service)


@pytest.mark.parametrize(
    "tags",
    [
        {},
        {"school_id": ""},
        {"school_id": "norte/sur"},
        {"school_id": "norte.sur"},
        {"School_Id": "norte"},
        {"school": "norte"},
        {"school_id": "norte", "role": "admin"},
    ],
    ids=str,
)
async def test_a_session_takes_exactly_one_school(deployment: Deployment, assume: Assume, tags: dict[str, str]) -> None:
    service = await assume(deployment.interactive_role_arn)
    with pytest.raises(AccessDenied):
        await assume(deployment.tenant_role_arn, tags, signer=service)


async def test_a_school_becomes_no_other_school(deployment: Deployment, assume: Assume) -> None:
    service = await assume(deployment.interactive_role_arn)
    school = await assume(deployment.tenant_role_arn, {"school_id": "norte"}, signer=service)
    with pytest.raises(AccessDenied):
        await assume(deployment.tenant_role_arn, {"school_id": "sur"}, signer=school)
