"""Who may: every declared endpoint by every role, as the contract's table has it, and what others are told."""

from typing import TYPE_CHECKING, Final

import msgspec
import pytest
from aiohttp import web

from luca_interactive.access import Caller, Endpoint, UndeclaredRoute, add_endpoints, endpoint
from luca_interactive.api.grades import GradeChange
from luca_interactive.api.paths import GradePath
from luca_interactive.routes import ENDPOINTS
from luca_interactive.routes.grade import get_grade, put_grade
from luca_shared.tenancy.context import Role

if TYPE_CHECKING:
    from tests.unit.interactive.conftest import School

# The contract's table: T teacher of the class, A administrator, S the student, G a guardian, C compliance.
CONTRACT: Final = {
    ("GET", "/v1/me"): "TASGC",
    ("GET", "/v1/classes"): "TAC",
    ("GET", "/v1/classes/{class_id}"): "TAC",
    ("PUT", "/v1/classes/{class_id}"): "A",
    ("GET", "/v1/classes/{class_id}/assessments"): "TAC",
    ("PUT", "/v1/classes/{class_id}/assessments/{assessment_id}"): "TA",
    ("DELETE", "/v1/classes/{class_id}/assessments/{assessment_id}"): "TA",
    ("GET", "/v1/classes/{class_id}/roster"): "TAC",
    ("GET", "/v1/classes/{class_id}/roster.csv"): "TA",
    ("PUT", "/v1/classes/{class_id}/roster/{student_id}"): "A",
    ("DELETE", "/v1/classes/{class_id}/roster/{student_id}"): "A",
    ("POST", "/v1/rosters/import"): "A",
    ("GET", "/v1/classes/{class_id}/gradebook"): "TAC",
    ("GET", "/v1/classes/{class_id}/gradebook.csv"): "TAC",
    ("PUT", "/v1/classes/{class_id}/assessments/{assessment_id}/grades/{student_id}"): "TA",
    ("PUT", "/v1/classes/{class_id}/assessments/{assessment_id}/grades"): "TA",
    ("GET", "/v1/classes/{class_id}/assessments/{assessment_id}/grades/{student_id}"): "TASGC",
    ("GET", "/v1/classes/{class_id}/assessments/{assessment_id}/grades/{student_id}/history"): "TASGC",
    ("GET", "/v1/students/{student_id}/grades"): "TASGC",
    ("GET", "/v1/students/{student_id}/behavior"): "TASGC",
    ("GET", "/v1/students/{student_id}"): "TASGC",
    ("PUT", "/v1/students/{student_id}"): "A",
    ("DELETE", "/v1/students/{student_id}"): "A",
    ("GET", "/v1/students/{student_id}/report-card"): "TASGC",
    ("GET", "/v1/rules/{subject}"): "TAC",
    ("PUT", "/v1/rules/{subject}"): "A",
    ("POST", "/v1/rules/{subject}/preview"): "A",
    ("GET", "/v1/terms"): "TASGC",
    ("PUT", "/v1/terms/{term}"): "A",
    ("POST", "/v1/terms/{term}/freeze"): "A",
    ("POST", "/v1/terms/{term}/reopen"): "A",
    ("GET", "/v1/sync/pending"): "AC",
    ("GET", "/v1/sync/runs"): "AC",
}
LETTERS: Final = {
    "T": Role.TEACHER,
    "A": Role.SCHOOL_ADMIN,
    "S": Role.STUDENT,
    "G": Role.GUARDIAN,
    "C": Role.COMPLIANCE,
}
# Somebody of each role to whom all of class c1 and student s1 is open that the role can open at all.
INSIDERS: Final = {
    Role.TEACHER: "norte/p1/teacher",
    Role.SCHOOL_ADMIN: "norte/h1/school-admin",
    Role.STUDENT: "norte/s1/student",
    Role.GUARDIAN: "norte/g1/guardian",
    Role.COMPLIANCE: "norte/k1/compliance",
}
# Those to whom none of it is open, though their role may use the endpoint.
OUTSIDERS: Final = {
    "another teacher": "norte/p2/teacher",
    "another student": "norte/s2/student",
    "another child's guardian": "norte/g2/guardian",
    "a teacher of the prefix-named school with the same person id": "norte-2/p1/teacher",
    "the prefix-named school's administrator": "norte-2/h1/school-admin",
    "the prefix-named school's compliance officer": "norte-2/k1/compliance",
    "a student of the prefix-named school with the same id": "norte-2/s1/student",
    "a guardian of the prefix-named school with the same id": "norte-2/g1/guardian",
}
GRADE: Final = {"status": "scored", "score": 8}
IDS: Final = {"class_id": "c1", "assessment_id": "a1", "student_id": "s1", "subject": "art", "term": "2025-Q4"}
NO_IDS: Final = dict.fromkeys(IDS, "none")

