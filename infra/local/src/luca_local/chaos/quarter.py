"""The grades of a small quarter: recorded as the interactive service does, and corrected once while they are sent."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from luca_shared.aws.attributes import encode_item
from luca_shared.records.grade import Grade, GradeStatus, SyncStatus
from luca_shared.records.timestamps import now
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import AssessmentId, ClassId, PersonId, SchoolId, StudentId, Term

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient

SCHOOLS: Final = (SchoolId("norte"), SchoolId("norte-2"))  # one id is the beginning of the other
_STUDENTS: Final = 23
_ASSESSMENTS: Final = 5
_CORRECTED: Final = 6  # of each school

UNKNOWN_STUDENT: Final = StudentId("unknown")  # the government rejects the record of this one
POISON: Final = StudentId("poison")  # and every submission with that of this one
UNLUCKY: Final = StudentId("unlucky")  # what is sent with that of this one fails until it is among the dead letters
# Each in an assessment of its own: batches go by assessment, so that no two of them meet in one.
_TROUBLE: Final = ((UNKNOWN_STUDENT, 0), (POISON, 2), (UNLUCKY, 4))


@dataclass(frozen=True, slots=True)
class Quarter:
    """A term of its own for each trial; the schools are always the same."""

    term: Term
    troubled: bool
    dynamodb: "DynamoDBClient"
    table: str
    _versions: dict[tuple[SchoolId, StudentId, int], int] = field(default_factory=dict)

    async def record_all(self) -> int:
        """Record every grade; return how many there are."""
        cells = [(StudentId(f"s{number}"), each) for number in range(_STUDENTS) for each in range(_ASSESSMENTS)]
        cells += _TROUBLE if self.troubled else ()
        grades = [
            (school_id, self._next(school_id, student_id, assessment))
            for school_id in SCHOOLS
            for student_id, assessment in cells
        ]
        await self._write(grades)
        return len(grades)

    async def correct_some(self) -> None:
        """Give some grades a new version."""
        await self._write(
            [
                (school_id, self._next(school_id, StudentId(f"s{3 * number}"), number % _ASSESSMENTS))
                for school_id in SCHOOLS
                for number in range(_CORRECTED)
            ]
        )

    @property
    def corrections(self) -> int:
        """How many versions there are beside the first ones."""
        return sum(version - 1 for version in self._versions.values())

    def _next(self, school_id: SchoolId, student_id: StudentId, assessment: int) -> Grade:
        cell = school_id, student_id, assessment
        version = self._versions[cell] = self._versions.get(cell, 0) + 1
        points = (len(student_id) + assessment + version) % 10
        return Grade(
            class_id=ClassId("c1"),
            assessment_id=AssessmentId(f"a{assessment}"),
            student_id=student_id,
            term=self.term,
            version=version,
            status=GradeStatus.SCORED,
            score=Decimal(points),
            max_score=Decimal(10),
            percent=Decimal(points * 10),
            letter="B",
            rules_version=1,
            recorded_by=PersonId("p9"),
            recorded_at=now(),
            sync_status=SyncStatus.PENDING,
        )

    async def _write(self, grades: list[tuple[SchoolId, Grade]]) -> None:
        items: list[dict[str, Any]] = []
        for school_id, grade in grades:
            context = TenantContext.of_directory(school_id, "chaos")
            version = grade.as_version(None)
            for key, attributes in (
                (grade.key(context), grade.to_indexed_item(context)),
                (version.key(context), version.to_item()),
            ):
                items.append({"pk": key.pk, "sk": key.sk, **attributes})
        for first in range(0, len(items), 25):
            puts: list[Any] = [{"PutRequest": {"Item": encode_item(item)}} for item in items[first : first + 25]]
            await self.dynamodb.batch_write_item(RequestItems={self.table: puts})
