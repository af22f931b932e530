"""Terms: set up, listed, frozen and reopened by administrators; twice like once, and never over another's change."""

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientResponse

from luca_shared.aws.attributes import Item
from luca_shared.aws.errors import Unavailable
from luca_shared.aws.expressions import Page, Query
from luca_shared.records.term import TermState
from luca_shared.tenancy import keys
from luca_shared.tenancy.ids import Term

if TYPE_CHECKING:
    from tests.unit.interactive.conftest import School

ADMIN, OTHER_ADMIN, TEACHER = "norte/h1/school-admin", "norte/h2/school-admin", "norte/p1/teacher"
STUDENT, GUARDIAN, COMPLIANCE = "norte/s1/student", "norte/g1/guardian", "norte/k1/compliance"
TERM = "/v1/terms/2026-Q4"
NEW = "/v1/terms/2027-Q1"
TITLE = {"title": "First quarter of 2027"}
WHY = {"reason": "the term is over"}
CELL = "/v1/classes/c1/assessments/a1/grades/s1"
GRADE = {"status": "scored", "score": 8}
WAIT = 20


async def put(
    school: "School", body: object, *, version: int | None = None, path: str = NEW, who: str = ADMIN
) -> ClientResponse:
    precondition = {"If-None-Match": "*"} if version is None else {"If-Match": f'"{version}"'}
    return await school.ask(who, "PUT", path, body, precondition)


async def decide(
    school: "School", kind: str, version: int, body: object = WHY, *, path: str = TERM, who: str = ADMIN
) -> ClientResponse:
    return await school.ask(who, "POST", f"{path}/{kind}", body, {"If-Match": f'"{version}"'})


async def listed(school: "School", who: str = ADMIN) -> dict[str, Any]:
    return {item["term"]: item for item in (await school.get(who, "/v1/terms"))["items"]}


async def places(school: "School", term: str) -> list[Any]:
    table = school.table()
    found = [
        await table.get(key)
        for key in (keys.term_info(table.context, Term(term)), keys.term_entry(table.context, Term(term)))
    ]
    return [item and {name: value for name, value in item.items() if name not in {"pk", "sk"}} for item in found]


async def test_a_term_is_set_up_open_and_takes_grades_of_its_classes(school: "School") -> None:
    response = await put(school, TITLE)
    assert (response.status, response.headers["ETag"]) == (201, '"1"')
    assert await response.json() == {
        "term": "2027-Q1",
        "title": "First quarter of 2027",
        "state": "open",
        "version": 1,
        "frozen_from": None,
        "changed_at": "2026-11-24T00:16:40.000Z",
        "changed_by": "h1",
        "reason": None,
    }
    one, other = await places(school, "2027-Q1")
    assert one == other
    assert one["entity"] == "term"


async def test_the_list_has_every_term_with_its_state_and_pages(school: "School") -> None:
    assert {term: item["state"] for term, item in (await listed(school)).items()} == {
        "2025-Q4": "frozen",
        "2026-Q3": "frozen",
        "2026-Q4": "open",
    }
    first = await school.get(ADMIN, "/v1/terms?limit=2")
    rest = await school.get(ADMIN, f"/v1/terms?limit=2&cursor={first['next_cursor']}")
    assert [item["term"] for part in (first, rest) for item in part["items"]] == ["2025-Q4", "2026-Q3", "2026-Q4"]
    assert rest["next_cursor"] is None


async def test_the_list_is_read_as_it_was_last_written(school: "School", monkeypatch: pytest.MonkeyPatch) -> None:
    """An older copy of a term that has been reopened would say frozen while grades are taken."""
    asked: list[Query] = []
    query = school.dynamodb.query

    async def noted(table: str, what: Query, **named: Any) -> Page[Item]:
        asked.append(what)
        return await query(table, what, **named)

    monkeypatch.setattr(school.dynamodb, "query", noted)
    await listed(school)
    assert [each.consistent for each in asked] == [True]


@pytest.mark.parametrize("who", [ADMIN, TEACHER, COMPLIANCE, STUDENT, GUARDIAN])
async def test_everybody_sees_the_state_and_the_staff_why(school: "School", who: str) -> None:
    await decide(school, "freeze", 1)
    item = (await listed(school, who))["2026-Q4"]
    assert (item["state"], item["frozen_from"]) == ("freezing", "2026-11-24T00:17:00.000Z")
    told = (item["reason"], item["changed_by"])
    assert told == ((None, None) if who in {STUDENT, GUARDIAN} else ("the term is over", "h1"))


