"""What is remembered of a school's set-up is remembered of that school alone."""

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
