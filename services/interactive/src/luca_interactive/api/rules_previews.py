"""What rules would change, as it is asked for and answered."""

from decimal import Decimal

import msgspec

from luca_interactive.api.rules import RulesChange
from luca_shared.tenancy.ids import ClassId, StudentId, Subject, Term


class RulesPreviewRequest(RulesChange, frozen=True):
    """Rules as they would be stored, and the class to try them on; without one, all of the subject in open terms."""

    class_id: ClassId | None = None


class StandingAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A student's average, its letter, and whether it passed; all are null when nothing counts."""

    average: Decimal | None
    letter: str | None
    passed: bool | None


class StudentPreviewAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A student by the rules in force, and by those that were asked about."""

    student_id: StudentId
    now: StandingAnswer
    then: StandingAnswer


class ChangedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """For how many students something would change: the average, the letter, whether they pass; and any of these."""

    students: int
    averages: int
    letters: int
    passed: int


class ClassPreviewAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A class; `categories_left_out` are those that its assessments use and the rules in question don't have."""

    class_id: ClassId
    term: Term
    categories_left_out: list[str]
    changed: ChangedAnswer
    students: list[StudentPreviewAnswer]


class RulesPreviewAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What would change, compared with the version in force (null when there is none yet)."""

    subject: Subject
    rules_version: int | None
    changed: ChangedAnswer
    classes: list[ClassPreviewAnswer]