async def test_a_title_is_changed_in_place_of_the_version_named_and_the_state_stays(school: "School") -> None:
    await decide(school, "freeze", 1)
    frozen = (await listed(school))["2026-Q4"]
    response = await put(school, {"title": "Q4"}, version=2, path=TERM)
    assert (response.status, response.headers["ETag"]) == (200, '"3"')
    assert await response.json() == frozen | {"title": "Q4", "version": 3}
    assert (await listed(school))["2026-Q4"] == await response.json()
    one, other = await places(school, "2026-Q4")
    assert one == other


@pytest.mark.parametrize("version", [None, 2, 7])
async def test_another_version_stands_and_is_shown(school: "School", version: int | None) -> None:
    before = await listed(school)
    response = await put(school, TITLE, version=version, path=TERM)
    assert (response.status, response.headers["ETag"]) == (412, '"1"')
    assert (await response.json())["current"] == before["2026-Q4"]
    assert await listed(school) == before


async def test_there_is_nothing_to_change_freeze_or_reopen(school: "School") -> None:
    response = await put(school, TITLE, version=1)
    assert (response.status, (await response.json())["current"]) == (412, None)
    for kind in ("freeze", "reopen"):
        assert (await decide(school, kind, 1, path=NEW)).status == 404


async def test_a_freeze_refuses_grades_at_once_here_and_in_time_everywhere(school: "School") -> None:
    assert (await school.put_grade(TEACHER, CELL, GRADE)).status == 201
    response = await decide(school, "freeze", 1)
    assert (response.status, response.headers["ETag"]) == (200, '"2"')
    assert (await response.json())["state"] == "freezing"
    refused = await school.put_grade(TEACHER, CELL, GRADE | {"score": 9}, version=1)
    assert (refused.status, (await refused.json())["type"]) == (409, "urn:luca:problem:term-frozen")
    assert (await school.get(TEACHER, "/v1/classes"))["items"] == []  # it is none of the open terms any more


async def test_a_term_is_frozen_by_the_clock_and_nobody_has_to_write_it(school: "School") -> None:
    await decide(school, "freeze", 1)
    stored = await places(school, "2026-Q4")
    school.clock.now += WAIT - 0.001
    assert (await listed(school))["2026-Q4"]["state"] == "freezing"
    school.clock.now += 0.001
    assert (await listed(school))["2026-Q4"]["state"] == "frozen"
    assert await places(school, "2026-Q4") == stored
    assert (await school.put_grade(TEACHER, CELL, GRADE)).status == 409


@pytest.mark.parametrize("wait", [0, WAIT])
async def test_a_term_that_is_freezing_or_frozen_can_be_reopened(school: "School", wait: float) -> None:
    await decide(school, "freeze", 1)
    school.clock.now += wait
    response = await decide(school, "reopen", 2, {"reason": "a mistake"})
    assert (response.status, response.headers["ETag"]) == (200, '"3"')
    answer = await response.json()
    assert (answer["state"], answer["frozen_from"], answer["reason"]) == ("open", None, "a mistake")
    assert (await school.put_grade(TEACHER, CELL, GRADE)).status == 201
    one, other = await places(school, "2026-Q4")
    assert one == other
    assert "frozen_from" not in one


async def test_a_term_that_was_stored_as_frozen_can_be_reopened(school: "School") -> None:
    assert (await decide(school, "reopen", 1, path="/v1/terms/2026-Q3")).status == 200
    assert (await school.put_grade(TEACHER, CELL.replace("c1", "c0"), GRADE)).status == 201


@pytest.mark.parametrize("named", [1, 2])
async def test_freezing_twice_for_the_same_reason_is_answered_alike(school: "School", named: int) -> None:
    first = await decide(school, "freeze", 1)
    school.clock.now += 7
    again = await decide(school, "freeze", named, who=OTHER_ADMIN)
    assert (again.status, await again.json()) == (200, await first.json())
    school.clock.now += WAIT - 7
    assert (await listed(school))["2026-Q4"]["state"] == "frozen"  # the second has not put it off


async def test_reopening_twice_for_the_same_reason_is_answered_alike(school: "School") -> None:
    await decide(school, "freeze", 1)
    first = await decide(school, "reopen", 2, {"reason": "a mistake"})
    for named in (2, 3):
        again = await decide(school, "reopen", named, {"reason": "a mistake"})
        assert (again.status, await again.json()) == (200, await first.json())


async def test_what_is_so_already_for_another_reason_is_a_conflict(school: "School") -> None:
    response = await decide(school, "reopen", 1)
    assert (response.status, (await response.json())["detail"]) == (409, "the term is open already, for another reason")
    await decide(school, "freeze", 1)
    response = await decide(school, "freeze", 2, {"reason": "another"})
    assert (await response.json())["detail"] == "the term is freezing already, for another reason"
    school.clock.now += WAIT
    response = await decide(school, "freeze", 2, {"reason": "another"})
    assert (response.status, (await response.json())["detail"]) == (
        409,
        "the term is frozen already, for another reason",
    )


