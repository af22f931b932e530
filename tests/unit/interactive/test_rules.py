"""Grading rules: read by the staff, changed by administrators, every version kept, and tried out before."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientResponse
from msgspec.structs import replace

from luca_shared.aws.errors import Unavailable
from luca_shared.records.assessment import Assessment
from luca_shared.records.class_ import Class
from luca_shared.records.rules import Rules
from luca_shared.records.subject import Subject
from luca_shared.records.term import TermState
from luca_shared.tenancy import keys
from luca_shared.tenancy.ids import AssessmentId, ClassId
from luca_shared.tenancy.ids import Subject as SubjectId

if TYPE_CHECKING:
    from tests.unit.interactive.conftest import School

ADMIN, TEACHER = "norte/h1/school-admin", "norte/p1/teacher"
MATH, NEW = "/v1/rules/math", "/v1/rules/history"
RULES: dict[str, Any] = {
    "categories": {"exam": {"weight": 60, "drop_lowest": 0}, "homework": {"weight": 40, "drop_lowest": 1}},
    "letters": {"A": 90, "B": 80, "C": 60},
    "passing": 60,
    "missing_as_zero": True,
    "late_penalty_percent": 10,
    "rounding": "half_up",
    "decimals": 1,
}
EVEN = RULES | {"categories": {"exam": {"weight": 50}, "homework": {"weight": 50, "drop_lowest": 1}}}
EXAM_ONLY = RULES | {"categories": {"exam": {"weight": 100}}}


async def put(school: "School", body: object, *, version: int | None = None, path: str = MATH) -> ClientResponse:
    precondition = {"If-None-Match": "*"} if version is None else {"If-Match": f'"{version}"'}
    return await school.ask(ADMIN, "PUT", path, body, precondition)


async def preview(school: "School", body: Mapping[str, Any], *, path: str = MATH) -> ClientResponse:
    return await school.ask(ADMIN, "POST", path + "/preview", body)


async def grade(school: "School", assessment: str, student: str, score: float) -> None:
    path = f"/v1/classes/c1/assessments/{assessment}/grades/{student}"
    response = await school.put_grade(ADMIN, path, {"status": "scored", "score": score})
    assert response.status == 201, await response.text()


async def categorize(school: "School", assessment_id: str, category: str, class_id: str = "c1") -> None:
    table = school.table()
    key = keys.assessment(table.context, ClassId(class_id), AssessmentId(assessment_id))
    item = await table.get(key)
    assert item is not None
    await table.put(key, Assessment.from_item(item).to_item() | {"category": category})


async def file_class(school: "School", class_id: str, subject: str) -> None:
    table = school.table()
    item = await table.get(keys.class_info(table.context, ClassId("c1")))
    assert item is not None
    filed = replace(Class.from_item(item), class_id=ClassId(class_id), subject=SubjectId(subject))
    for key in (filed.key(table.context), filed.directory_key(table.context)):
        await table.put(key, filed.to_item())


async def stored(school: "School", subject: str) -> dict[str, Any]:
    return {
        sk: item
        for (_, pk, sk), item in school.dynamodb.items.items()
        if pk == f"TENANT#norte#RULES#{subject}" or (pk == "TENANT#norte#DIRECTORY" and sk == f"SUBJECT#{subject}")
    }


async def faults(response: ClientResponse) -> dict[str, str]:
    assert response.status == 422
    return {error["pointer"]: error["detail"] for error in (await response.json())["errors"]}


async def test_a_subjects_first_rules_are_stored_for_good_in_force_and_in_the_directory(school: "School") -> None:
    response = await put(school, RULES, path=NEW)
    assert (response.status, response.headers["ETag"]) == (201, '"1"')
    assert await response.json() == RULES | {
        "subject": "history",
        "version": 1,
        "changed_by": "h1",
        "changed_at": "2026-11-24T00:16:40.000Z",
    }
    items = await stored(school, "history")
    assert items.keys() == {"CURRENT", "V#00000001", "SUBJECT#history"}
    assert Rules.from_item(items["CURRENT"]) == Rules.from_item(items["V#00000001"])
    assert Subject.from_item(items["SUBJECT#history"]) == Subject(subject=SubjectId("history"), rules_version=1)


async def test_a_change_is_a_version_of_its_own_and_those_before_stay(school: "School") -> None:
    await put(school, RULES, path=NEW)
    response = await put(school, EVEN, version=1, path=NEW)
    assert (response.status, response.headers["ETag"]) == (200, '"2"')
    items = await stored(school, "history")
    assert items.keys() == {"CURRENT", "V#00000001", "V#00000002", "SUBJECT#history"}
    assert Rules.from_item(items["CURRENT"]).version == Rules.from_item(items["V#00000002"]).version == 2
    assert Rules.from_item(items["V#00000001"]).categories["exam"].weight == 60
    assert Subject.from_item(items["SUBJECT#history"]).rules_version == 2


@pytest.mark.parametrize("who", [ADMIN, TEACHER, "norte/p2/teacher", "norte/k1/compliance"])
async def test_the_staff_reads_the_rules_in_force(school: "School", who: str) -> None:
    written = await (await put(school, EVEN, version=2)).json()
    response = await school.ask(who, "GET", MATH)
    assert (response.status, response.headers["ETag"], await response.json()) == (200, '"3"', written)
    assert (await school.ask(who, "GET", NEW)).status == 404


async def test_a_change_is_in_force_here_at_once_and_grades_stay_as_they_were_graded(school: "School") -> None:
    await grade(school, "a1", "s1", 8)
    await grade(school, "a2", "s1", 10)
    assert (await put(school, EVEN | {"letters": {"A": 1}}, version=2)).status == 200
    book = await school.get(TEACHER, "/v1/classes/c1/gradebook")
    row = next(row for row in book["students"] if row["student_id"] == "s1")
    assert (book["rules_version"], row["average"], row["letter"]) == (3, 90, "A")
    assert [(each["rules_version"], each["letter"]) for each in row["grades"]] == [(2, "B"), (2, "A")]
    await grade(school, "a1", "s2", 8)
    (new,) = (await school.get(ADMIN, "/v1/students/s2/grades"))["items"]
    assert (new["rules_version"], new["letter"]) == (3, "A")


@pytest.mark.parametrize("version", [None, 1, 7])
async def test_another_version_is_in_force_and_is_shown(school: "School", version: int | None) -> None:
    before = await school.get(ADMIN, MATH)
    response = await put(school, EVEN, version=version)
    assert (response.status, response.headers["ETag"]) == (412, '"2"')
    assert (await response.json())["current"] == before == await school.get(ADMIN, MATH)


async def test_there_are_no_rules_to_change(school: "School") -> None:
    response = await put(school, RULES, version=1, path=NEW)
    assert (response.status, (await response.json())["current"]) == (412, None)
    assert await stored(school, "history") == {}


@pytest.mark.parametrize("version", [None, 1])
async def test_a_lost_answer_is_had_by_asking_again(school: "School", version: int | None) -> None:
    if version is not None:
        await put(school, RULES, path=NEW)
    school.dynamodb.failing = [Unavailable("TransactWriteItems", "ConnectionLost")]
    assert (await put(school, EVEN, version=version, path=NEW)).status == 503
    school.dynamodb.lost = Unavailable("TransactWriteItems", "ConnectionLost")
    assert (await put(school, EVEN, version=version, path=NEW)).status == 503
    items = await stored(school, "history")
    school.clock.now += 1
    repeat = await put(school, EVEN, version=version, path=NEW)
    assert repeat.status == (201 if version is None else 200)
    assert await repeat.json() == await school.get(ADMIN, NEW)
    assert await stored(school, "history") == items
    assert (await put(school, RULES, version=version, path=NEW)).status == 412


async def test_a_change_whose_answer_was_lost_is_in_force_here_at_once(school: "School") -> None:
    await grade(school, "a1", "s1", 8)
    school.dynamodb.lost = Unavailable("TransactWriteItems", "ConnectionLost")
    assert (await put(school, EVEN, version=2)).status == 503
    assert (await school.get(TEACHER, "/v1/classes/c1/gradebook"))["rules_version"] == 3


async def test_of_many_at_once_one_is_in_force_and_the_others_are_shown_it(school: "School") -> None:
    changes = [RULES | {"passing": passing} for passing in range(6)]
    answers = await asyncio.gather(*(put(school, change, version=2) for change in changes))
    assert Counter(answer.status for answer in answers) == {200: 1, 412: 5}
    (winner,) = [await answer.json() for answer in answers if answer.status == 200]
    assert [(await answer.json())["current"] for answer in answers if answer.status == 412] == [winner] * 5
    assert Rules.from_item((await stored(school, "math"))["V#00000003"]).passing == winner["passing"]


async def test_a_history_ahead_of_the_rules_in_force_is_our_failure(school: "School") -> None:
    await put(school, RULES, path=NEW)
    del school.dynamodb.items["luca", "TENANT#norte#RULES#history", "CURRENT"]
    assert (await put(school, RULES, path=NEW)).status == 500


async def test_every_wrong_field_is_named_at_once(school: "School") -> None:
    response = await put(
        school,
        RULES
        | {
            "categories": {"exam": {"weight": 120}, "a/b": {"weight": -1, "drop_lowest": -1}},
            "letters": {"A": 90, "B": 90, "C": 101},
            "passing": 100.5,
            "late_penalty_percent": -0.5,
            "decimals": 3,
        },
    )
    assert await faults(response) == {
        "/categories/exam/weight": "must be between 0 and 100",
        "/categories/a~1b/weight": "must be between 0 and 100",
        "/categories/a~1b/drop_lowest": "must be at least 0",
        "/categories": "the weights must add up to 100, not to 119",
        "/letters/B": "must differ from the bound of A",
        "/letters/C": "must be between 0 and 100",
        "/passing": "must be between 0 and 100",
        "/late_penalty_percent": "must be between 0 and 100",
        "/decimals": "must be between 0 and 2",
    }


@pytest.mark.parametrize(
    ("change", "pointers"),
    [
        ({"categories": {}}, {"/categories"}),
        ({"categories": {"": {"weight": 100}}}, {"/categories/"}),
        ({"categories": {"exam": {"weight": "100"}}}, {"/categories/exam/weight"}),
        ({"categories": {"exam": {"weight": 100, "bonus": 1}}}, {"/categories/exam/bonus"}),
        ({"categories": {"exam": {"weight": 99.9999}}}, {"/categories"}),
        ({"letters": {"A" * 17: 90}}, {"/letters/" + "A" * 17}),
        ({"rounding": "up", "decimals": 0.5}, {"/rounding", "/decimals"}),
        ({"subject": "math"}, {"/subject"}),
    ],
)
async def test_what_cannot_be_graded_by_is_pointed_at(school: "School", change: Any, pointers: set[str]) -> None:
    for response in (await put(school, RULES | change, version=2), await preview(school, RULES | change)):
        assert (await faults(response)).keys() == pointers
    assert (await stored(school, "math")).keys() == {"CURRENT"}


async def test_the_bounds_themselves_are_allowed(school: "School") -> None:
    thirds = {name: {"weight": weight} for name, weight in {"a": 33.3333, "b": 33.3333, "c": 33.3334, "d": 0}.items()}
    edges = {"letters": {"A": 100, "B": 0}, "passing": 0, "late_penalty_percent": 100, "decimals": 2}
    assert (await put(school, RULES | edges | {"categories": thirds}, path=NEW)).status == 201
    assert (await put(school, RULES | {"letters": {}, "decimals": 0}, version=1, path=NEW)).status == 200


async def test_a_category_that_is_in_use_does_not_vanish(school: "School") -> None:
    response = await put(school, EXAM_ONLY, version=2)
    assert response.status == 409
    assert '"homework" in c1, c2.' in (await response.json())["detail"]
    assert (await stored(school, "math")).keys() == {"CURRENT"}


async def test_it_stays_with_the_weight_0_or_goes_once_nothing_uses_it(school: "School") -> None:
    assert (await put(school, EXAM_ONLY, version=2)).status == 409
    kept = {"exam": {"weight": 100}, "homework": {"weight": 0}}
    assert (await put(school, RULES | {"categories": kept}, version=2)).status == 200
    for class_id in ("c1", "c2"):
        for assessment_id in ("a2", "a3"):
            await categorize(school, assessment_id, "exam", class_id)
    school.clock.now += 2  # an assessment is looked at anew
    assert (await put(school, EXAM_ONLY, version=3)).status == 200


async def test_what_only_frozen_terms_use_may_go(school: "School") -> None:
    """Else no rules could ever drop anything."""
    await school.set_term("2026-Q4", TermState.FROZEN)
    assert (await put(school, EXAM_ONLY, version=2)).status == 200


async def test_a_repeat_is_answered_like_the_first_even_when_the_category_is_used_meanwhile(school: "School") -> None:
    assert (await put(school, EXAM_ONLY, path=NEW)).status == 201
    categories = {"essay": {"weight": 100}}
    assert (await put(school, RULES | {"categories": categories}, version=1, path=NEW)).status == 200
    await file_class(school, "c1", "history")
    assert (await put(school, RULES | {"categories": categories}, version=1, path=NEW)).status == 200


async def test_a_preview_tells_each_students_average_now_and_then(school: "School") -> None:
    await grade(school, "a1", "s1", 7)
    await grade(school, "a2", "s1", 10)
    before = dict(school.dynamodb.items)
    response = await preview(school, EVEN | {"class_id": "c1", "passing": 83})
    assert response.status == 200
    changed = {"students": 1, "averages": 1, "letters": 0, "passed": 0}
    nothing = {"average": None, "letter": None, "passed": None}
    assert await response.json() == {
        "subject": "math",
        "rules_version": 2,
        "changed": changed,
        "classes": [
            {
                "class_id": "c1",
                "term": "2026-Q4",
                "categories_left_out": [],
                "changed": changed,
                "students": [
                    {
                        "student_id": "s1",
                        "now": {"average": 82, "letter": "B", "passed": True},
                        "then": {"average": 85, "letter": "B", "passed": True},
                    },
                    {"student_id": "s2", "now": nothing, "then": nothing},
                ],
            }
        ],
    }
    assert school.dynamodb.items == before


async def test_a_preview_says_what_the_gradebook_will_say(school: "School") -> None:
    for assessment, student, score in (("a1", "s1", 7), ("a2", "s1", 5), ("a3", "s1", 9), ("a1", "s2", 3)):
        await grade(school, assessment, student, score)
    (class_,) = (await (await preview(school, EVEN | {"class_id": "c1"})).json())["classes"]
    told = {each["student_id"]: (each["then"]["average"], each["then"]["letter"]) for each in class_["students"]}
    await put(school, EVEN, version=2)
    rows = (await school.get(TEACHER, "/v1/classes/c1/gradebook"))["students"]
    assert told == {row["student_id"]: (row["average"], row["letter"]) for row in rows}


async def test_a_preview_without_a_class_is_of_all_classes_of_the_subject_in_open_terms(school: "School") -> None:
    await grade(school, "a1", "s1", 5)
    answer = await (await preview(school, RULES | {"passing": 40, "letters": {"A": 40}})).json()
    assert [each["class_id"] for each in answer["classes"]] == ["c1", "c2"]
    assert answer["changed"] == {"students": 1, "averages": 0, "letters": 1, "passed": 1}
    empty = await (await preview(school, RULES, path="/v1/rules/art")).json()
    assert (empty["classes"], empty["changed"]["students"]) == ([], 0)


async def test_a_preview_names_the_categories_that_would_count_for_nothing(school: "School") -> None:
    answer = await (await preview(school, EXAM_ONLY)).json()
    assert [each["categories_left_out"] for each in answer["classes"]] == [["homework"], ["homework"]]


async def test_first_rules_can_be_tried_out_too(school: "School") -> None:
    await grade(school, "a1", "s1", 5)
    del school.dynamodb.items["luca", "TENANT#norte#RULES#math", "CURRENT"]
    answer = await (await preview(school, RULES | {"class_id": "c1"})).json()
    assert answer["rules_version"] is None
    assert answer["classes"][0]["students"][0]["now"]["average"] is None
    assert answer["classes"][0]["students"][0]["then"]["average"] == 50


async def test_a_preview_is_of_a_class_of_the_subject(school: "School") -> None:
    assert (await preview(school, RULES | {"class_id": "none"})).status == 404
    assert (await preview(school, RULES | {"class_id": "xc1"})).status == 404  # of another school
    wrong = await preview(school, RULES | {"class_id": "c1"}, path="/v1/rules/art")
    assert await faults(wrong) == {"/class_id": "must be a class of this subject"}
    assert (await preview(school, RULES, path=NEW)).status == 404


async def test_a_subject_with_very_many_classes_is_tried_out_class_by_class(school: "School") -> None:
    for number in range(50):
        await file_class(school, f"m{number}", "math")
    assert (await faults(await preview(school, RULES))).keys() == {"/class_id"}
    assert (await preview(school, RULES | {"class_id": "c1"})).status == 200
