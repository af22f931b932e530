"""The application over a school in memory answers as its description says, to requests that nobody thought of."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from tests.generated_requests import RIGHT_ONES, Trial, try_each_implied_case

from luca_interactive.access import Endpoint
from luca_interactive.routes import ENDPOINTS
from luca_shared.tenancy.context import Role

if TYPE_CHECKING:
    from tests.unit.interactive.conftest import School

PEOPLE: Final = {
    Role.TEACHER: "norte/p1/teacher",
    Role.SCHOOL_ADMIN: "norte/h1/school-admin",
    Role.STUDENT: "norte/s1/student",
    Role.GUARDIAN: "norte/g1/guardian",
    Role.COMPLIANCE: "norte/k1/compliance",
}
THERE: Final = {"class_id": "c1", "assessment_id": "a1", "student_id": "s1", "term": "2026-Q4", "subject": "math"}


async def prepare(school: "School") -> None:
    """Let everything be there that a generated request can ask for."""
    path = "/v1/classes/c1/assessments/a1/grades/s1"
    response = await school.put_grade(PEOPLE[Role.TEACHER], path, {"status": "scored", "score": 8})
    assert response.status == 201


@pytest.mark.parametrize("declared", ENDPOINTS, ids=lambda each: f"{each.method} {each.path}")
async def test_every_role_is_answered_as_described(school: "School", declared: Endpoint) -> None:
    await prepare(school)
    url = str(school.client.make_url("/")).rstrip("/")
    seen = await asyncio.to_thread(lambda: Trial(url, declared, PEOPLE, THERE).run())  # which reads the description
    if declared.method == "GET":
        assert seen[200], f"what is there was never seen: {dict(seen)}"
    assert seen.total() >= RIGHT_ONES


async def test_each_case_that_the_description_implies_is_answered_as_described(
    school: "School", tmp_path: Path
) -> None:
    await prepare(school)
    url = str(school.client.make_url("/")).rstrip("/")
    await try_each_implied_case(url, PEOPLE[Role.SCHOOL_ADMIN], tmp_path)
