"""The API's description: it says what the endpoints declare, all of it, and the committed copy says the same."""

import json
import os
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Final, Generic, TypeVar

import jsonschema  # type: ignore[import-untyped]  # it has no stubs of its own
import msgspec
import pytest
from aiohttp import web
from openapi_spec_validator import OpenAPIV31SpecValidator

from luca_interactive import inputs
from luca_interactive.access import EVERY_ROLE, Caller, Endpoint, endpoint
from luca_interactive.api.grades import GradeChange
from luca_interactive.api.lists import ListAnswer
from luca_interactive.description import operations, parameters, possible_problems
from luca_interactive.description.document import document
from luca_interactive.description.schemas import Schemas
from luca_interactive.description.specimens import specimen
from luca_interactive.description.tags import TAGS, tag_of
from luca_interactive.description.taken import taken_by
from luca_interactive.routes import ENDPOINTS
from luca_interactive.routes.grade import EXAMPLE
from luca_shared.records.timestamps import Timestamp
from luca_shared.runtime import problems
from luca_shared.runtime.exact_numbers import ExactNumber
from luca_shared.runtime.preconditions import Precondition
from luca_shared.runtime.requests import RequestModel
from luca_shared.tenancy.ids import StudentId

COMMITTED: Final = Path(__file__).parents[3] / "docs" / "openapi.json"

T = TypeVar("T")

each_endpoint = pytest.mark.parametrize("declared", ENDPOINTS, ids=lambda each: f"{each.method} {each.path}")


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    return document(ENDPOINTS)


def operation(described: dict[str, Any], declared: Endpoint) -> dict[str, Any]:
    found: dict[str, Any] = described["paths"][declared.path][declared.method.lower()]
    return found


def test_the_committed_description_is_the_present_one(described: dict[str, Any]) -> None:
    """`LUCA_WRITE_OPENAPI=1` writes it anew."""
    text = json.dumps(described, indent=2, ensure_ascii=False) + "\n"
    if os.environ.get("LUCA_WRITE_OPENAPI"):
        COMMITTED.write_text(text)
    assert COMMITTED.read_text() == text, "docs/openapi.json is out of date: run the tests with LUCA_WRITE_OPENAPI=1"


