"""Who does what in the lesson."""

from collections import Counter
from datetime import date

from luca_local.demo.lesson import Desk, desks
from luca_local.demo.people import Person
from luca_local.demo.size import SHORT, WHOLE, Size
from luca_local.seed.demo_schools import demo_schools
from luca_local.seed.plan import SchoolPlan
from luca_shared.tenancy.context import Role

TODAY = date(2026, 11, 24)


def seated(size: Size) -> tuple[tuple[SchoolPlan, ...], tuple[Desk, ...]]:
    schools = demo_schools(TODAY, size.population)
    people = {
        account.username: Person(account.username, plan.school.school_id, account.person_id, account.role, "")
        for plan in schools
        for account in plan.accounts
    }
    return schools, desks(schools, people, grades=size.grades, contested=size.contested)


def test_thirty_teachers_of_three_schools_record_all_grades_of_a_day() -> None:
    for size in (WHOLE, SHORT):
        _, found = seated(size)
        assert len({desk.teacher.username for desk in found}) == len(found) == 30
        assert Counter(desk.teacher.school_id for desk in found) == {"norte": 10, "norte-2": 10, "sur": 10}
        cells = [cell for desk in found for cell in desk.cells]
        assert len(set(cells)) == len(cells) == size.grades


def test_nobody_starts_in_a_cell_that_has_a_grade_or_is_kept_for_somebody_else() -> None:
    schools, found = seated(WHOLE)
    taken = {(p.school.school_id, g.class_id, g.assessment_id, g.student_id) for p in schools for g in p.grades}
    taken |= {(p.school.school_id, u.class_id, u.assessment_id, u.student_id) for p in schools for u in [p.ungraded]}
    assert not taken & {(c.school_id, c.class_id, c.assessment_id, c.student_id) for desk in found for c in desk.cells}


def test_teachers_fight_with_their_administrator_and_with_themselves() -> None:
    _, found = seated(WHOLE)
    fighting = [desk for desk in found if desk.rival]
    assert len(fighting) == 15
    assert all(len(desk.fights) == WHOLE.contested for desk in fighting)
    assert all(desk.rival and desk.rival.school_id == desk.teacher.school_id for desk in fighting)
    rivals = Counter(desk.rival.role for desk in fighting if desk.rival)
    assert rivals.keys() == {Role.TEACHER, Role.SCHOOL_ADMIN}
    assert all(
        desk.rival in {desk.teacher, None} or desk.rival.role is Role.SCHOOL_ADMIN for desk in found if desk.rival
    )
