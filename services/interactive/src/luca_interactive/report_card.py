"""Putting a student's report card together, from as few readings as it can be.

    at once     GetItem       the student                     (and, for a guardian, GetItem of the link)
                Query         the enrollments
                Query         the grades, of each term
    then        BatchGetItem  the classes, and the assessments that have grades: they say which category counts
    then        BatchGetItem  the subjects' rules in force

So it is 5 calls for one term, 6 for a guardian, however many classes there are; more than 100 classes and grades are
one batch more. Where there is nothing to read, there is no call.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from luca_interactive import scope
from luca_interactive.access import Caller
from luca_interactive.api.report_cards import ReportCardAnswer, ReportCardRow
from luca_interactive.grading import Mark, Result, Scale
from luca_interactive.together import together
from luca_shared.records.assessment import Assessment, DeletedAssessment
from luca_shared.records.class_ import Class, Enrollment
from luca_shared.records.grade import Grade, GradeStatus
from luca_shared.records.rules import Rules
from luca_shared.records.wire import item_type
from luca_shared.runtime import problems
from luca_shared.tenancy import keys
from luca_shared.tenancy.ids import AssessmentId, ClassId, StudentId, Subject, Term
from luca_shared.tenancy.table import TenantTable

_Place = tuple[Term, ClassId]  # what a row is about
_Grades = Mapping[_Place, Sequence[Grade]]


@dataclass(frozen=True, slots=True)
class _Setup:
    """The classes that rows may be about, and of what their grades are."""

    classes: Mapping[ClassId, Class]
    assessments: Mapping[tuple[ClassId, AssessmentId], Assessment]


async def read_report_card(
    caller: Caller, table: TenantTable, student_id: StudentId, terms: Sequence[Term]
) -> ReportCardAnswer:
    """Read the report card of some terms; a teacher that of the own classes.

    Raises:
        Problem: 404, there is no such student, or none of it is the caller's to see.
    """
    (_, whole), (enrolled, grades) = await together(
        scope.profile_of(caller, table, student_id),
        together(_enrollments(table, student_id), _grades(table, student_id, terms)),
    )
    places = {(term, class_id) for term, class_id in enrolled if term in terms} | grades.keys()
    # A teacher may see a student who is in an own class of any term: the rule of `scope.record_of`.
    setup = await _setup(table, places if whole else places | enrolled, grades)
    if not whole:
        own = {class_id: class_ for class_id, class_ in setup.classes.items() if scope.sees_class(caller, class_)}
        if not any(class_id in own for _, class_id in enrolled):
            raise problems.not_found()
        setup = _Setup(own, setup.assessments)
    places = {(term, class_id) for term, class_id in places if class_id in setup.classes}
    rules = await _rules(table, {setup.classes[class_id].subject for _, class_id in places})
    rows = [_row(place, setup, rules, grades.get(place, ()), enrolled=place in enrolled) for place in places]
    return ReportCardAnswer(student_id=student_id, classes=sorted(rows, key=_order))


async def _enrollments(table: TenantTable, student_id: StudentId) -> set[_Place]:
    range_ = keys.enrollments_of_student(table.context, student_id)
    enrollments = [Enrollment.from_item(item) async for item in table.items(range_)]
    return {(enrollment.term, enrollment.class_id) for enrollment in enrollments}


async def _grades(table: TenantTable, student_id: StudentId, terms: Iterable[Term]) -> _Grades:
    grades: defaultdict[_Place, list[Grade]] = defaultdict(list)
    for term in terms:
        range_ = keys.grades_of_student(table.context, student_id, term)
        for grade in await table.read(range_, item_type(Grade)):
            grades[grade.term, grade.class_id].append(grade)
    return grades


async def _setup(table: TenantTable, places: Iterable[_Place], grades: _Grades) -> _Setup:
    context = table.context
    of_classes = {keys.class_info(context, class_id) for _, class_id in places}
    graded = {(grade.class_id, grade.assessment_id) for each in grades.values() for grade in each}
    of_assessments = {keys.assessment(context, *each) for each in graded}
    # A grade may have been on its way to an assessment that was being deleted: it counts.
    of_deleted = {keys.deleted_assessment(context, *each) for each in graded}
    found = await table.get_many([*of_classes, *of_assessments, *of_deleted])
    classes = [Class.from_item(item) for key, item in found.items() if key in of_classes]
    assessments = [Assessment.from_item(item) for key, item in found.items() if key in of_assessments]
    assessments += [
        DeletedAssessment.from_item(item).as_assessment() for key, item in found.items() if key in of_deleted
    ]
    return _Setup(
        {class_.class_id: class_ for class_ in classes},
        {(assessment.class_id, assessment.assessment_id): assessment for assessment in assessments},
    )


async def _rules(table: TenantTable, subjects: Iterable[Subject]) -> dict[Subject, Rules]:
    found = await table.get_many([keys.rules(table.context, subject) for subject in subjects])
    return {rules.subject: rules for rules in map(Rules.from_item, found.values())}


def _row(
    place: _Place, setup: _Setup, rules_of: Mapping[Subject, Rules], grades: Sequence[Grade], *, enrolled: bool
) -> ReportCardRow:
    term, class_id = place
    class_ = setup.classes[class_id]
    rules = rules_of.get(class_.subject)
    result = Result(None, None) if rules is None else Scale(rules).average(_marks(setup, grades))
    return ReportCardRow(
        class_id=class_id,
        term=term,
        subject=class_.subject,
        name=class_.name,
        enrolled=enrolled,
        average=result.percent,
        letter=result.letter,
        passed=None if rules is None or result.percent is None else result.percent >= rules.passing,
        rules_version=None if rules is None else rules.version,
        graded=sum(grade.status.has_score for grade in grades),
        missing=sum(grade.status is GradeStatus.MISSING for grade in grades),
    )


def _marks(setup: _Setup, grades: Sequence[Grade]) -> list[Mark]:
    return [
        Mark(assessment.category, grade.status, grade.score, grade.max_score)
        for grade in grades
        if (assessment := setup.assessments.get((grade.class_id, grade.assessment_id))) is not None
    ]


def _order(row: ReportCardRow) -> tuple[str, ...]:
    return row.term, row.subject, row.name, row.class_id