each_endpoint = pytest.mark.parametrize("declared", ENDPOINTS, ids=lambda each: f"{each.method} {each.path}")


def is_outside(who: str, declared: Endpoint) -> bool:
    """What belongs to no class or student is open to everybody of the school whose role may use it."""
    of_the_school = not any(f"{{{name}}}" in declared.path for name in ("class_id", "student_id"))
    return not (of_the_school and who.startswith("norte/"))


async def use(school: "School", who: str, declared: Endpoint, **ids: str) -> tuple[int, dict[str, object]]:
    names_a_version = not declared.inputs.models.keys().isdisjoint({"precondition", "version"})
    headers = {"If-Match": '"999999999"'} if names_a_version else {}
    path, content = declared.path.format(**(IDS | ids)), declared.example_body()
    response = await school.ask(who, declared.method, path, headers=headers, content=content)
    answer = await response.json() if response.content_type.endswith("json") else {}
    answer.pop("correlation_id", None)
    return response.status, answer


def test_every_endpoint_is_declared_as_the_contract_says() -> None:
    declared = {(each.method, each.path): each.may for each in ENDPOINTS}
    assert declared == {key: frozenset(LETTERS[letter] for letter in may) for key, may in CONTRACT.items()}


@each_endpoint
@pytest.mark.parametrize("role", Role)
async def test_a_role_may_or_is_told_who_may_before_anything_is_read(
    school: "School", declared: Endpoint, role: Role
) -> None:
    if "grades/" in declared.path:
        await school.put_grade(INSIDERS[Role.TEACHER], "/v1/classes/c1/assessments/a1/grades/s1", GRADE)
    school.dynamodb.calls.clear()
    status, answer = await use(school, INSIDERS[role], declared)
    if role in declared.may:
        assert status == 200 or (status == 412 and answer["current"] is not None)
    else:
        assert (status, answer["type"]) == (403, "urn:luca:problem:forbidden")
        assert all(may in str(answer["detail"]) for may in declared.may)
        assert school.dynamodb.calls == []


@each_endpoint
async def test_who_has_no_role_may_nothing(school: "School", declared: Endpoint) -> None:
    status, _ = await use(school, "norte/p1/", declared)
    assert status == 403
    assert school.dynamodb.calls == []


@pytest.mark.parametrize(
    ("declared", "who"),
    [
        pytest.param(declared, who, id=f"{declared.method} {declared.path} as {outsider}")
        for declared in ENDPOINTS
        for outsider, who in OUTSIDERS.items()
        if "{" in declared.path and Role(who.split("/")[2]) in declared.may and is_outside(who, declared)
    ],
)
async def test_foreign_not_own_and_missing_are_answered_alike(school: "School", declared: Endpoint, who: str) -> None:
    await school.put_grade(INSIDERS[Role.TEACHER], "/v1/classes/c1/assessments/a1/grades/s1", GRADE)
    missing = await use(school, who, declared, **NO_IDS)
    assert missing[0] == 404 or (missing[0] == 412 and missing[1]["current"] is None)  # who may create it is told so
    assert await use(school, who, declared) == missing


