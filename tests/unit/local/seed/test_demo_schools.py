from collections import Counter
from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luca_local.seed.demo_schools import demo_schools
from luca_local.seed.demo_terms import term_before, term_of
from luca_local.seed.plan import SchoolPlan
from luca_shared.records.grade import Grade
from luca_shared.records.term import TermState
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import Role, TenantContext
from luca_shared.tenancy.ids import ClassId, PersonId, StudentId, parse_id

TODAY = date(2026, 11, 24)
SCHOOLS = demo_schools(TODAY)


@pytest.fixture(params=SCHOOLS, ids=[plan.school.school_id for plan in SCHOOLS])
def plan(request: pytest.FixtureRequest) -> SchoolPlan:
    found: SchoolPlan = request.param
    return found


def test_one_schools_id_is_a_prefix_of_anothers() -> None:
    assert [plan.school.school_id for plan in SCHOOLS] == ["norte", "norte-2", "sur"]


def test_the_schools_are_the_same_at_every_start_of_a_quarter() -> None:
    assert demo_schools(TODAY) == SCHOOLS == demo_schools(date(2026, 12, 31))


def test_people_are_of_one_school_only_but_some_classes_have_the_same_id_everywhere() -> None:
    for one, other in combinations(SCHOOLS, 2):
        assert not {s.student_id for s in one.students} & {s.student_id for s in other.students}
        assert not {a.person_id for a in one.accounts} & {a.person_id for a in other.accounts}
        shared = {c.class_id for c in one.classes} & {c.class_id for c in other.classes}
        assert shared
        assert {c.class_id for c in one.classes} - shared


def test_ids_are_ids(plan: SchoolPlan) -> None:
    for student in plan.students:
        parse_id(StudentId, student.student_id)
        assert not any(part.lower() in student.student_id for part in student.name.split())
    for class_ in plan.classes:
        parse_id(ClassId, class_.class_id)
        for teacher in class_.teacher_ids:
            parse_id(PersonId, teacher)
    assert len({student.student_id for student in plan.students}) == len(plan.students) == 20


def test_every_role_can_log_in_and_has_something_to_do(plan: SchoolPlan) -> None:
    by_role = {account.role: account for account in reversed(plan.accounts)}
    assert by_role.keys() == set(Role)
    assert StudentId(by_role[Role.STUDENT].person_id) in {student.student_id for student in plan.students}
    teachers = {teacher for class_ in plan.classes for teacher in class_.teacher_ids}
    assert {account.person_id for account in plan.accounts if account.role is Role.TEACHER} == teachers
    children = [link.student_id for link in plan.guardian_links if link.person_id == by_role[Role.GUARDIAN].person_id]
    assert len(children) == 2


def test_one_term_is_open_and_the_one_before_is_frozen(plan: SchoolPlan) -> None:
    assert [(term.term, term.state) for term in plan.terms] == [
        ("2026-Q3", TermState.FROZEN),
        ("2026-Q4", TermState.OPEN),
    ]


def test_every_grade_is_of_somebody_enrolled_and_stored_once(plan: SchoolPlan) -> None:
    context = TenantContext.of_directory(plan.school.school_id, "seed")
    enrolled = {(each.class_id, each.student_id) for each in plan.enrollments}
    assessed = {(each.class_id, each.assessment_id): each for each in plan.assessments}
    for grade in plan.grades:
        assert (grade.class_id, grade.student_id) in enrolled
        assert assessed[grade.class_id, grade.assessment_id].term == grade.term
        assert grade.score is None or 0 <= grade.score <= grade.max_score
        assert Grade.from_item(grade.to_indexed_item(context)) == grade
    assert max(Counter(grade.key(context) for grade in plan.grades).values()) == 1


def test_the_first_try_is_about_a_grade_that_the_teacher_may_record_and_nobody_has(plan: SchoolPlan) -> None:
    context = TenantContext.of_directory(plan.school.school_id, "seed")
    first = plan.ungraded
    teacher = next(account.person_id for account in plan.accounts if account.username == first.username)
    class_ = next(class_ for class_ in plan.classes if class_.class_id == first.class_id)
    assert teacher in class_.teacher_ids
    key = keys.grade(context, first.student_id, class_.term, first.class_id, first.assessment_id)
    assert key not in {grade.key(context) for grade in plan.grades}
    assert (first.class_id, first.student_id) in {(each.class_id, each.student_id) for each in plan.enrollments}


@given(day=st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_a_term_is_the_quarter_that_a_day_lies_in(day: date) -> None:
    term = term_of(day)
    assert term.first_day <= day < term.first_day + timedelta(days=92)
    assert term.term == f"{day.year}-Q{(day.month - 1) // 3 + 1}"
    assert term_before(day) == term_of(term.first_day - timedelta(days=1))
