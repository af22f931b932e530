"""Each endpoint against two schools: what is another school's might as well not exist.

The endpoints are the service's own list, and the service starts with no route that is not on it: a new one is tried
here without being named. The two schools whose ids begin alike are tried in both directions.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from luca_interactive.access import Endpoint
from luca_interactive.routes import ENDPOINTS
from luca_local.platform_process import PlatformProcess
from luca_local.seed.demo_schools import demo_schools
from luca_local.seed.plan import SchoolPlan
from luca_shared.tenancy.context import Role

SCHOOLS = {str(plan.school.school_id): plan for plan in demo_schools(datetime.now(UTC).date())}
PAIRS = [("norte", "norte-2"), ("norte-2", "norte"), ("norte", "sur")]


@dataclass(frozen=True)
class Ids:
    """What a path's variables can stand for; one that is not here has to be added with the endpoint that has it."""

    class_id: str
    assessment_id: str
    student_id: str
    subject: str
    term: str

    def path(self, endpoint: Endpoint) -> str:
        return endpoint.path.format(**vars(self))


NOBODYS = Ids("nobodys-1", "nobodys-1", "nobodys1", "nobodys-1", "nobodys-1")


def ids(plan: SchoolPlan, *, own_class: bool) -> Ids:
    """Of a graded exam: in the class that only this school has, or in one whose id every school has; so the others."""
    class_ = plan.classes[2 if own_class else 0]
    grade = next(grade for grade in plan.grades if grade.class_id == class_.class_id)
    subject, term = (own_subject(plan), own_term(plan)) if own_class else (class_.subject, class_.term)
    return Ids(class_.class_id, grade.assessment_id, grade.student_id, subject, term)


def own_subject(plan: SchoolPlan) -> str:
    return f"chess-{plan.accounts[0].person_id}"


def own_term(plan: SchoolPlan) -> str:
    return f"summer-{plan.accounts[0].person_id}"


@pytest.fixture(scope="module", autouse=True)
def own_subjects_and_terms(platform: PlatformProcess) -> None:
    """Set up what only one school has; all of them teach the same subjects in the same terms else."""

    async def set_up(plan: SchoolPlan) -> None:
        administrator = next(account for account in plan.accounts if account.role is Role.SCHOOL_ADMIN)
        puts = {each.path: each for each in ENDPOINTS if each.method == "PUT"}
        rules, term = puts["/v1/rules/{subject}"], puts["/v1/terms/{term}"]
        async with platform.client(administrator.username) as client:
            for endpoint, path in (
                (rules, f"/v1/rules/{own_subject(plan)}"),
                (term, f"/v1/terms/{own_term(plan)}"),
            ):
                content_type, body = endpoint.example_body() or ("", b"")
                headers = {"If-None-Match": "*", "Content-Type": content_type}
                async with client.put(path, data=body, headers=headers) as answer:
                    assert answer.status == 201, await answer.text()

    async def all_of_them() -> None:
        for plan in SCHOOLS.values():
            await set_up(plan)

    asyncio.run(all_of_them())


def traces(plan: SchoolPlan) -> set[str]:
    """The ids that only this school has; none of them may ever be in an answer to another school's people."""
    people = {account.person_id for account in plan.accounts}
    own = {plan.classes[2].class_id, own_subject(plan), own_term(plan)}
    return {*own, *people, *(student.student_id for student in plan.students)}


def accounts(school_id: str, endpoint: Endpoint) -> list[str]:
    return [account.username for account in SCHOOLS[school_id].accounts if account.role in endpoint.may]


@dataclass(frozen=True)
class Answer:
    """What a client can tell of an answer, less the id of the request."""

    status: int
    body: str
    headers: frozenset[str]

    @property
    def is_of_nothing(self) -> bool:
        """Whether it says that there is no such thing; who may create it by PUT is told so by 412."""
        return self.status == 404 or (self.status == 412 and '"current":null' in self.body)


async def ask(
    client: aiohttp.ClientSession, endpoint: Endpoint, path: str, *, headers: dict[str, str] | None = None, **query: str
) -> Answer:
    options: dict[str, Any] = {"headers": dict(headers or {}), "params": query}
    # A body that is right in its form: else it would be refused before it is known whose it is about. And no version
    # of anything: what gets as far as what is there changes nothing, and shows that it got there.
    if not endpoint.inputs.models.keys().isdisjoint({"precondition", "version"}):
        options["headers"]["If-Match"] = '"999999999"'
    if (content := endpoint.example_body()) is not None:
        options["headers"]["Content-Type"], options["data"] = content
    async with client.request(endpoint.method, path, **options) as answer:
        correlation_id = answer.headers["X-Correlation-Id"]
        body = (await answer.text()).replace(correlation_id, "")
        return Answer(answer.status, body, frozenset(answer.headers))