@pytest.mark.parametrize("bad", ["c1%23", "%2A", "x" * 65, "c%201"])
async def test_what_cannot_be_an_id_is_answered_like_what_is_missing(school: "School", bad: str) -> None:
    missing = await school.ask(INSIDERS[Role.SCHOOL_ADMIN], "GET", "/v1/classes/none")
    response = await school.ask(INSIDERS[Role.SCHOOL_ADMIN], "GET", f"/v1/classes/{bad}")
    assert response.status == missing.status == 404
    assert (await response.json())["detail"] == (await missing.json())["detail"]


async def test_a_role_that_the_endpoint_does_not_admit_adds_nothing(school: "School") -> None:
    """A compliance officer sees every class; as a teacher the same person writes in the own ones only."""
    assert (await school.put_grade("norte/p1/teacher,compliance", put_grade.path.format(**IDS), GRADE)).status == 201
    assert (await use(school, "norte/p2/teacher,compliance", get_grade))[0] == 200
    assert (await use(school, "norte/p2/teacher,compliance", put_grade))[0] == 404


async def test_a_person_is_nobody_elses_role(school: "School") -> None:
    """A teacher whose person id is a student's is not that student."""
    path = "/v1/students/s1/grades"
    assert (await school.ask("norte/s1/teacher", "GET", path)).status == 404
    assert (await school.ask("norte/s1/guardian", "GET", path)).status == 404
    assert (await school.ask("norte/g1/teacher", "GET", path)).status == 404
    assert (await school.ask("norte/g1/student", "GET", path)).status == 404
    assert (await school.ask("norte/s1/student", "GET", path)).status == 200


async def test_an_application_with_an_undeclared_route_refuses_to_start() -> None:
    async def open_to_all(_: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    add_endpoints(app, ENDPOINTS)
    app.router.add_get("/v1/secrets", open_to_all)
    with pytest.raises(UndeclaredRoute, match="/v1/secrets doesn't say"):
        await web.AppRunner(app).setup()


def test_an_endpoint_for_nobody_is_a_mistake() -> None:
    async def handle(request: web.Request, caller: Caller) -> web.StreamResponse:  # noqa: ARG001
        return web.Response()

    with pytest.raises(ValueError, match="no role"):
        endpoint("GET", "/v1/nothing", may=set(), answers={200: None})(handle)


def test_an_endpoint_is_given_nothing_that_stands_for_nothing() -> None:
    async def handle(request: web.Request, caller: Caller, cookies: GradePath) -> web.StreamResponse:  # noqa: ARG001
        return web.Response()

    with pytest.raises(TypeError, match="handle: nothing of a request is called cookies"):
        endpoint("GET", "/v1/nothing", may=set(Role), answers={200: None})(handle)


def test_a_body_has_an_example() -> None:
    async def handle(request: web.Request, caller: Caller, body: GradeChange) -> web.StreamResponse:  # noqa: ARG001
        return web.Response()

    with pytest.raises(ValueError, match="an example of its body"):
        endpoint("POST", "/v1/nothing", may=set(Role), answers={200: None})(handle)


@pytest.mark.parametrize("example", [None, put_grade.example])
def test_a_csv_body_has_a_text_as_its_example(example: msgspec.Struct | None) -> None:
    async def handle(request: web.Request, caller: Caller, csv: str) -> web.StreamResponse:  # noqa: ARG001
        return web.Response()

    with pytest.raises(ValueError, match="an example of its body"):
        endpoint("POST", "/v1/nothing", may=set(Role), answers={200: None}, example=example)(handle)
    declared = endpoint("POST", "/v1/nothing", may=set(Role), answers={200: "text/csv"}, example="a,b")(handle)
    assert declared.example_body() == ("text/csv", b"a,b")


async def test_head_is_guarded_like_get(school: "School") -> None:
    assert (await school.ask("norte/s1/student", "HEAD", "/v1/classes")).status == 403
    assert (await school.ask("norte/p1/teacher", "HEAD", "/v1/classes")).status == 200
