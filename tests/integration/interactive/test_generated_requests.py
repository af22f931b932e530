"""The running service on a real DynamoDB API answers as its description says, to requests that nobody thought of.

In one school, of which no other test here knows anything. An administrator can erase whom a request happens to name:
the requests are the same in every run, and the school is big enough.
"""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.generated_requests import RIGHT_ONES, Trial, try_each_implied_case

from luca_interactive.access import Endpoint
from luca_interactive.routes import ENDPOINTS
from luca_shared.tenancy.context import Role

if TYPE_CHECKING:
    from tests.integration.interactive.conftest import Service

SCHOOL = "sur"
ACCOUNTS = {
    Role.TEACHER: "teacher",
    Role.SCHOOL_ADMIN: "admin",
    Role.STUDENT: "student",
    Role.GUARDIAN: "guardian",
    Role.COMPLIANCE: "compliance",
}


@pytest.fixture
def settings_of_service() -> dict[str, str]:
    """Nobody is to be told to come back later."""
    return {"LUCA_RATE_PER_SECOND": "100000", "LUCA_RATE_BURST": "100000"}


@pytest.fixture
def tokens(service: "Service") -> dict[Role, str]:
    return {role: service.platform.tokens[f"{name}.{SCHOOL}"] for role, name in ACCOUNTS.items()}


@pytest.fixture
async def there(service: "Service") -> dict[str, str]:
    """A grade of the student, in a class of the teacher."""
    (student_id,) = (await service.get(f"student.{SCHOOL}", "/v1/me"))["student_ids"]
    grades = (await service.get(f"teacher.{SCHOOL}", f"/v1/students/{student_id}/grades"))["items"]
    place = {name: grades[0][name] for name in ("class_id", "assessment_id", "term")}
    return {**place, "student_id": student_id, "subject": "math"}


def url_of(service: "Service") -> str:
    return str(service.client.make_url("/")).rstrip("/")


def _harm(endpoint: Endpoint) -> int:
    """What erases goes last, after what is there has been seen."""
    return ["GET", "PUT", "POST", "DELETE"].index(endpoint.method)


IN_ORDER = sorted(ENDPOINTS, key=_harm)


@pytest.mark.parametrize("declared", IN_ORDER, ids=lambda each: f"{each.method} {each.path}")
async def test_every_role_is_answered_as_described(
    service: "Service", tokens: dict[Role, str], there: dict[str, str], declared: Endpoint
) -> None:
    seen = await asyncio.to_thread(lambda: Trial(url_of(service), declared, tokens, there).run())
    if declared.method == "GET":
        assert seen[200], f"what is there was never seen: {dict(seen)}"
    assert seen.total() >= RIGHT_ONES


async def test_each_case_that_the_description_implies_is_answered_as_described(
    service: "Service", tokens: dict[Role, str], tmp_path: Path
) -> None:
    await try_each_implied_case(url_of(service), tokens[Role.SCHOOL_ADMIN], tmp_path)
