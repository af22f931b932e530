"""Setting up an assessment: by the rules and the terms that there are, and never so that a grade no longer fits."""

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from luca_shared.aws.errors import Unavailable
from luca_shared.records.term import TermState
from luca_shared.tenancy import keys
from luca_shared.tenancy.ids import Subject

if TYPE_CHECKING:
    from tests.unit.interactive.conftest import School

TEACHER, ADMIN = "norte/p1/teacher", "norte/h1/school-admin"
LIST = "/v1/classes/c1/assessments"
PATH = LIST + "/a9"
CHANGE: dict[str, Any] = {"category": "exam", "title": "Prueba 9", "max_score": 20}
GRADE = {"status": "scored", "score": 8}


async def pointers(response: Any) -> list[str]:
    assert response.status == 422, await response.text()
    return [error["pointer"] for error in (await response.json())["errors"]]


async def test_a_new_assessment_is_there_at_once_and_takes_grades(school: "School") -> None:
    await school.get(TEACHER, "/v1/classes/c1")
    response = await school.put(TEACHER, PATH, CHANGE)
    assert (response.status, response.headers["ETag"]) == (201, '"1"')
    assessment = await response.json()
    assert assessment == {"assessment_id": "a9", "term": "2026-Q4", "version": 1, **CHANGE}
    assert (await school.get(TEACHER, LIST))["items"][-1] == assessment
    assert assessment in (await school.get(TEACHER, "/v1/classes/c1/gradebook"))["assessments"]
    assert (await school.put_grade(TEACHER, PATH + "/grades/s1", {"status": "scored", "score": 19})).status == 201


async def test_the_list_is_of_the_class_and_comes_in_parts(school: "School") -> None:
    first = await school.get(ADMIN, LIST + "?limit=2")
    rest = await school.get(ADMIN, f"{LIST}?limit=2&cursor={first['next_cursor']}")
    assert [item["assessment_id"] for item in first["items"] + rest["items"]] == ["a1", "a2", "a3"]
    assert rest["next_cursor"] is None


async def test_a_change_replaces_the_version_that_it_names(school: "School") -> None:
    await school.put(TEACHER, PATH, CHANGE)
    response = await school.put(ADMIN, PATH, {**CHANGE, "category": "homework", "max_score": 12.5}, version=1)
    assert (response.status, response.headers["ETag"]) == (200, '"2"')
    assert (await school.get(TEACHER, LIST))["items"][-1] == await response.json()
    stale = await school.put(TEACHER, PATH, CHANGE, version=1)
    assert (stale.status, (await stale.json())["current"]["max_score"]) == (412, 12.5)


@pytest.mark.parametrize("version", [None, 1])
async def test_of_two_teachers_at_once_one_is_told_what_the_other_wrote(school: "School", version: int | None) -> None:
    if version is not None:
        await school.put(TEACHER, PATH, CHANGE)
    changes = [{**CHANGE, "title": title} for title in ("one", "other")]
    answers = await asyncio.gather(*(school.put(TEACHER, PATH, change, version=version) for change in changes))
    assert sorted(answer.status for answer in answers) == [201 if version is None else 200, 412]
    (winner,) = [await answer.json() for answer in answers if answer.status < 300]
    (loser,) = [await answer.json() for answer in answers if answer.status == 412]
    assert loser["current"] == winner


@pytest.mark.parametrize("version", [None, 1])
async def test_a_repeat_after_a_lost_answer_is_answered_like_the_first(school: "School", version: int | None) -> None:
    if version is not None:
        await school.put(TEACHER, PATH, {**CHANGE, "title": "before"})
    school.dynamodb.lost = Unavailable("TransactWriteItems", "ConnectionLost")
    assert (await school.put(TEACHER, PATH, CHANGE, version=version)).status == 503
    repeat = await school.put(TEACHER, PATH, CHANGE, version=version)
    assert (repeat.status, repeat.headers["ETag"]) == ((201, '"1"') if version is None else (200, '"2"'))


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"category": "gossip"}, ["/category"]),
        ({"category": "gossip", "term": "1999-Q9"}, ["/category", "/term"]),
        ({"title": ""}, ["/title"]),
        ({"max_score": 0}, ["/max_score"]),
        ({"max_score": -1}, ["/max_score"]),
        ({"max_score": 10_001}, ["/max_score"]),
        ({"max_score": "10"}, ["/max_score"]),
        ({"weight": 10}, ["/weight"]),
    ],
)
async def test_every_field_that_is_wrong_is_named_at_once(
    school: "School", change: dict[str, Any], wrong: list[str]
) -> None:
    assert await pointers(await school.put(TEACHER, PATH, CHANGE | change)) == wrong


async def test_a_category_that_was_just_added_elsewhere_is_known(school: "School") -> None:
    assert await pointers(await school.put(TEACHER, PATH, {**CHANGE, "category": "oral"})) == ["/category"]
    key = keys.rules(school.table().context, Subject("math"))
    item = school.dynamodb.items["luca", key.pk, key.sk]
    item["categories"] = {**item["categories"], "oral": item["categories"]["exam"]}
    assert (await school.put(TEACHER, PATH, {**CHANGE, "category": "oral"})).status == 201


