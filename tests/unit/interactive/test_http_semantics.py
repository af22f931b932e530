"""What holds of every answer: methods, compression, caching, and what the headers tell and don't."""

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientResponse

from luca_interactive.compression import LEAST
from luca_interactive.routes import ENDPOINTS

if TYPE_CHECKING:
    from tests.unit.interactive.conftest import School

TEACHER = "norte/p1/teacher"
CELL = "/v1/classes/c1/assessments/a1/grades/s1"
GRADE = {"status": "scored", "score": 8.5}


async def ask(school: "School", method: str, path: str, body: object = None, **headers: str) -> ClientResponse:
    """Like `school.ask`, but what comes is not unpacked, and nothing is said that isn't given."""
    response = await school.client.session.request(
        method,
        school.client.make_url(path),
        json=body,
        headers={
            "Authorization": f"Bearer {TEACHER}",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        },
        skip_auto_headers=["Accept-Encoding"],
    )
    await response.read()
    return response


@pytest.mark.parametrize("path", sorted({each.path for each in ENDPOINTS}))
async def test_options_tells_the_methods_and_whether_there_is_such_a_thing_to_nobody(
    school: "School", path: str
) -> None:
    methods = {each.method for each in ENDPOINTS if each.path == path} | {"OPTIONS"}
    methods |= {"HEAD"} if "GET" in methods else set()
    for ids in ("none", "c1"):
        response = await ask(school, "OPTIONS", path.replace("{", "").replace("}", "").replace("class_id", ids))
        assert (response.status, await response.read()) == (204, b"")
        assert response.headers["Allow"] == ", ".join(sorted(methods))
        assert response.headers["RateLimit"]
    assert school.dynamodb.calls == []


async def test_options_needs_a_token(school: "School") -> None:
    response = await school.client.options("/v1/classes/c1")
    assert response.status == 401
    assert "Allow" not in response.headers


async def test_options_of_nothing_is_nothing(school: "School") -> None:
    assert (await ask(school, "OPTIONS", "/v1/nothing")).status == 404


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE", "TRACE", "PROPFIND"])
async def test_another_method_is_told_which_there_are(school: "School", method: str) -> None:
    response = await ask(school, method, CELL)
    assert (response.status, response.headers["Allow"]) == (405, "GET, HEAD, OPTIONS, PUT")
    assert (await response.json())["type"] == "urn:luca:problem:method-not-allowed"


async def test_head_is_get_without_a_body(school: "School") -> None:
    await school.put_grade(TEACHER, CELL, GRADE)
    for encoding in ("identity", "gzip"):
        for path in (CELL, "/v1/classes", "/v1/classes/c1/gradebook"):
            got = await ask(school, "GET", path, Accept_Encoding=encoding)
            head = await ask(school, "HEAD", path, Accept_Encoding=encoding)
            assert await head.read() == b""
            telling = ("Content-Type", "Content-Length", "Content-Encoding", "ETag", "Cache-Control", "Vary")
            assert [head.headers.get(name) for name in telling] == [got.headers.get(name) for name in telling]


@pytest.mark.parametrize("path", ["/v1/me", CELL, "/v1/classes/none", "/v1/nothing"])
async def test_every_answer_to_somebody_says_what_is_left_and_that_no_cache_may_keep_it(
    school: "School", path: str
) -> None:
    for method in ("GET", "HEAD", "DELETE", "OPTIONS"):
        headers = (await ask(school, method, path)).headers
        assert headers["RateLimit"].startswith('"school";r=')
        assert headers["RateLimit-Policy"] == '"school";q=10000'
        assert headers["Cache-Control"] == "private, no-store"
        assert headers["X-Correlation-Id"]


@pytest.mark.parametrize("path", ["/v1/me", "/v1/nothing", "/openapi.json"])
async def test_who_answers_is_said_without_versions(school: "School", path: str) -> None:
    for headers in ({}, {"Authorization": f"Bearer {TEACHER}"}):
        assert (await school.client.get(path, headers=headers)).headers["Server"] == "luca"


class TestCompression:
    async def gradebook(self, school: "School", **headers: str) -> ClientResponse:
        for student in ("s1", "s2"):
            for assessment in ("a1", "a2"):
                path = f"/v1/classes/c1/assessments/{assessment}/grades/{student}"
                await school.put_grade(TEACHER, path, GRADE)
        return await ask(school, "GET", "/v1/classes/c1/gradebook", **headers)

    async def test_a_large_answer_is_compressed_for_who_takes_it(self, school: "School") -> None:
        plain = await self.gradebook(school)
        packed = await self.gradebook(school, Accept_Encoding="br, gzip;q=0.5")
        assert int(plain.headers["Content-Length"]) > LEAST
        assert "Content-Encoding" not in plain.headers
        assert packed.headers["Content-Encoding"] == "gzip"
        assert int(packed.headers["Content-Length"]) < int(plain.headers["Content-Length"])
        assert await packed.json() == await plain.json()
        assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"

    @pytest.mark.parametrize("accepted", ["", "identity", "br, deflate", "gzip;q=0", "*;q=0", "gzip;q=x", "x-gzipped"])
    async def test_for_nobody_else(self, school: "School", accepted: str) -> None:
        response = await self.gradebook(school, Accept_Encoding=accepted)
        assert "Content-Encoding" not in response.headers

    async def test_a_small_one_never(self, school: "School") -> None:
        response = await ask(school, "GET", "/v1/me", Accept_Encoding="gzip")
        assert "Content-Encoding" not in response.headers
        assert "Vary" not in response.headers

    async def test_nor_what_has_an_entity_tag_since_that_names_the_bytes(self, school: "School") -> None:
        await school.put_grade(TEACHER, CELL, GRADE | {"comment": "x" * 1900})
        response = await ask(school, "GET", CELL, Accept_Encoding="gzip")
        assert int(response.headers["Content-Length"]) > LEAST
        assert response.headers["ETag"] == '"1"'
        assert "Content-Encoding" not in response.headers

    async def test_nor_a_problem_since_it_repeats_what_was_sent(self, school: "School") -> None:
        body: dict[str, Any] = {f"guess-{number}": number for number in range(60)}
        response = await ask(school, "PUT", CELL, GRADE | body, Accept_Encoding="gzip", If_None_Match="*")
        assert response.status == 422
        assert int(response.headers["Content-Length"]) > LEAST
        assert "Content-Encoding" not in response.headers


async def test_what_is_sent_compressed_is_unpacked_and_counted_unpacked(school: "School") -> None:
    headers = {"If_None_Match": "*", "Content_Encoding": "gzip", "Content_Type": "application/json"}

    async def put(body: bytes) -> int:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        response = await school.client.put(
            CELL, data=gzip.compress(body), headers={"Authorization": f"Bearer {TEACHER}", **named}
        )
        return response.status

    assert await put(json.dumps(GRADE).encode() + b" " * 100_000) == 413
    assert await put(json.dumps(GRADE).encode()) == 201
