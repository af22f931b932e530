"""Who gets past the edge, and what everybody is told."""

from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from luca_interactive.public import public_files
from luca_local.edge.app import DESCRIPTION
from luca_local.edge.token_bucket import TokenBucket

if TYPE_CHECKING:
    from tests.integration.edge.conftest import Edge


async def serve(_: web.Request) -> web.StreamResponse:
    return web.Response(text="served")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/me"), ("PUT", "/v1/x"), ("OPTIONS", "/v1/x"), ("POST", "/v1/events"), ("GET", "/v1/events"),
        ("GET", "/nothing"), ("GET", "/%68ealth"), ("GET", "//"), ("GET", "/health/"), ("GET", "/v1/../health"),
        ("GET", "/docs/"), ("GET", "/docs/%70age.js"), ("GET", "/docs/../v1/me"), ("GET", "/openapi.json/x"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("token", [None, "bad", ""])
async def test_every_route_needs_a_token(edge: "Edge", method: str, path: str, token: str | None) -> None:
    url = await edge.before(serve)
    async with edge.ask(method, url + path, token=token) as answer:
        problem = await answer.json()
        assert (answer.status, problem["type"]) == (401, "urn:luca:problem:unauthenticated")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.headers["X-Correlation-Id"] == problem["correlation_id"]


@pytest.mark.parametrize(
    "headers",
    [
        [("Authorization", "good")],
        [("Authorization", "Basic good")],
        [("Authorization", "Bearer good"), ("Authorization", "Bearer bad")],
        [("Authorization", "Bearer good"), ("Authorization", "Bearer good")],
        [("X-Authorization", "Bearer good")],
    ],
)
async def test_a_token_has_one_place(edge: "Edge", headers: list[tuple[str, str]]) -> None:
    url = await edge.before(serve)
    async with edge.client.get(url + "/v1/me", headers=headers) as answer:
        assert answer.status == 401


async def test_a_valid_token_is_let_through_however_its_scheme_is_spelled(edge: "Edge") -> None:
    url = await edge.before(serve)
    async with edge.ask("GET", url + "/v1/me", headers={"Authorization": "bEARER good"}) as answer:
        assert await answer.text() == "served"


async def test_while_keys_can_not_be_had_nobody_is_let_through(edge: "Edge") -> None:
    url = await edge.before(serve)
    edge.verifier.keys_available = False
    async with edge.ask("GET", url + "/v1/me") as answer:
        assert answer.status == 503
        assert int(answer.headers["Retry-After"]) >= 1


async def test_health_and_the_root_page_need_no_token(edge: "Edge") -> None:
    url = await edge.before(serve)
    async with edge.ask("GET", url + "/health", token=None) as answer:
        assert (answer.status, await answer.json()) == (200, {"status": "ok"})
    async with edge.ask("GET", url + "/?lang=es", token=None) as answer:
        assert answer.status == 503  # this edge has no run file: what counts is that it was let through


@pytest.mark.parametrize("path", sorted(DESCRIPTION))
async def test_the_description_is_for_everybody_and_nothing_can_be_done_to_it(edge: "Edge", path: str) -> None:
    url = await edge.before(serve)
    for method in ("GET", "HEAD"):
        async with edge.ask(method, url + path, token=None) as answer:
            assert answer.status == 200
    async with edge.ask("PUT", url + path, token=None) as answer:
        assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")


def test_what_passes_without_a_token_is_what_the_service_gives_without_one() -> None:
    assert {file.path for file in public_files({})} == DESCRIPTION


async def test_nobody_is_told_what_software_answers(edge: "Edge") -> None:
    url = await edge.before(serve)
    for path in ("/health", "/v1/events", "/nothing"):
        async with edge.ask("GET", url + path) as answer:
            assert answer.headers["Server"] == "luca"


async def test_a_path_that_leads_nowhere_is_not_found(edge: "Edge") -> None:
    url = await edge.before(serve)
    async with edge.ask("GET", url + "/nothing") as answer:
        assert (answer.status, (await answer.json())["type"]) == (404, "urn:luca:problem:not-found")


async def test_more_than_the_stage_takes_is_429_and_health_still_answers(edge: "Edge") -> None:
    url = await edge.before(serve, throttle=TokenBucket(per_second=0.1, burst=1))
    async with edge.ask("GET", url + "/v1/me") as answer:
        assert answer.status == 200
    async with edge.ask("GET", url + "/v1/me", token=None) as answer:
        assert (answer.status, (await answer.json())["type"]) == (429, "urn:luca:problem:rate-limited")
        assert 1 <= int(answer.headers["Retry-After"]) <= 10
    async with edge.ask("GET", url + "/health", token=None) as answer:
        assert answer.status == 200


async def test_each_request_has_an_id_of_its_own_that_a_client_can_not_choose(edge: "Edge") -> None:
    url = await edge.before(serve)
    seen = set()
    for path in ("/v1/me", "/v1/me", "/nothing", "/health", "/"):
        async with edge.ask("GET", url + path, headers={"X-Correlation-Id": "mine"}) as answer:
            seen.add(answer.headers["X-Correlation-Id"])
    assert len(seen) == 5
    assert "mine" not in seen
