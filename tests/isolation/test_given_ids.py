"""Each place of a request where an id is given beside its path: a body, a query, a column of a file.

The places are those of the API's description, so that a new one is tried here without being named, or makes this file
fail. Another school's id in such a place, in a request about what is one's own, is answered like an id that nobody has;
and nothing of that school changes.
"""

import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from tests.isolation.test_endpoints import (
    PAIRS,
    SCHOOLS,
    accounts,
    ids,
    own_subjects_and_terms,
)

from luca_interactive.access import Endpoint
from luca_interactive.routes import ENDPOINTS
from luca_local.demo.collecting.administrator import Administrator, administrator
from luca_local.platform_process import PlatformProcess
from luca_local.seed.plan import SchoolPlan
from luca_shared.aws import Item
from luca_shared.tenancy.context import Role

__all__ = ["own_subjects_and_terms"]  # a fixture of this module, too

ROOT: Final = Path(__file__).parents[2]
DOCUMENT: Final = json.loads((ROOT / "docs" / "openapi.json").read_bytes())
_ID: Final = "^[A-Za-z0-9_-]{1,64}$"
_ABSENT: Final = "nobodys"

BY_OPERATION: Final = {(each.method, each.path): each for each in ENDPOINTS}


@dataclass(frozen=True)
class Place:
    """Where an id is given: the names of members that lead to it, `[]` for any member of a list."""

    method: str
    path: str
    where: str  # "query", "body" or "column"
    steps: tuple[str, ...]

    @property
    def name(self) -> str:
        """What kind of id it is, by its name."""
        return [step for step in self.steps if step != "[]"][-1]

    @property
    def endpoint(self) -> Endpoint:
        return BY_OPERATION[self.method, self.path]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.where} {'.'.join(self.steps)}"


def operations() -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path, item in DOCUMENT["paths"].items():
        for method, operation in item.items():
            if method in {"get", "put", "post", "delete", "patch", "head", "options", "trace"}:
                yield method.upper(), path, operation


def places() -> Iterator[Place]:
    for method, path, operation in operations():
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "query" and parameter["schema"].get("pattern") == _ID:
                yield Place(method, path, "query", (parameter["name"],))
        for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
            if media_type == "text/csv":
                columns = content["example"].splitlines()[0].split(",")
                yield from (Place(method, path, "column", (column,)) for column in columns)
            else:
                yield from (Place(method, path, "body", steps) for steps in ids_in(content["schema"]))


def ids_in(schema: Mapping[str, Any], *steps: str) -> Iterator[tuple[str, ...]]:
    """The ways to each id in what a schema describes."""
    if "$ref" in schema:
        schema = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if schema.get("pattern") == _ID:
        yield steps
    for arm in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from ids_in(arm, *steps)
    for name, of in schema.get("properties", {}).items():
        yield from ids_in(of, *steps, name)
    for kind in ("items", "additionalProperties"):
        if isinstance(schema.get(kind), dict):
            yield from ids_in(schema[kind], *steps, "[]")


PLACES: Final = list(places())


def id_of(plan: SchoolPlan, name: str) -> str:
    """An id of a school, as a place of this name takes it. A new name has to be added with the place that has it."""
    of_people = {
        "teacher_ids": next(each.person_id for each in plan.accounts if each.role is Role.TEACHER),
        "guardian_ids": next(each.person_id for each in plan.accounts if each.role is Role.GUARDIAN),
    }
    return str(of_people[name]) if name in of_people else str(getattr(ids(plan, own_class=True), name))


@dataclass(frozen=True)
class Request:
    """A request about what is one's own, with one id in it that may be somebody else's."""

    path: str
    query: Mapping[str, str]
    content: tuple[str, bytes] | None
    headers: Mapping[str, str]


def request(place: Place, plan: SchoolPlan, given: str, *, fresh: str) -> Request:
    """Make one; what it creates, if it does, is called `fresh`."""
    # A class is one of a subject that every school has.
    endpoint, own = place.endpoint, vars(ids(plan, own_class=True)) | {"subject": plan.classes[2].subject}
    headers = {}
    if "precondition" in endpoint.inputs.models and "{" in endpoint.path:
        headers["If-None-Match"] = "*"  # a write that is carried out, if nothing forbids it
        own = own | {re.findall(r"{(\w+)}", endpoint.path)[-1]: fresh}
    content = endpoint.example_body()
    if content is not None and place.where != "query":
        content = (content[0], filled(place, content[1], plan, given))
    query = {place.name: given} if place.where == "query" else {}
    return Request(endpoint.path.format(**own), query, content, headers)


