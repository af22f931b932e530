"""What every request passes: its token, its school's rate, and what becomes of failures below."""

import logging
from typing import TYPE_CHECKING

import pytest

from luca_interactive.failures import ISOLATION_REFUSALS
from luca_shared.aws.errors import (
    AccessDenied,
    AwsError,
    Conflict,
    CredentialsRejected,
    NoCredentials,
    Rejected,
    Throttled,
    Unavailable,
)
from luca_shared.tenancy.limits import SchoolRateLimit
from luca_shared.tenancy.ownership import ForeignKey

if TYPE_CHECKING:
    from tests.unit.interactive.conftest import School

TEACHER = "norte/p1/teacher"
CELL = "/v1/classes/c1/assessments/a1/grades/s1"
GRADE = {"status": "scored", "score": 8.5}


async def test_no_token_no_answer(school: "School") -> None:
    response = await school.client.get("/v1/me")
    assert response.status == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert (await response.json())["type"] == "urn:luca:problem:unauthenticated"


@pytest.mark.parametrize("header", ["Basic bm9ydGU6eA==", "Bearer", "Bearer  ", "norte/p1/teacher"])
async def test_what_is_no_bearer_token_is_none(school: "School", header: str) -> None:
    assert (await school.client.get("/v1/me", headers={"Authorization": header})).status == 401


async def test_two_tokens_are_none(school: "School") -> None:
    headers = [("Authorization", f"Bearer {TEACHER}"), ("Authorization", "Bearer norte-2/h1/school-admin")]
    assert (await school.client.get("/v1/me", headers=headers)).status == 401


async def test_the_scheme_is_written_as_one_likes(school: "School") -> None:
    assert (await school.client.get("/v1/me", headers={"Authorization": f"bearer {TEACHER}"})).status == 200


async def test_an_expired_token_is_said_to_be_expired(school: "School") -> None:
    response = await school.ask("expired", "GET", "/v1/me")
    assert (response.status, response.headers["WWW-Authenticate"]) == (401, 'Bearer error="invalid_token"')
    assert "expired" in (await response.json())["detail"]


async def test_why_a_token_is_refused_is_for_the_log(school: "School", caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="luca_interactive"):
        response = await school.ask("wrong-issuer", "GET", "/v1/me")
    assert response.status == 401
    assert "issuer" not in await response.text()
    assert [getattr(record, "reason", None) for record in caplog.records] == ["wrong-issuer"]


async def test_without_the_pools_keys_nobody_passes(school: "School") -> None:
    response = await school.ask("unverifiable", "GET", "/v1/me")
    assert response.status == 503
    assert int(response.headers["Retry-After"]) >= 1


