import json
from decimal import Decimal
from typing import Any

import pytest

from luca_shared.runtime import problems
from luca_shared.runtime.problems import ErrorDetail, Problem, pointer

CONTRACT = {
    "malformed-json": 400, "unauthenticated": 401, "forbidden": 403, "not-found": 404, "method-not-allowed": 405,
    "conflict": 409, "term-frozen": 409, "version-conflict": 412, "too-large": 413, "unsupported-media-type": 415,
    "validation": 422, "idempotency-conflict": 422, "precondition-required": 428, "rate-limited": 429,
    "internal": 500, "unavailable": 503,
}  # fmt: skip

ONE_OF_EACH = [
    problems.malformed_json("line 1"),
    problems.unauthenticated(),
    problems.forbidden("teachers may"),
    problems.not_found(),
    problems.method_not_allowed(["PUT", "GET"]),
    problems.conflict("it has grades"),
    problems.term_frozen(),
    problems.version_conflict(current=None),
    problems.too_large(1000),
    problems.unsupported_media_type("text/csv"),
    problems.validation([ErrorDetail("/score", "must be between 0 and 10")]),
    problems.idempotency_conflict(),
    problems.precondition_required("say which"),
    problems.rate_limited(retry_after=0.2),
    problems.internal(),
    problems.unavailable(),
]


def body_of(problem: Problem, correlation_id: str | None = "abc") -> dict[str, Any]:
    response = problems.to_response(problem, correlation_id)
    assert isinstance(response.body, bytes)
    body: dict[str, Any] = json.loads(response.body)
    return body


def test_the_registry_is_the_contracts() -> None:
    assert {name: kind.status for name, kind in problems.REGISTRY.items()} == CONTRACT
    assert {problem.kind.name for problem in ONE_OF_EACH} == set(CONTRACT)


@pytest.mark.parametrize("problem", ONE_OF_EACH, ids=lambda problem: problem.kind.name)
def test_each_is_rendered_as_rfc_9457_with_the_correlation_id(problem: Problem) -> None:
    response = problems.to_response(problem, "abc")
    body = body_of(problem)
    assert response.content_type == "application/problem+json"
    assert response.status == body["status"] == problem.kind.status
    assert body["type"] == f"urn:luca:problem:{problem.kind.name}"
    assert body["title"] == problem.kind.title
    assert body["detail"]
    assert body["correlation_id"] == response.headers["X-Correlation-Id"] == "abc"
    assert response.headers["Cache-Control"] == "private, no-store"


def test_validation_names_every_field() -> None:
    errors = [ErrorDetail("/score", "must be between 0 and 10"), ErrorDetail("/status", "is required")]
    body = body_of(problems.validation(errors))
    assert body["detail"] == "2 fields are wrong"
    assert body["errors"] == [
        {"pointer": "/score", "detail": "must be between 0 and 10"},
        {"pointer": "/status", "detail": "is required"},
    ]
    assert body_of(problems.validation(errors[:1]))["detail"] == "1 field is wrong"


def test_a_version_conflict_shows_what_is_there_now() -> None:
    problem = problems.version_conflict(current={"score": Decimal("85.0"), "version": 3}, etag='"3"')
    assert body_of(problem)["current"] == {"score": 85, "version": 3}
    assert problem.headers["ETag"] == '"3"'
    assert body_of(problems.version_conflict(current=None))["current"] is None


def test_an_extension_cannot_replace_a_standard_member() -> None:
    problem = Problem(problems.CONFLICT, "why", extensions={"status": 200, "more": 1})
    assert body_of(problem)["status"] == 409
    assert body_of(problem)["more"] == 1


@pytest.mark.parametrize(("seconds", "header"), [(0.2, "1"), (1, "1"), (1.01, "2"), (60, "60")])
def test_retry_after_is_whole_seconds_and_never_too_early(seconds: float, header: str) -> None:
    for problem in (
        problems.rate_limited(retry_after=seconds),
        problems.unavailable(retry_after=seconds),
        problems.conflict("in work", retry_after=seconds),
    ):
        assert problem.headers["Retry-After"] == header
    assert "Retry-After" not in problems.conflict("for good").headers


def test_headers_that_http_demands_are_there() -> None:
    assert problems.unauthenticated().headers["WWW-Authenticate"] == "Bearer"
    assert problems.method_not_allowed(["PUT", "GET"]).headers["Allow"] == "GET, PUT"
    assert problems.rate_limited(retry_after=1, headers={"RateLimit": "x"}).headers["RateLimit"] == "x"


def test_a_status_without_a_type_of_ours_is_about_blank() -> None:
    body = body_of(problems.other(417), None)
    assert body == {"type": "about:blank", "title": "Expectation Failed", "status": 417}


def test_an_item_of_a_bulk_answer_carries_the_same_members() -> None:
    assert problems.to_body(problems.not_found("no such student"), None) == {
        "type": "urn:luca:problem:not-found",
        "title": "There is no such thing",
        "status": 404,
        "detail": "no such student",
    }


def test_a_problems_text_says_its_type_and_nothing_else() -> None:
    assert str(problems.not_found("Ana Perez")) == "not-found"
    assert "Ana" not in repr(problems.not_found("Ana Perez"))


def test_a_pointer_is_rfc_6901() -> None:
    assert pointer("items", 3, "score") == "/items/3/score"
    assert pointer("a/b", "~") == "/a~1b/~0"
    assert pointer() == ""
