"""The intruder's own eyesight: with somebody's credentials who may do everything, every attempt is seen as a leak."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from luca_local.demo.collecting.administrator import PATIENT, Administrator, administrator
from luca_local.demo.evidence.attempts import IsolationEvidence
from luca_local.demo.intruder import api, table
from luca_local.demo.intruder.play import traces
from luca_local.demo.judges import isolation
from luca_local.demo.judges.findings import Fault
from luca_local.demo.people import Person, edge
from luca_local.platform_process import PlatformProcess
from luca_local.seed.demo_schools import demo_schools
from luca_shared.aws import AwsClient

NORTE, NORTE_2, _ = demo_schools(datetime.now(UTC).date())
TRACES = {str(plan.school.school_id): traces(plan) for plan in (NORTE, NORTE_2)}


@pytest.fixture
async def admin(platform: PlatformProcess) -> AsyncIterator[Administrator]:
    async with administrator(platform.record) as found:
        yield found


async def test_every_way_to_an_item_is_seen_to_have_led_there(platform: PlatformProcess, admin: Administrator) -> None:
    items = table.samples({"luca": await admin.items(), "luca-keys": await admin.items("luca-keys")})["norte-2"]
    run = platform.record
    async with AwsClient(region=run.region, endpoint_url=run.aws_endpoint, timeouts=PATIENT) as client:
        attempts = await table.attempts(client, admin.credentials, "norte", "norte-2", items[:3])
    verdict = isolation.judge(IsolationEvidence(tuple(attempts), (), TRACES, ()))
    assert {finding.fault for finding in verdict.findings} == {Fault.LEAK}
    assert verdict.leaked == verdict.attempts > 60


async def test_an_endpoint_that_shows_another_schools_data_is_seen_to(platform: PlatformProcess) -> None:
    teacher = NORTE_2.accounts[0]
    token = platform.token(teacher.username)
    # As if the token were one of norte: then all that norte-2's own teacher is shown is a leak.
    person = Person(teacher.username, "norte", teacher.person_id, teacher.role, token)
    async with edge(platform.record) as door:
        attempts = await api.attempts(door, [person], NORTE, NORTE_2)
    verdict = isolation.judge(IsolationEvidence(tuple(attempts), (), TRACES, ()))
    leaking = {finding.where for finding in verdict.findings if finding.fault is Fault.LEAK}
    assert any("/gradebook" in where for where in leaking)
    assert any("/history" in where for where in leaking)
    assert any("GET /v1/me" in where for where in leaking)
