"""A student's report card: what the grades of a term come to, class by class."""

from decimal import Decimal

import msgspec

from luca_shared.runtime.requests import RequestModel
from luca_shared.tenancy.ids import ClassId, StudentId, Subject, Term


class ReportCardQuery(RequestModel, frozen=True):
    """A term, or all open ones."""

    term: Term | None = None


class ReportCardRow(msgspec.Struct, frozen=True, kw_only=True):
    """A class, and what a student has come to in it by the subject's rules in force.

    `average`, `letter` and `passed` are null while nothing counts, or while the subject has no rules. `graded` are the
    grades with a score, `missing` the work that was not handed in. `enrolled` is false when the student has left the
    class and grades are left.
    """

    class_id: ClassId
    term: Term
    subject: Subject
    name: str
    enrolled: bool
    average: Decimal | None
    letter: str | None
    passed: bool | None
    rules_version: int | None
    graded: int
    missing: int


class ReportCardAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A row for each class that the caller may see, by term, subject and name."""

    student_id: StudentId
    classes: list[ReportCardRow]