@pytest.mark.parametrize("state", [TermState.FREEZING, TermState.FROZEN])
async def test_a_term_that_is_not_open_keeps_its_assessments_as_they_are(school: "School", state: TermState) -> None:
    await school.put(TEACHER, PATH, CHANGE)
    await school.set_term("2026-Q4", state)
    school.clock.now += 6
    for answer in (
        await school.put(TEACHER, LIST + "/a10", CHANGE),
        await school.put(TEACHER, PATH, {**CHANGE, "title": "x"}, version=1),
        await school.delete(TEACHER, PATH, version=1),
    ):
        assert (answer.status, (await answer.json())["type"]) == (409, "urn:luca:problem:term-frozen")


async def test_an_assessment_may_be_of_another_open_term_than_its_class_and_stays_in_it(school: "School") -> None:
    await school.set_term("2026-Q3", TermState.OPEN)
    response = await school.put(TEACHER, PATH, {**CHANGE, "term": "2026-Q3"})
    assert (response.status, (await response.json())["term"]) == (201, "2026-Q3")
    unsaid = await school.put(TEACHER, PATH, {**CHANGE, "title": "x"}, version=1)
    assert (unsaid.status, (await unsaid.json())["term"]) == (200, "2026-Q3")
    moved = await school.put(TEACHER, PATH, {**CHANGE, "term": "2026-Q4"}, version=2)
    assert moved.status == 409
    assert "stays in its term, 2026-Q3" in (await moved.json())["detail"]


async def test_the_name_of_a_deleted_assessment_stays_in_its_term_too(school: "School") -> None:
    """A grade that was on its way to the deleted one is filed under that term, and would not be found in another."""
    await school.set_term("2026-Q3", TermState.OPEN)
    await school.put(TEACHER, PATH, {**CHANGE, "term": "2026-Q3"})
    assert (await school.delete(TEACHER, PATH, version=1)).status == 204
    assert (await school.put(TEACHER, PATH, {**CHANGE, "term": "2026-Q4"})).status == 409
    assert (await school.put(TEACHER, PATH, {**CHANGE, "term": "2026-Q3"})).status == 201
    assert (await school.delete(TEACHER, PATH, version=1)).status == 204


async def test_an_assessment_made_and_deleted_in_between_is_in_the_way_of_one_in_another_term(
    school: "School", monkeypatch: pytest.MonkeyPatch
) -> None:
    await school.set_term("2026-Q3", TermState.OPEN)
    configuration = school.parts.configuration
    before = await configuration.classroom_now(school.table().context, "c1")  # type: ignore[arg-type]
    await school.put(TEACHER, PATH, {**CHANGE, "term": "2026-Q3"})
    await school.delete(TEACHER, PATH, version=1)

    async def stale(*_: object) -> object:
        return before

    monkeypatch.setattr(configuration, "classroom_now", stale)
    response = await school.put(TEACHER, PATH, CHANGE)
    assert (response.status, response.headers["Retry-After"]) == (409, "1")
    assert ("luca", "TENANT#norte#CLASS#c1", "ASSESSMENT#a9") not in school.dynamodb.items


async def test_a_class_that_changes_its_subject_meanwhile_is_asked_anew(
    school: "School", monkeypatch: pytest.MonkeyPatch
) -> None:
    transact = school.dynamodb.transact_write

    async def after_the_change(*args: Any, **options: Any) -> None:
        school.dynamodb.items["luca", "TENANT#norte#CLASS#c1", "INFO"]["subject"] = "science"
        await transact(*args, **options)

    monkeypatch.setattr(school.dynamodb, "transact_write", after_the_change)
    response = await school.put(TEACHER, PATH, CHANGE)
    assert (response.status, response.headers["Retry-After"]) == (409, "1")


async def test_a_max_score_stays_under_the_grades_that_were_given_out_of_it(school: "School") -> None:
    await school.put_grade(TEACHER, LIST + "/a1/grades/s1", GRADE)
    wider = {"category": "exam", "title": "a1", "max_score": 20}
    response = await school.put(TEACHER, LIST + "/a1", wider, version=1)
    assert response.status == 409
    assert "max_score can't change" in (await response.json())["detail"]
    renamed = await school.put(TEACHER, LIST + "/a1", {**wider, "title": "Prueba", "max_score": 10.0}, version=1)
    assert renamed.status == 200


async def test_another_teachers_class_is_not_there(school: "School") -> None:
    for answer in (
        await school.put("norte/p2/teacher", PATH, CHANGE),
        await school.delete("norte/p2/teacher", LIST + "/a1", version=1),
        await school.ask("norte/p2/teacher", "GET", LIST),
        await school.put(ADMIN, "/v1/classes/none/assessments/a1", CHANGE),
    ):
        assert answer.status == 404
