"""What teachers asked for, and the grades that are there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from luca_local.demo.evidence.answered import Answered


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """A place in a gradebook."""

    school_id: str
    class_id: str
    assessment_id: str
    student_id: str

    @property
    def path(self) -> str:
        """Where the API has it."""
        return f"/v1/classes/{self.class_id}/assessments/{self.assessment_id}/grades/{self.student_id}"

    def __str__(self) -> str:
        return f"{self.school_id}/{self.class_id}/{self.assessment_id}/{self.student_id}"


@dataclass(frozen=True, slots=True)
class Mark:
    """What a grade says of a student's work."""

    status: str
    score: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A grade as somebody asked for it, and what came of the request.

    Attributes:
        replaces: The version that it was to replace; 0 when it was to be the first.
        version: The one that was acknowledged.
    """

    cell: Cell
    person_id: str
    mark: Mark
    comment: str | None
    replaces: int
    answered: Answered
    version: int | None = None


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """A version of a grade as the table has it."""

    version: int
    person_id: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class StoredGrade:
    """A grade and its history as the table has them; `current` is None when there is a history alone."""

    cell: Cell
    current: StoredVersion | None
    history: tuple[StoredVersion, ...]


@dataclass(frozen=True, slots=True)
class LessonEvidence:
    """What teachers asked for and what is there.

    `comments` holds what the API shows of those versions whose comment was looked at: they are stored as ciphertext.
    """

    planned: int  # grades that were to be recorded
    entries: tuple[Entry, ...]
    grades: tuple[StoredGrade, ...]
    comments: Mapping[tuple[Cell, int], str | None] = field(default_factory=dict)
