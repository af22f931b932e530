"""Setting up a class: in both its places at once, of a term and a subject that there are, and one administrator's."""

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from luca_shared.aws.errors import Unavailable

if TYPE_CHECKING:
    from tests.unit.interactive.conftest import School

ADMIN, TEACHER = "norte/h1/school-admin", "norte/p1/teacher"
PATH = "/v1/classes/c9"
CHANGE: dict[str, Any] = {"subject": "math", "term": "2026-Q4", "name": "Matemática 9A", "teacher_ids": ["p1", "p7"]}


async def problem(response: Any) -> Any:
    return await response.json()


async def test_a_new_class_is_there_for_everybody_at_once(school: "School") -> None:
    response = await school.put(ADMIN, PATH, CHANGE)
    assert (response.status, response.headers["ETag"]) == (201, '"1"')
    class_ = await response.json()
    assert class_ == {"class_id": "c9", "version": 1, **CHANGE}
    assert await school.get("norte/p7/teacher", PATH) == class_
    assert class_ in (await school.get(ADMIN, "/v1/classes"))["items"]


async def test_a_change_is_seen_at_once(school: "School") -> None:
    assert (await school.ask(TEACHER, "GET", "/v1/classes/c1")).status == 200
    response = await school.put(ADMIN, "/v1/classes/c1", {**CHANGE, "teacher_ids": ["p7"]}, version=1)
    assert (response.status, response.headers["ETag"]) == (200, '"2"')
    assert (await school.ask(TEACHER, "GET", "/v1/classes/c1")).status == 404
    listed = {item["class_id"]: item for item in (await school.get(ADMIN, "/v1/classes"))["items"]}
    assert listed["c1"] == await school.get(ADMIN, "/v1/classes/c1") == await response.json()


async def test_of_two_administrators_at_once_one_is_told_what_the_other_wrote(school: "School") -> None:
    changes = [{**CHANGE, "name": name} for name in ("one", "other")]
    for version in (None, 1):
        answers = await asyncio.gather(*(school.put(ADMIN, PATH, change, version=version) for change in changes))
        assert sorted(answer.status for answer in answers) == [201 if version is None else 200, 412]
        (winner,) = [await answer.json() for answer in answers if answer.status < 300]
        (loser,) = [await answer.json() for answer in answers if answer.status == 412]
        assert loser["current"] == winner == await school.get(ADMIN, PATH)


@pytest.mark.parametrize("version", [None, 1])
async def test_a_repeat_after_a_lost_answer_is_answered_like_the_first(school: "School", version: int | None) -> None:
    if version is not None:
        await school.put(ADMIN, PATH, {**CHANGE, "name": "before"})
    school.dynamodb.lost = Unavailable("TransactWriteItems", "ConnectionLost")
    assert (await school.put(ADMIN, PATH, CHANGE, version=version)).status == 503
    assert (await school.get(ADMIN, PATH))["name"] == CHANGE["name"]
    repeat = await school.put(ADMIN, PATH, CHANGE, version=version)
    assert (repeat.status, repeat.headers["ETag"]) == ((201, '"1"') if version is None else (200, '"2"'))
    assert (await school.put(ADMIN, PATH, {**CHANGE, "name": "x"}, version=version)).status == 412


async def test_a_change_of_a_class_that_is_not_there_is_refused(school: "School") -> None:
    response = await school.put(ADMIN, PATH, CHANGE, version=1)
    assert (response.status, (await problem(response))["current"]) == (412, None)


async def test_every_field_that_is_wrong_is_named_at_once(school: "School") -> None:
    wrong = {"subject": "alchemy", "term": "1999-Q9", "name": "x", "teacher_ids": ["p1", "p2", "p1"]}
    response = await school.put(ADMIN, PATH, wrong)
    assert response.status == 422
    assert [error["pointer"] for error in (await problem(response))["errors"]] == [
        "/subject",
        "/term",
        "/teacher_ids/2",
    ]
    assert (await school.ask(ADMIN, "GET", PATH)).status == 404


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"name": ""}, "/name"),
        ({"name": "x" * 201}, "/name"),
        ({"teacher_ids": ["p 1"]}, "/teacher_ids/0"),
        ({"teacher_ids": [f"p{n}" for n in range(51)]}, "/teacher_ids"),
        ({"school_id": "sur"}, "/school_id"),
    ],
)
async def test_what_is_malformed_is_pointed_at(school: "School", change: dict[str, Any], pointer: str) -> None:
    response = await school.put(ADMIN, PATH, CHANGE | change)
    assert response.status == 422
    assert [error["pointer"] for error in (await problem(response))["errors"]] == [pointer]


async def test_a_class_stays_in_its_term(school: "School") -> None:
    response = await school.put(ADMIN, "/v1/classes/c1", {**CHANGE, "term": "2026-Q3"}, version=1)
    assert response.status == 409
    assert "stays in its term, 2026-Q4" in (await problem(response))["detail"]
    assert [item["class_id"] for item in (await school.get(ADMIN, "/v1/classes?term=2026-Q3"))["items"]] == ["c0"]


async def test_a_class_of_another_term_is_in_the_way_of_a_new_one_of_its_name(school: "School") -> None:
    response = await school.put(ADMIN, "/v1/classes/c0", CHANGE)
    assert (response.status, (await problem(response))["current"]["term"]) == (412, "2026-Q3")
    assert ("luca", "TENANT#norte#DIRECTORY", "CLASS#2026-Q4#c0") not in school.dynamodb.items


async def test_a_class_stays_in_its_subject_once_it_has_assessments(school: "School") -> None:
    rules = {**school.dynamodb.items["luca", "TENANT#norte#RULES#math", "CURRENT"], "subject": "science"}
    rules["pk"] = "TENANT#norte#RULES#science"
    school.dynamodb.items["luca", rules["pk"], "CURRENT"] = rules
    await school.put(ADMIN, PATH, CHANGE)
    assert (await school.put(ADMIN, PATH, {**CHANGE, "subject": "science"}, version=1)).status == 200
    response = await school.put(ADMIN, "/v1/classes/c1", {**CHANGE, "subject": "science"}, version=1)
    assert response.status == 409
    assert "stays in its subject, math" in (await problem(response))["detail"]


async def test_a_school_with_the_prefix_of_anothers_name_has_classes_of_its_own(school: "School") -> None:
    assert (await school.put("norte-2/h1/school-admin", "/v1/classes/c1", CHANGE)).status == 201
    assert (await school.get(ADMIN, "/v1/classes/c1"))["name"] == "c1"