def test_it_is_openapi(described: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(described).validate()


def test_every_endpoint_is_described_and_nothing_else(described: dict[str, Any]) -> None:
    found = {(method.upper(), path) for path, item in described["paths"].items() for method in item}
    assert found == {(each.method, each.path) for each in ENDPOINTS}


def test_no_two_operations_have_one_id(described: dict[str, Any]) -> None:
    ids = [operation(described, each)["operationId"] for each in ENDPOINTS]
    assert sorted(ids) == sorted(set(ids))


@each_endpoint
def test_an_operation_says_who_may_and_what_it_is_for(described: dict[str, Any], declared: Endpoint) -> None:
    said = operation(described, declared)
    assert said["x-roles"] == sorted(declared.may)
    assert said["summary"]
    assert not said["summary"].endswith(".")
    assert said["tags"] == [tag_of(declared.path)]
    assert {tag["name"] for tag in described["tags"]} >= set(said["tags"])


@each_endpoint
def test_an_operation_has_the_parameters_that_are_parsed(described: dict[str, Any], declared: Endpoint) -> None:
    said = operation(described, declared).get("parameters", [])
    in_path = [each["name"] for each in said if each["in"] == "path"]
    assert [part[1:-1] for part in declared.path.split("/") if part.startswith("{")] == in_path
    assert all(each["schema"]["pattern"] for each in said if each["in"] == "path")
    assert not [each for each in said if "null" in json.dumps(each["schema"])]
    query = declared.inputs.models.get("query")
    fields = () if query is None else query.__struct_encode_fields__
    assert {each["name"] for each in said if each["in"] == "query"} == set(fields)


def test_a_path_that_exists_once_has_both_its_methods(described: dict[str, Any]) -> None:
    grade = described["paths"]["/v1/classes/{class_id}/assessments/{assessment_id}/grades/{student_id}"]
    assert {"get", "put"} <= grade.keys()
    headers = [each["name"] for each in grade["put"]["parameters"] if each["in"] == "header"]
    assert headers[:2] == ["If-Match", "If-None-Match"]
    assert grade["put"]["requestBody"]["content"]["application/json"]["example"]["score"] == 8.5


@each_endpoint
def test_an_operation_says_each_problem_that_follows_from_what_it_takes(
    described: dict[str, Any], declared: Endpoint
) -> None:
    said = {int(status) for status in operation(described, declared)["responses"]} - declared.answers.keys()
    taken = set(taken_by(declared))
    expected = {401, 403, 405, 429, 500, 503}
    expected |= {404} if "path" in taken else set()
    expected |= {412, 428, 422} if taken & {"precondition", "version"} else set()
    expected |= {400, 413, 415, 422} if taken & {"body", "csv"} else set()
    expected |= {422} if "query" in taken else set()
    expected |= {kind.status for kind in declared.conflicts} | ({409, 422} if "idempotency_key" in taken else set())
    assert said == expected


def test_a_conflict_shows_what_stands_there(described: dict[str, Any]) -> None:
    put = described["paths"]["/v1/classes/{class_id}/assessments/{assessment_id}/grades/{student_id}"]["put"]
    current = put["responses"]["412"]["content"]["application/problem+json"]["schema"]["properties"]["current"]
    assert current == {"anyOf": [{"$ref": "#/components/schemas/Grade"}, {"type": "null"}]}
    assert put["responses"]["409"]["content"]["application/problem+json"]["examples"].keys() == {
        "conflict",
        "term-frozen",
    }


def test_names_are_clean(described: dict[str, Any]) -> None:
    names = described["components"]["schemas"].keys()
    assert {"Grade", "ListOfGrade", "ListOfClass", "Problem"} <= names
    assert not [name for name in names if "_" in name]
    long = [name for name in names if name.endswith("Answer")]
    assert {name.removesuffix("Answer") for name in long} <= names, "only what else would have another's name"


def test_nothing_in_it_is_pythons_own(described: dict[str, Any]) -> None:
    text = json.dumps(described)
    assert r"(?!\\n)" not in text
    assert '"format": "decimal"' not in text
    assert "\\n    " not in text


def _examples(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], Any]]:
    for path, item in described["paths"].items():
        for method, said in item.items():
            shown = [said.get("requestBody", {}), *said["responses"].values()]
            for content in (content for each in shown for content in each.get("content", {}).values()):
                values = [content["example"]] if "example" in content else []
                values += [each["value"] for each in content.get("examples", {}).values()]
                yield from ((f"{method} {path}", content["schema"], value) for value in values)


def test_every_example_is_right(described: dict[str, Any]) -> None:
    examples = list(_examples(described))
    assert len(examples) > len(ENDPOINTS)
    for where, schema, value in examples:
        resolving = {**schema, "components": described["components"]}
        faults = list(jsonschema.Draft202012Validator(resolving).iter_errors(value))
        assert not faults, f"{where}: {faults[0].message}"


def test_every_input_that_is_parsed_can_be_described() -> None:
    known = operations._PARAMETERS | operations._BODIES.keys() | parameters.HEADERS.keys()
    assert inputs._PARSERS.keys() <= known
    assert inputs._PARSERS.keys() <= possible_problems.BY_INPUT.keys()


def test_a_resource_without_a_tag_is_a_mistake() -> None:
    with pytest.raises(LookupError, match="names no resource"):
        tag_of("/v1/secrets/{secret_id}")


@pytest.mark.parametrize("name", TAGS)
def test_a_path_is_about_the_last_resource_that_it_names(name: str) -> None:
    assert tag_of(f"/v1/classes/{{class_id}}/{name}/{{id}}/whatever") == TAGS[name][0]
    assert tag_of(f"/v1/classes/{{class_id}}/{name}.csv") == TAGS[name][0]


