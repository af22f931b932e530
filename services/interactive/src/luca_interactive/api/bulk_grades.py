"""Many grades of an assessment, as they are asked for and answered."""

from typing import Annotated, Any

import msgspec

from luca_interactive.api.grades import GradeAnswer, GradeChange
from luca_shared.runtime.preconditions import Create, Precondition, Replace
from luca_shared.runtime.requests import RequestModel
from luca_shared.tenancy.ids import StudentId

MOST_LINES = 100


class GradeLine(GradeChange, frozen=True, kw_only=True):
    """A student's grade; `if_match` is the version that it replaces, null for a first one."""

    student_id: StudentId
    if_match: Annotated[int, msgspec.Meta(ge=1, le=10**15 - 1)] | None

    @property
    def precondition(self) -> Precondition:
        """What a single grade says in `If-Match` or `If-None-Match`."""
        return Create() if self.if_match is None else Replace(self.if_match)


class GradesChange(RequestModel, frozen=True):
    """The grades, each of another student."""

    items: Annotated[list[GradeLine], msgspec.Meta(min_length=1, max_length=MOST_LINES)]


class GradeLineAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one grade, as if it had been sent alone: the `grade` with 200 or 201, else the `problem`."""

    student_id: StudentId
    status: int
    grade: GradeAnswer | None = None
    problem: dict[str, Any] | None = None


class GradesAnswer(msgspec.Struct, frozen=True):
    """What became of each, in the order in which they were sent."""

    items: list[GradeLineAnswer]