async def test_an_unknown_address_needs_a_token_too(school: "School") -> None:
    assert (await school.client.get("/v1/nothing")).status == 401
    assert (await school.ask(TEACHER, "GET", "/v1/nothing")).status == 404
    response = await school.ask(TEACHER, "DELETE", "/v1/me")
    assert (response.status, response.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")


async def test_every_answer_carries_the_correlation_id(school: "School") -> None:
    for path in ("/v1/me", "/v1/classes/none", "/v1/nothing"):
        response = await school.ask(TEACHER, "GET", path, headers={"X-Correlation-Id": "abc-1"})
        assert response.headers["X-Correlation-Id"] == "abc-1"


class TestRate:
    @pytest.fixture
    def rate(self) -> SchoolRateLimit:
        return SchoolRateLimit(per_second=1, burst=2, clock=lambda: 0.0)

    async def test_a_school_is_slowed_down_and_no_other_notices(self, school: "School") -> None:
        answers = [await school.ask(TEACHER, "GET", "/v1/me") for _ in range(3)]
        assert [answer.status for answer in answers] == [200, 200, 429]
        assert [answer.headers["RateLimit"] for answer in answers] == [
            '"school";r=1;t=1',
            '"school";r=0;t=2',
            '"school";r=0;t=2',
        ]
        assert answers[2].headers["RateLimit-Policy"] == '"school";q=2'
        assert answers[2].headers["Retry-After"] == "1"
        assert (await answers[2].json())["type"] == "urn:luca:problem:rate-limited"
        assert (await school.ask("norte-2/xp1/teacher", "GET", "/v1/me")).status == 200

    async def test_a_bad_token_costs_no_school_anything(self, school: "School") -> None:
        for _ in range(5):
            await school.ask("expired", "GET", "/v1/me")
        assert (await school.ask(TEACHER, "GET", "/v1/me")).status == 200


@pytest.mark.parametrize("kind", [Throttled, Unavailable, Conflict, CredentialsRejected, NoCredentials])
async def test_what_passes_is_answered_with_when_to_try_again(school: "School", kind: type[AwsError]) -> None:
    times = 2 if kind is CredentialsRejected else 1  # new ones are tried at once
    school.dynamodb.failing = [kind("TransactWriteItems", "Code")] * times
    response = await school.put_grade(TEACHER, CELL, GRADE)
    assert (response.status, response.headers["Retry-After"]) == (503, "1")
    assert (await school.put_grade(TEACHER, CELL, GRADE)).status == 201


@pytest.mark.parametrize(
    ("error", "wall"),
    [(AccessDenied("PutItem", "AccessDeniedException"), "policy"), (ForeignKey("a key"), "types")],
)
async def test_a_wall_that_refuses_is_counted_and_says_nothing_to_the_client(
    school: "School", error: Exception, wall: str, caplog: pytest.LogCaptureFixture
) -> None:
    before = ISOLATION_REFUSALS.labels(wall)._value.get()
    school.dynamodb.failing = [error]
    response = await school.put_grade(TEACHER, CELL, GRADE)
    assert response.status == 500
    assert (await response.json())["type"] == "urn:luca:problem:internal"
    assert ISOLATION_REFUSALS.labels(wall)._value.get() == before + 1
    assert "CRITICAL" in {record.levelname for record in caplog.records}


async def test_a_request_that_aws_calls_wrong_is_our_fault(school: "School") -> None:
    school.dynamodb.failing = [Rejected("TransactWriteItems", "ValidationException")]
    assert (await school.put_grade(TEACHER, CELL, GRADE)).status == 500


async def test_a_corrupt_item_is_our_fault_and_its_content_stays_inside(school: "School") -> None:
    await school.put_grade(TEACHER, CELL, GRADE)
    item = school.dynamodb.items["luca", "TENANT#norte#STUDENT#s1", "GRADE#2026-Q4#c1#a1"]
    item["status"] = "secret-status"
    response = await school.ask(TEACHER, "GET", CELL)
    assert response.status == 500
    assert "secret-status" not in await response.text()


async def test_a_damaged_ciphertext_is_our_fault(school: "School") -> None:
    await school.put_grade(TEACHER, CELL, GRADE | {"comment": "Bien"})
    item = school.dynamodb.items["luca", "TENANT#norte#STUDENT#s1", "GRADE#2026-Q4#c1#a1"]
    item["comment"] = item["comment"][:-1] + bytes([item["comment"][-1] ^ 1])
    assert (await school.ask(TEACHER, "GET", CELL)).status == 500


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"{}", "text/plain", 415),
        (b'{"status": "scored", "score": 1e1}', "application/json", 422),
        (b'{"status": "scored", "score": -0}', "application/json", 422),
        (b'{"status": "scored", "score": 8.00001}', "application/json", 422),
        (b'{"status": "scored", "score": "8"}', "application/json", 422),
        (b" " * 5000, "application/json", 413),
    ],
)
async def test_a_body_that_is_wrong_is_told_how(school: "School", body: bytes, content_type: str, status: int) -> None:
    headers = {"Authorization": f"Bearer {TEACHER}", "If-None-Match": "*", "Content-Type": content_type}
    response = await school.client.put(CELL, data=body, headers=headers)
    assert response.status == status
    assert response.content_type == "application/problem+json"