class Inner(msgspec.Struct):
    seen: Timestamp | None
    day: date
    total: int


class ThingAnswer(msgspec.Struct, Generic[T]):
    """Several lines
    of one paragraph.

    And another.
    """

    student_id: StudentId
    name: str
    ratio: Decimal
    least: Annotated[int, msgspec.Meta(ge=5)]
    inner: list[T]
    by_day: dict[str, int]
    anything: msgspec.Raw
    optional: Decimal | None = None


class Change(RequestModel, frozen=True):
    score: ExactNumber | None = None


def test_a_model_is_a_component_under_a_name_for_people() -> None:
    schemas = Schemas([ThingAnswer[Inner], ListAnswer[Inner]], [])
    assert schemas.of(ThingAnswer[Inner]) == {"$ref": "#/components/schemas/ThingOfInner"}
    assert schemas.components.keys() == {"ThingOfInner", "ListOfInner", "Inner"}
    thing = schemas.components["ThingOfInner"]
    assert thing["description"] == "Several lines of one paragraph.\n\nAnd another."
    assert thing["properties"]["ratio"] == {"type": "number"}
    assert thing["properties"]["inner"]["items"] == {"$ref": "#/components/schemas/Inner"}
    assert thing["properties"]["anything"] == {}


def test_models_whose_names_would_be_one_keep_theirs() -> None:
    class Grade(msgspec.Struct):
        letter: str

    class GradeAnswer(msgspec.Struct):
        grade: Grade

    schemas = Schemas([GradeAnswer], [])
    assert schemas.components.keys() == {"Grade", "GradeAnswer"}


def test_a_specimen_is_what_its_schema_says() -> None:
    schemas = Schemas([ThingAnswer[Inner]], [])
    found = specimen(schemas.of(ThingAnswer[Inner]), schemas.components)
    assert found == {
        "student_id": "s42",
        "name": "Ana Rojas",
        "ratio": 1,
        "least": 5,
        "inner": [{"seen": "2026-11-24T14:03:07.120Z", "day": "2026-11-24", "total": 14}],
        "by_day": {"merit": 1},
        "anything": None,
    }


def declare(handle: Any, **declaration: Any) -> dict[str, Any]:
    made = endpoint("POST", "/v1/terms", may=EVERY_ROLE, **declaration)(handle)
    found: dict[str, Any] = document([made])["paths"]["/v1/terms"]["post"]
    return found


def test_an_answer_may_be_a_file_or_nothing() -> None:
    async def handle(request: web.Request, caller: Caller) -> web.StreamResponse:  # noqa: ARG001
        """Do it.

        With more words.

        Raises:
            Problem: never.
        """
        return web.Response()

    said = declare(handle, answers={200: "text/csv", 204: None})
    assert said["description"] == "With more words."
    assert said["responses"]["200"]["content"] == {"text/csv": {"schema": {"type": "string"}}}
    assert "content" not in said["responses"]["204"]


def test_a_delete_must_name_its_version() -> None:
    async def handle(request: web.Request, caller: Caller, version: int) -> web.StreamResponse:  # noqa: ARG001
        """Do it."""
        return web.Response()

    header, *_ = declare(handle, answers={204: None})["parameters"]
    assert (header["name"], header["required"]) == ("If-Match", True)


def test_only_kinds_of_409_are_conflicts() -> None:
    async def handle(
        request: web.Request,  # noqa: ARG001
        caller: Caller,  # noqa: ARG001
        precondition: Precondition,  # noqa: ARG001
        body: GradeChange,  # noqa: ARG001
    ) -> web.StreamResponse:
        """Do it."""
        return web.Response()

    with pytest.raises(ValueError, match="409"):
        declare(handle, answers={200: None}, example=EXAMPLE, conflicts=(problems.NOT_FOUND,))
