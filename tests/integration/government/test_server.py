"""The government over HTTP, on good days and on each kind of bad one."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml
from aiohttp.test_utils import TestClient, TestServer

from luca_local.government.faults import Misbehaviour
from luca_local.government.journal import Journal
from luca_local.government.server import Government

RECORD = {
    "record_id": "norte.2026-Q4.c1.a1.s1",
    "version": 1,
    "student_id": "s1",
    "status": "scored",
    "score": 8.5,
    "max_score": 10,
    "letter": "B",
    "recorded_at": "2026-11-24T14:03:07.120Z",
}


class Sender:
    """A client of one government, and the lines of its journal."""

    def __init__(self, client: TestClient[Any, Any], journal: Path) -> None:
        self.client = client
        self._journal = journal

    def lines(self, kind: str) -> list[dict[str, Any]]:
        return [line for line in map(json.loads, self._journal.read_text().splitlines()) if line["kind"] == kind]

    async def misbehave(self, **faults: Any) -> None:
        answer = await self.client.put("/control/faults", json=faults)
        assert answer.status == 200, await answer.text()

    async def send(self, submission_id: str, **record: Any) -> aiohttp.ClientResponse:
        body = {"submission_id": submission_id, "period": "2026-Q4", "school_id": "norte", "records": [RECORD | record]}
        headers = {"Authorization": "Bearer secret", "Idempotency-Key": submission_id}
        return await self.client.post("/v1/submissions", json=body, headers=headers)

    async def get(self, path: str) -> aiohttp.ClientResponse:
        return await self.client.get(path, headers={"Authorization": "Bearer secret"})


@asynccontextmanager
async def government(folder: Path, per_second: int = 1_000_000) -> AsyncIterator[Sender]:
    path = folder / "journal.jsonl"
    with Journal(path) as journal:
        server = TestServer(Government(journal, token="secret", per_second=per_second).app())
        async with TestClient(server) as client:
            yield Sender(client, path)


async def test_a_submission_is_received_once_and_can_be_asked_for(tmp_path: Path) -> None:
    async with government(tmp_path) as sender:
        assert (await sender.get("/v1/submissions/b1")).status == 404
        first = await sender.send("b1")
        again = await sender.send("b1")
        asked = await sender.get("/v1/submissions/b1")
        assert (first.status, again.status, asked.status) == (200, 409, 200)
        receipt = await first.json()
        assert receipt == {"submission_id": "b1", "accepted": 1, "rejected": []}
        assert receipt == await again.json() == await asked.json()
        assert [row["version"] for row in sender.lines("row")] == [1]


async def test_lists_page_through_everything(tmp_path: Path) -> None:
    async with government(tmp_path) as sender:
        for number in range(1_001):
            assert (await sender.send(f"b{number:04d}", record_id=f"norte.x.{number:04d}")).status == 200
        for path, key in (
            ("submissions?period=2026-Q4", "submission_id"),
            ("records?period=2026-Q4&school_id=norte", "record_id"),
        ):
            first = await (await sender.get(f"/v1/{path}")).json()
            second = await (await sender.get(f"/v1/{path}&cursor={first['next_cursor']}")).json()
            assert (len(first["items"]), len(second["items"]), second["next_cursor"]) == (1_000, 1, None)
            assert len({item[key] for item in first["items"] + second["items"]}) == 1_001


async def test_the_journal_holds_each_request_as_it_came(tmp_path: Path) -> None:
    async with government(tmp_path) as sender:
        await sender.client.post("/v1/submissions", data=b"not json", headers={"Authorization": "Bearer secret"})
        [line] = sender.lines("request")
        assert base64.b64decode(line["body"]) == b"not json"
        assert [answer["status"] for answer in sender.lines("answer")] == [400]


async def test_other_bytes_under_a_known_id_are_a_violation(tmp_path: Path) -> None:
    async with government(tmp_path) as sender:
        await sender.send("b1")
        answer = await sender.send("b1", score=3)
        assert answer.status == 422
        assert [violation["rule"] for violation in sender.lines("violation")] == ["same id, same bytes"]
        items = (await (await sender.client.get("/control/violations")).json())["items"]
        assert len(items) == 1


async def test_more_requests_in_a_second_than_allowed_are_refused_and_recorded(tmp_path: Path) -> None:
    async with government(tmp_path, per_second=2) as sender:
        statuses = [(await sender.get("/v1/submissions/b1")).status for _ in range(4)]
        assert statuses == [404, 404, 429, 429]
        assert [violation["rule"] for violation in sender.lines("violation")] == ["rate", "rate"]


@pytest.mark.parametrize(
    ("misbehaviour", "status", "kept"),
    [
        (Misbehaviour.SERVER_ERROR, 503, False),
        (Misbehaviour.TOO_MANY, 429, False),
        (Misbehaviour.TOO_MANY_SILENT, 429, False),
        (Misbehaviour.UNAUTHORIZED, 401, False),
        (Misbehaviour.TIME_OUT, None, False),
        (Misbehaviour.KEPT_BUT_DROPPED, None, True),
        (Misbehaviour.KEPT_THEN_500, 500, True),
        (Misbehaviour.MALFORMED, 200, True),
        (Misbehaviour.SLOW_DRIP, 200, True),
    ],
)
async def test_each_misbehaviour_keeps_or_loses_what_it_says(
    tmp_path: Path, misbehaviour: Misbehaviour, status: int | None, *, kept: bool
) -> None:
    async with government(tmp_path) as sender:
        await sender.misbehave(shares={misbehaviour: 1}, stall_s=0.05, drip_s=0.05, retry_after_s=7)
        try:
            answer = await sender.send("b1")
        except aiohttp.ServerDisconnectedError:
            assert status is None
        else:
            assert answer.status == status
            assert answer.headers.get("Retry-After") == ("7" if misbehaviour is Misbehaviour.TOO_MANY else None)
            if misbehaviour is Misbehaviour.MALFORMED:
                with pytest.raises(json.JSONDecodeError):
                    json.loads(await answer.text())
        assert bool(sender.lines("row")) == kept
        await sender.misbehave()
        assert (await sender.get("/v1/submissions/b1")).status == (200 if kept else 404)


async def test_a_black_out_breaks_every_connection_until_it_ends(tmp_path: Path) -> None:
    async with government(tmp_path) as sender:
        await sender.misbehave(black_out_s=600)
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await sender.send("b1")
        await sender.misbehave(black_out_s=0)
        assert (await sender.send("b1")).status == 200


async def test_records_and_submissions_can_be_refused(tmp_path: Path) -> None:
    async with government(tmp_path) as sender:
        await sender.misbehave(refused_students=["s1"])
        receipt = await (await sender.send("b1")).json()
        assert [rejection["code"] for rejection in receipt["rejected"]] == ["unknown-student"]
        await sender.misbehave(poisonous_students=["s1"])
        assert (await sender.send("b2")).status == 422


async def test_faults_that_make_no_sense_are_refused(tmp_path: Path) -> None:
    async with government(tmp_path) as sender:
        for faults in ({"shares": {"nonsense": 1}}, {"shares": {"time-out": 0.6, "malformed": 0.6}}, {"latency": 1}):
            assert (await sender.client.put("/control/faults", json=faults)).status == 422


async def test_a_wrong_token_is_refused(tmp_path: Path) -> None:
    async with government(tmp_path) as sender:
        answer = await sender.client.get("/v1/submissions/b1", headers={"Authorization": "Bearer guess"})
        assert (answer.status, answer.content_type) == (401, "application/problem+json")


async def test_requests_are_served_at_the_same_time(tmp_path: Path) -> None:
    async with government(tmp_path) as sender:
        await sender.misbehave(latency_s=[0.2, 0.2])
        async with asyncio.timeout(1.5), asyncio.TaskGroup() as group:
            for number in range(20):
                group.create_task(sender.send(f"b{number}"))


def test_the_published_contract_has_the_endpoints_that_are_served(tmp_path: Path) -> None:
    contract = yaml.safe_load((Path(__file__).parents[3] / "docs" / "government-api.yaml").read_text())
    published = {(method.upper(), path) for path, methods in contract["paths"].items() for method in methods}
    with Journal(tmp_path / "journal.jsonl") as journal:
        routes = Government(journal, token="secret").app().router.routes()
        served = {(r.method, r.resource.canonical) for r in routes if r.resource and r.method != "HEAD"}
    assert published == {(method, path) for method, path in served if path.startswith("/v1/")}
