"""Requests and answers as pydantic models."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

Number = Annotated[Decimal, PlainSerializer(float, return_type=float)]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class Status(StrEnum):
    """What is known of a student's work."""

    SCORED = "scored"
    LATE = "late"
    MISSING = "missing"
    INCOMPLETE = "incomplete"
    EXCUSED = "excused"


class GradeChange(BaseModel):
    """What a teacher says of a student's work."""

    model_config = ConfigDict(extra="forbid")

    status: Status
    score: Annotated[Decimal, Field(ge=0, decimal_places=4, max_digits=15)] | None = None
    comment: Annotated[str, Field(max_length=2000)] | None = None
    reason: Annotated[str, Field(max_length=500)] | None = None


class Sync(BaseModel):
    """Where a grade stands with the government."""

    status: str


class Grade(BaseModel):
    """A grade."""

    class_id: str
    assessment_id: str
    student_id: str
    term: str
    status: str
    score: Number | None
    max_score: Number
    percent: Number | None
    letter: str | None
    version: int
    rules_version: int
    comment: str | None
    recorded_by: str
    recorded_at: str
    sync: Sync


class Class(BaseModel):
    """A class."""

    class_id: str
    term: str
    subject: str
    name: str
    teacher_ids: list[str]
    version: int


class Assessment(BaseModel):
    """An assessment."""

    assessment_id: str
    term: str
    category: str
    title: str
    max_score: Number
    version: int


class Row(BaseModel):
    """A student's row of a gradebook."""

    student_id: str
    name: str | None
    average: Number | None
    letter: str | None
    grades: list[Grade]


class Gradebook(BaseModel):
    """A class's gradebook."""

    model_config = ConfigDict(populate_by_name=True)

    class_: Class = Field(alias="class")
    term: str
    rules_version: int
    assessments: list[Assessment]
    students: list[Row]


class Me(BaseModel):
    """Who asks."""

    person_id: str
    school_id: str
    roles: list[str]
    student_ids: list[str]
    class_ids: list[str]


class RosterEntry(BaseModel):
    """A student on a roster."""

    student_id: str
    name: str | None
    version: int


class Roster(BaseModel):
    """A class's students."""

    items: list[RosterEntry]
    next_cursor: str | None


class Grades(BaseModel):
    """A student's grades."""

    items: list[Grade]
    next_cursor: str | None


def grade_of(item: dict[str, Any], comment: str | None) -> Grade:
    """Return a stored grade as it is answered."""
    return Grade(
        class_id=item["class_id"],
        assessment_id=item["assessment_id"],
        student_id=item["student_id"],
        term=item["term"],
        status=item["status"],
        score=item.get("score"),
        max_score=item["max_score"],
        percent=item.get("percent"),
        letter=item.get("letter"),
        version=item["version"],
        rules_version=item["rules_version"],
        comment=comment,
        recorded_by=item["recorded_by"],
        recorded_at=item["recorded_at"],
        sync=Sync(status=item["sync_status"]),
    )
