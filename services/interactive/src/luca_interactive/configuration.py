"""What a school has set up - classes, rules, terms - as requests see it: from memory, at most so many seconds old.

Every reading is consistent, so the age that a cache vouches for is the age of the truth and not of a replica.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from luca_interactive.fresh_cache import FreshCache
from luca_interactive.grading import Scale
from luca_shared.records.assessment import Assessment, DeletedAssessment
from luca_shared.records.class_ import Class, Enrollment
from luca_shared.records.rules import Rules
from luca_shared.records.term import Term, TermState
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import AssessmentId, ClassId, SchoolId, StudentId, Subject
from luca_shared.tenancy.ids import Term as TermId
from luca_shared.tenancy.table import Tables

# Before somebody is told that a class has no such student, the class is read again when it is older than this: an
# administrator enrolls a student and the teacher grades him or her at once, through another task of this service.
DENIAL_AGE_S = 1.0

Found = TypeVar("Found")


class NotSetUp(LookupError):
    """The school has no such class, rules or term."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ages:
    """How old what is believed may be, in seconds."""

    classes: float = 30.0
    rules: float = 30.0
    terms: float = 5.0


@dataclass(frozen=True, slots=True)
class Classroom:
    """A class with its assessments, what is left of those that were deleted, and its roster."""

    info: Class
    assessments: Mapping[AssessmentId, Assessment]
    deleted: Mapping[AssessmentId, DeletedAssessment]
    roster: frozenset[StudentId]

    def assessment_of_grade(self, assessment_id: AssessmentId) -> Assessment | None:
        """The assessment that a grade is of: a deleted one too, for the grade may have been on its way to it."""
        if (deleted := self.deleted.get(assessment_id)) is not None:
            return deleted.as_assessment()
        return self.assessments.get(assessment_id)


class Configuration:
    """A school's classes, rules and terms; every method raises NotSetUp for what there isn't.

    Args:
        tables: Where they are read, as the school.
        ages: How old they may be.
        capacity: How many classes of all schools together are kept (15 kB each); of rules and of terms as many again.
        clock: A steady clock, in seconds.
    """

    def __init__(
        self, tables: Tables, *, ages: Ages, capacity: int = 2_000, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._tables = tables
        self._classes: FreshCache[tuple[SchoolId, ClassId], Classroom] = FreshCache(
            max_age=ages.classes, capacity=capacity, clock=clock
        )
        self._scales: FreshCache[tuple[SchoolId, Subject], Scale] = FreshCache(
            max_age=ages.rules, capacity=capacity, clock=clock
        )
        self._terms: FreshCache[tuple[SchoolId, TermId], Term] = FreshCache(
            max_age=ages.terms, capacity=capacity, clock=clock
        )
        self._open_terms: FreshCache[SchoolId, tuple[TermId, ...]] = FreshCache(
            max_age=ages.terms, capacity=capacity, clock=clock
        )

    async def classroom(self, context: TenantContext, class_id: ClassId, *, max_age: float | None = None) -> Classroom:
        """A class, at most `max_age` seconds old where the setting's age is not young enough."""
        key = (context.school_id, class_id)
        return await self._classes.get(key, lambda: self._read_classroom(context, class_id), max_age=max_age)

    async def classroom_now(self, context: TenantContext, class_id: ClassId) -> Classroom:
        """A class as it is at this moment, for who is about to change something in it."""
        return await self._read_classroom(context, class_id)

    async def find(
        self, context: TenantContext, class_id: ClassId, look: Callable[[Classroom], Found | None]
    ) -> Found | None:
        """What `look` finds in a class; it is not said to be missing before the class has been read anew."""
        try:
            found = look(await self.classroom(context, class_id))
            return found or look(await self.classroom(context, class_id, max_age=DENIAL_AGE_S))
        except NotSetUp:
            return None

    async def rules(self, context: TenantContext, subject: Subject) -> Rules:
        """The rules of a subject that are in force."""
        return (await self.scale(context, subject)).rules

    async def scale(self, context: TenantContext, subject: Subject) -> Scale:
        """The rules of a subject that are in force, ready to grade by."""
        return await self._scales.get((context.school_id, subject), lambda: self._read_scale(context, subject))

    async def term(self, context: TenantContext, term: TermId) -> Term:
        """A term; its age is that of this moment, so ask last, right before the write that depends on it."""
        return await self._terms.get((context.school_id, term), lambda: self._read_term(context, term))

    async def open_terms(self, context: TenantContext) -> tuple[TermId, ...]:
        """The terms that are open, in their order: what a list is about when it isn't told a term."""
        return await self._open_terms.get(context.school_id, lambda: self._read_open_terms(context))

    def class_changed(self, context: TenantContext, class_id: ClassId) -> None:
        """Forget a class, its assessments and its roster."""
        self._classes.invalidate((context.school_id, class_id))

    def rules_changed(self, context: TenantContext, subject: Subject) -> None:
        """Forget a subject's rules."""
        self._scales.invalidate((context.school_id, subject))

    def term_changed(self, context: TenantContext, term: TermId) -> None:
        """Forget a term, and which terms are open."""
        self._terms.invalidate((context.school_id, term))
        self._open_terms.invalidate(context.school_id)

    async def _read_classroom(self, context: TenantContext, class_id: ClassId) -> Classroom:
        info: Class | None = None
        assessments: dict[AssessmentId, Assessment] = {}
        deleted: dict[AssessmentId, DeletedAssessment] = {}
        roster: set[StudentId] = set()
        async for item in self._tables.of(context).items(keys.whole_class(context, class_id), consistent=True):
            match item.get("entity"):
                case "class":
                    info = Class.from_item(item)
                case "assessment":
                    assessment = Assessment.from_item(item)
                    assessments[assessment.assessment_id] = assessment
                case "deleted-assessment":
                    left = DeletedAssessment.from_item(item)
                    deleted[left.assessment_id] = left
                case "enrollment":
                    roster.add(Enrollment.from_item(item).student_id)
        if info is None:
            raise NotSetUp
        return Classroom(info, assessments, deleted, frozenset(roster))

    async def _read_scale(self, context: TenantContext, subject: Subject) -> Scale:
        item = await self._tables.of(context).get(keys.rules(context, subject), consistent=True)
        if item is None:
            raise NotSetUp
        return Scale(Rules.from_item(item))

    async def _read_term(self, context: TenantContext, term: TermId) -> Term:
        item = await self._tables.of(context).get(keys.term_info(context, term), consistent=True)
        if item is None:
            raise NotSetUp
        return Term.from_item(item)

    async def _read_open_terms(self, context: TenantContext) -> tuple[TermId, ...]:
        entries = self._tables.of(context).items(keys.term_entries(context), consistent=True)
        terms = [Term.from_item(item) async for item in entries]
        return tuple(term.term for term in terms if term.state is TermState.OPEN)