def filled(place: Place, example: bytes, plan: SchoolPlan, given: str) -> bytes:
    """The example with one's own ids in every place but one."""
    siblings = [each for each in PLACES if (each.method, each.path) == (place.method, place.path)]
    values = {each.steps: given if each == place else id_of(plan, each.name) for each in siblings}
    if place.where == "column":
        columns = [steps[0] for steps in values]
        return f"{','.join(columns)}\r\n{','.join(values.values())}\r\n".encode()
    body = json.loads(example)
    for steps, value in values.items():
        put(body, steps, value)
    return json.dumps(body).encode()


def put(body: Any, steps: tuple[str, ...], value: str) -> None:
    """Set the value at the end of the steps; a list has one member then."""
    step, *rest = steps
    if rest == ["[]"]:
        body[step] = [value]
    elif step == "[]":
        del body[1:]
        put(body[0], tuple(rest), value)
    elif rest:
        put(body[step], tuple(rest), value)
    else:
        body[step] = value


@pytest.fixture
async def admin(platform: PlatformProcess) -> AsyncIterator[Administrator]:
    async with administrator(platform.record) as found:
        yield found


async def items_of(admin: Administrator, school_id: str) -> list[Item]:
    tables = [await admin.items(name) for name in ("luca", "luca-keys", "luca-gov-sync")]
    found = [item for items in tables for item in items if item["pk"].startswith(f"TENANT#{school_id}#")]
    return sorted(found, key=lambda item: (item["pk"], item["sk"]))


async def answered(platform: PlatformProcess, username: str, place: Place, asked: Request) -> tuple[int, str, Any]:
    headers = dict(asked.headers)
    if asked.content is not None:
        headers["Content-Type"] = asked.content[0]
    async with (
        platform.client(username) as client,
        client.request(
            place.method,
            asked.path,
            params=asked.query,
            data=None if asked.content is None else asked.content[1],
            headers=headers,
        ) as answer,
    ):
        body = (await answer.text()).replace(answer.headers["X-Correlation-Id"], "")
        return answer.status, body, frozenset(answer.headers)


def test_every_operation_of_the_description_is_tried_against_two_schools() -> None:
    """`test_endpoints.py` tries ENDPOINTS. Events are no operation of the service's: `test_queue.py` has them."""
    assert {(method, path) for method, path, _ in operations()} == BY_OPERATION.keys()


def test_there_are_ids_to_be_tried_in_each_kind_of_place() -> None:
    assert {place.where for place in PLACES} == {"query", "body", "column"}
    assert {"[]"} <= {step for place in PLACES for step in place.steps}
    assert len(PLACES) > 10


@pytest.mark.parametrize("place", PLACES, ids=str)
@pytest.mark.parametrize(("mine", "theirs"), PAIRS)
async def test_another_schools_id_is_answered_like_one_that_nobody_has(
    platform: PlatformProcess, admin: Administrator, place: Place, mine: str, theirs: str
) -> None:
    own, foreign = SCHOOLS[mine], id_of(SCHOOLS[theirs], place.name)
    missing = f"{_ABSENT}-{place.name.replace('_', '-')}"
    assert foreign != id_of(own, place.name), "the schools have the same here: the test would prove nothing"
    before = await items_of(admin, theirs)
    for username in accounts(mine, place.endpoint):
        answers = []
        for kind, given in (("theirs", foreign), ("nobodys", missing)):
            fresh = f"tried-{kind}-{theirs}-{place.name}-{username.partition('.')[0]}".replace("_", "-")
            asked = request(place, own, given, fresh=fresh)
            status, body, headers = await answered(platform, username, place, asked)
            assert status < 500
            answers.append((status, body.replace(given, "").replace(fresh, ""), headers))
        assert answers[0] == answers[1], username
    assert await items_of(admin, theirs) == before


@pytest.mark.parametrize("place", [place for place in PLACES if place.where != "query"], ids=str)
async def test_ones_own_id_in_the_same_place_is_found(platform: PlatformProcess, place: Place) -> None:
    """The control: else the above might compare two requests that are refused for another reason."""
    own = SCHOOLS["norte"]
    statuses = set()
    for username in accounts("norte", place.endpoint):
        asked = request(place, own, id_of(own, place.name), fresh=f"tried-own-{place.name}".replace("_", "-"))
        status, body, _ = await answered(platform, username, place, asked)
        statuses.add(404 if '"status":404' in body else status)
    assert statuses & {200, 201}, statuses