def assert_no_trace(answer: Answer, school_id: str) -> None:
    found = {trace for trace in traces(SCHOOLS[school_id]) if trace in answer.body}
    assert not found, f"the answer holds ids of {school_id}"


with_ids = pytest.mark.parametrize(
    "endpoint", [each for each in ENDPOINTS if "{" in each.path], ids=lambda each: f"{each.method} {each.path}"
)
all_endpoints = pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda each: f"{each.method} {each.path}")
all_pairs = pytest.mark.parametrize(("mine", "theirs"), PAIRS)


@with_ids
@all_pairs
async def test_what_is_another_schools_answers_like_what_is_missing(
    platform: PlatformProcess, endpoint: Endpoint, mine: str, theirs: str
) -> None:
    foreign = ids(SCHOOLS[theirs], own_class=True)
    for username in accounts(mine, endpoint):
        async with platform.client(username) as client:
            asked = await ask(client, endpoint, foreign.path(endpoint))
            missing = await ask(client, endpoint, NOBODYS.path(endpoint))
        assert asked == missing, username
        assert asked.is_of_nothing, username
        assert_no_trace(asked, theirs)
    # The same request of somebody whom it does concern is no 404; else the above would prove nothing.
    statuses = set()
    for username in accounts(theirs, endpoint):
        async with platform.client(username) as client:
            answer = await ask(client, endpoint, foreign.path(endpoint))
            statuses.add(404 if answer.is_of_nothing else answer.status)
    assert statuses & {200, 412}


@with_ids
@all_pairs
async def test_a_mixture_of_ones_own_ids_and_anothers_answers_like_what_is_missing(
    platform: PlatformProcess, endpoint: Endpoint, mine: str, theirs: str
) -> None:
    own, foreign = ids(SCHOOLS[mine], own_class=True), ids(SCHOOLS[theirs], own_class=True)
    for name in vars(own):
        if f"{{{name}}}" not in endpoint.path or getattr(own, name) == getattr(foreign, name):
            continue
        path = replace(own, **{name: getattr(foreign, name)}).path(endpoint)
        missing_path = replace(own, **{name: getattr(NOBODYS, name)}).path(endpoint)
        for username in accounts(mine, endpoint):
            async with platform.client(username) as client:
                asked = await ask(client, endpoint, path)
                assert asked == await ask(client, endpoint, missing_path), (name, username)
                assert asked.is_of_nothing, (name, username)


@all_endpoints
@all_pairs
@pytest.mark.parametrize("own_class", [True, False], ids=["own class", "class that all have"])
async def test_no_answer_holds_anything_of_another_school(
    platform: PlatformProcess, endpoint: Endpoint, mine: str, theirs: str, own_class: bool
) -> None:
    path = ids(SCHOOLS[mine], own_class=own_class).path(endpoint)
    claims = {"X-School-Id": theirs, "School-Id": theirs, "X-Tenant-Id": theirs, "X-Amzn-School-Id": theirs}
    for username in accounts(mine, endpoint):
        async with platform.client(username) as client:
            plain = await ask(client, endpoint, path)
            assert_no_trace(plain, theirs)
            assert plain.status < 500
            assert await ask(client, endpoint, path, headers=claims) == plain, "a header says which school it is"
            asked = await ask(client, endpoint, path, school_id=theirs)
            assert_no_trace(asked, theirs)


@all_pairs
async def test_another_schools_cursor_leads_nowhere_but_to_ones_own(
    platform: PlatformProcess, mine: str, theirs: str
) -> None:
    tried = 0
    for endpoint in ENDPOINTS:
        if endpoint.method != "GET":
            continue
        cursors = set()
        foreign = ids(SCHOOLS[theirs], own_class=False).path(endpoint)
        for username in accounts(theirs, endpoint):
            async with platform.client(username) as client, client.get(foreign, params={"limit": "1"}) as answer:
                is_json = answer.status == 200 and answer.content_type == "application/json"
                listed = await answer.json() if is_json else {}
                cursors |= {listed["next_cursor"]} if listed.get("next_cursor") else set()
        path = ids(SCHOOLS[mine], own_class=False).path(endpoint)
        for username in accounts(mine, endpoint):
            async with platform.client(username) as client:
                for cursor in cursors:
                    tried += 1
                    asked = await ask(client, endpoint, path, limit="200", cursor=cursor)
                    assert asked.status in {200, 404, 422}, endpoint
                    assert_no_trace(asked, theirs)
    assert tried, "no endpoint gave a cursor to try"