async def test_a_decision_about_another_version_is_none(school: "School") -> None:
    await decide(school, "freeze", 1)
    await decide(school, "reopen", 2, {"reason": "a mistake"})
    for kind, version in (("freeze", 1), ("reopen", 1), ("freeze", 4)):
        response = await decide(school, kind, version, {"reason": "of somebody who has not seen it"})
        assert (response.status, response.headers["ETag"]) == (412, '"3"')
        assert (await response.json())["current"] == (await listed(school))["2026-Q4"]


async def test_what_says_the_same_some_versions_later_is_no_repeat(school: "School") -> None:
    await decide(school, "freeze", 1)
    await put(school, {"title": "Q4"}, version=2, path=TERM)
    await put(school, {"title": "Fourth"}, version=3, path=TERM)
    for response in (await decide(school, "freeze", 1), await put(school, {"title": "Fourth"}, version=1, path=TERM)):
        assert (response.status, response.headers["ETag"]) == (412, '"4"')


@pytest.mark.parametrize(("headers", "status"), [({}, 428), ({"If-None-Match": "*"}, 422), ({"If-Match": "1"}, 422)])
async def test_a_decision_names_the_version_that_was_seen(
    school: "School", headers: dict[str, str], status: int
) -> None:
    assert (await school.ask(ADMIN, "POST", TERM + "/freeze", WHY, headers)).status == status


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "x" * 501}, {"reason": "x", "state": "frozen"}])
async def test_a_decision_has_a_reason(school: "School", body: object) -> None:
    assert (await decide(school, "freeze", 1, body)).status == 422
    assert (await listed(school))["2026-Q4"]["state"] == "open"


@pytest.mark.parametrize("body", [{}, {"title": ""}, {"title": "x" * 201}, {"title": "x", "state": "frozen"}])
async def test_a_term_has_a_title_and_its_state_is_not_put(school: "School", body: object) -> None:
    assert (await put(school, body)).status == 422


async def test_of_many_at_once_one_decides_and_the_others_learn_it(school: "School") -> None:
    reasons = [{"reason": f"reason {number}"} for number in range(6)]
    answers = await asyncio.gather(*(decide(school, "freeze", 1, reason) for reason in reasons))
    assert Counter(answer.status for answer in answers) == {200: 1, 412: 5}
    (winner,) = [await answer.json() for answer in answers if answer.status == 200]
    assert [(await answer.json())["current"] for answer in answers if answer.status == 412] == [winner] * 5


async def test_a_title_and_a_freeze_at_once_are_one_and_then_the_other(school: "School") -> None:
    title, freeze = await asyncio.gather(
        put(school, {"title": "Q4"}, version=1, path=TERM), decide(school, "freeze", 1)
    )
    assert sorted([title.status, freeze.status]) == [200, 412]
    assert (await listed(school))["2026-Q4"]["version"] == 2


@pytest.mark.parametrize("kind", ["PUT", "freeze", "reopen"])
async def test_a_lost_answer_is_had_by_asking_again(school: "School", kind: str) -> None:
    if kind == "reopen":
        await school.set_term("2026-Q4", TermState.FROZEN)

    async def ask() -> ClientResponse:
        return await (put(school, TITLE) if kind == "PUT" else decide(school, kind, 1))

    school.dynamodb.failing = [Unavailable("TransactWriteItems", "ConnectionLost")]
    assert (await ask()).status == 503
    school.dynamodb.lost = Unavailable("TransactWriteItems", "ConnectionLost")
    assert (await ask()).status == 503
    stored = await places(school, "2027-Q1" if kind == "PUT" else "2026-Q4")
    repeat = await ask()
    assert repeat.status == (201 if kind == "PUT" else 200)
    assert repeat.headers["ETag"] == ('"1"' if kind == "PUT" else '"2"')
    assert await places(school, "2027-Q1" if kind == "PUT" else "2026-Q4") == stored


async def test_a_freeze_whose_answer_was_lost_is_known_here_at_once(school: "School") -> None:
    await school.put_grade(TEACHER, CELL, GRADE)
    school.dynamodb.lost = Unavailable("TransactWriteItems", "ConnectionLost")
    assert (await decide(school, "freeze", 1)).status == 503
    assert (await school.put_grade(TEACHER, CELL, GRADE | {"score": 9}, version=1)).status == 409


async def test_one_schools_freeze_is_not_anothers(school: "School") -> None:
    await decide(school, "freeze", 1)
    other = (await school.get("norte-2/h1/school-admin", "/v1/terms"))["items"]
    assert {item["term"]: item["state"] for item in other}["2026-Q4"] == "open"
