"""A student as he or she is asked for and answered, and the receipt of an erasure."""

from typing import Annotated, Final, Self

import msgspec

from luca_shared.records.erasure import Erasure
from luca_shared.records.student import Student
from luca_shared.records.timestamps import Timestamp
from luca_shared.runtime.requests import RequestModel
from luca_shared.tenancy.ids import PersonId, StudentId

NAME_LENGTH = 200
GUARDIANS = 10
GOVERNMENT: Final = "what was already sent stays with the government"


class StudentChange(RequestModel, frozen=True):
    """What a school says of a student; each guardian counts once."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_LENGTH)]
    guardian_ids: Annotated[frozenset[PersonId], msgspec.Meta(max_length=GUARDIANS)] = frozenset()


class StudentAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A student; `name` is null when the key that it was encrypted with is destroyed."""

    student_id: StudentId
    name: str | None
    guardian_ids: tuple[PersonId, ...]
    version: int

    @classmethod
    def of(cls, student: Student, name: str | None) -> Self:
        """Make the answer of a stored student and the name in plain text."""
        return cls(student_id=student.student_id, name=name, guardian_ids=student.guardian_ids, version=student.version)


class RemovedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What is not there any more."""

    enrollments: int
    guardian_links: int
    events: int
    profile: bool


class KeptAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What stays under an id that stands for nobody: marks, without a comment or a reason that can be read."""

    grades: int
    grade_versions: int


class ErasureAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The receipt of an erasure.

    `erased_at` is when the student's data key was destroyed. Until `unreadable_from` it may still be in the memory of
    a running task.
    """

    student_id: StudentId
    erased_at: Timestamp
    erased_by: PersonId
    unreadable_from: Timestamp
    removed: RemovedAnswer
    kept: KeptAnswer
    government: str = GOVERNMENT

    @classmethod
    def of(cls, erasure: Erasure) -> Self:
        """Make the receipt of an erasure that is complete.

        Raises:
            ValueError: it is under way.
        """
        if erasure.unreadable_from is None:
            raise ValueError("an erasure that is under way has no receipt")
        return cls(
            student_id=erasure.student_id,
            erased_at=erasure.erased_at,
            erased_by=erasure.erased_by,
            unreadable_from=erasure.unreadable_from,
            removed=RemovedAnswer(
                enrollments=erasure.enrollments,
                guardian_links=erasure.guardian_links,
                events=erasure.events,
                profile=True,  # with the key, and it was there: else there would be no erasure
            ),
            kept=KeptAnswer(grades=erasure.grades, grade_versions=erasure.grade_versions),
        )
