"""What is remembered of a school's set-up: of that school alone, read once, and believed no longer than said."""

import asyncio
from typing import TYPE_CHECKING

import msgspec

from luca_shared.records.rules import Rules
from luca_shared.records.term import TermState
from luca_shared.tenancy import keys
from luca_shared.tenancy.ids import Subject, Term

if TYPE_CHECKING:
    from tests.unit.interactive.conftest import School

GRADE = {"status": "scored", "score": 8}


async def change_rules(school: "School", school_id: str) -> None:
    table = school.table(school_id)
    item = await table.get(keys.rules(table.context, Subject("math")))
    assert item is not None
    changed = msgspec.structs.replace(Rules.from_item(item), version=7)
    await table.put(changed.current_key(table.context), changed.to_item())


async def test_one_schools_rules_are_not_anothers(school: "School") -> None:
    await change_rules(school, "norte-2")
    path = "/v1/classes/{}c1/assessments/{}a1/grades/{}s1"
    one = await school.put_grade("norte/p1/teacher", path.format("", "", ""), GRADE)
    other = await school.put_grade("norte-2/xp1/teacher", path.format("x", "x", "x"), GRADE)
    assert ((await one.json())["rules_version"], (await other.json())["rules_version"]) == (2, 7)


async def test_one_schools_frozen_term_is_not_anothers(school: "School") -> None:
    await school.set_term("2026-Q4", TermState.FROZEN, school_id="norte-2")
    path = "/v1/classes/{}c1/assessments/{}a1/grades/{}s1"
    assert (await school.put_grade("norte/p1/teacher", path.format("", "", ""), GRADE)).status == 201
    assert (await school.put_grade("norte-2/xp1/teacher", path.format("x", "x", "x"), GRADE)).status == 409


async def test_one_schools_open_terms_are_not_anothers(school: "School") -> None:
    await school.set_term("2026-Q4", TermState.FROZEN, school_id="norte-2")
    assert len((await school.get("norte/h1/school-admin", "/v1/classes"))["items"]) == 2
    assert (await school.get("norte-2/h1/school-admin", "/v1/classes"))["items"] == []


async def test_one_schools_class_is_not_anothers_of_the_same_id(school: "School") -> None:
    assert (await school.ask("norte/h1/school-admin", "GET", "/v1/classes/c1")).status == 200
    assert (await school.ask("norte-2/h1/school-admin", "GET", "/v1/classes/c1")).status == 404


async def test_rules_and_terms_that_changed_here_are_read_anew(school: "School") -> None:
    path, teacher, context = "/v1/classes/c1/assessments/a1/grades/s1", "norte/p1/teacher", school.table().context
    await school.put_grade(teacher, path, GRADE)
    await change_rules(school, "norte")
    school.parts.configuration.rules_changed(context, Subject("math"))
    answer = await school.put_grade(teacher, path, GRADE, version=1)
    assert (await answer.json())["rules_version"] == 7

    assert (await school.get(teacher, "/v1/classes"))["items"]
    await school.set_term("2026-Q4", TermState.FROZEN)
    school.parts.configuration.term_changed(context, Term("2026-Q4"))
    assert (await school.put_grade(teacher, path, GRADE, version=2)).status == 409
    assert (await school.get(teacher, "/v1/classes"))["items"] == []


# The set-up of the school in memory: two assessments and two students of class c1 in mathematics.
ADMIN, TEACHER = "norte/h1/school-admin", "norte/p1/teacher"
CELLS = [
    f"/v1/classes/c1/assessments/{assessment}/grades/{student}"
    for assessment in ("a1", "a2")
    for student in ("s1", "s2")
]
NEW_RULES = {
    "categories": {"exam": {"weight": 60}, "homework": {"weight": 40}},
    "letters": {"A": 90, "F": 0},
    "passing": 60,
    "missing_as_zero": True,
    "late_penalty_percent": 0,
    "rounding": "floor",
    "decimals": 0,
}


async def test_the_second_request_for_a_subject_reads_nothing_of_its_configuration(school: "School") -> None:
    first, *others = CELLS
    assert (await school.put_grade(TEACHER, first, GRADE)).status == 201
    assert set(school.dynamodb.calls) - {"TransactWriteItems"}, "the first one has to have read it"
    for cell in others:
        school.dynamodb.calls.clear()
        assert (await school.put_grade(TEACHER, cell, GRADE)).status == 201
        assert school.dynamodb.calls == ["TransactWriteItems"]


async def test_many_first_requests_at_once_read_it_once(school: "School") -> None:
    alone = await school.put_grade(TEACHER, CELLS[0], GRADE)
    reads = sorted(call for call in school.dynamodb.calls if call != "TransactWriteItems")
    school.clock.now += 3600  # what is remembered is too old now
    school.dynamodb.calls.clear()
    together = await asyncio.gather(*(school.put_grade(TEACHER, cell, GRADE) for cell in CELLS[1:]))
    assert {response.status for response in (alone, *together)} == {201}
    assert sorted(call for call in school.dynamodb.calls if call != "TransactWriteItems") == reads


async def test_a_change_is_seen_at_once_where_it_was_made_and_within_its_age_elsewhere(
    school: "School", elsewhere: "School"
) -> None:
    here, there, soon, later = CELLS
    await school.put_grade(TEACHER, here, GRADE)
    await elsewhere.put_grade(TEACHER, there, GRADE)
    response = await school.ask(ADMIN, "PUT", "/v1/rules/math", NEW_RULES, {"If-Match": '"2"'})
    assert response.status == 200, await response.text()

    async def used(at: "School", cell: str, *, version: int | None) -> int:
        answer = await at.put_grade(TEACHER, cell, {"status": "scored", "score": 9}, version=version)
        assert answer.status in {200, 201}, await answer.text()
        return int((await answer.json())["rules_version"])

    assert await used(school, here, version=1) == 3
    school.clock.now += 29.9
    assert await used(elsewhere, soon, version=None) == 2
    school.clock.now += 0.1
    assert await used(elsewhere, later, version=None) == 3
