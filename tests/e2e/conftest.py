"""What tries a running platform from the outside: as its people, and as its administrator."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from luca_local.aws_clients import AwsClients, aws_clients
from luca_local.platform_process import PlatformProcess
from luca_local.seed.demo_schools import demo_schools
from luca_local.seed.plan import SchoolPlan
from luca_shared.aws import Credentials


@dataclass(frozen=True)
class Cell:
    """A grade that nobody has recorded."""

    class_id: str
    assessment_id: str
    student_id: str

    @property
    def path(self) -> str:
        return f"/v1/classes/{self.class_id}/assessments/{self.assessment_id}/grades/{self.student_id}"


@pytest.fixture(scope="session")
def schools() -> dict[str, SchoolPlan]:
    """The demo schools, by id, as the platform's seed has them."""
    return {plan.school.school_id: plan for plan in demo_schools(datetime.now(UTC).date())}


@pytest.fixture(scope="session")
def cells(schools: dict[str, SchoolPlan]) -> Iterator[Cell]:
    """Ungraded cells of norte's own class, each given to one test only."""
    norte = schools["norte"]
    own = norte.classes[2].class_id
    enrolled = [each.student_id for each in norte.enrollments if each.class_id == own]
    return (Cell(own, assessment, student) for assessment in ("homework-1", "homework-2") for student in enrolled)


@pytest.fixture
def cell(cells: Iterator[Cell]) -> Cell:
    """A cell for this test alone, in a class of teacher.norte."""
    return next(cells)


@pytest.fixture
async def aws(platform: PlatformProcess) -> AsyncIterator[AwsClients]:
    """The emulator, as its administrator."""
    admin = platform.record.admin
    credentials = Credentials(admin.access_key_id, admin.secret_access_key)
    async with aws_clients(platform.record.aws_endpoint, credentials, platform.record.region) as clients:
        yield clients
