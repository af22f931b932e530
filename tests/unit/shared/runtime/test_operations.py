import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families

from luca_shared.runtime.health import Health, State
from luca_shared.runtime.loop_lag import LAG, sample_loop_lag
from luca_shared.runtime.operations import operations_app

Client = TestClient[web.Request, web.Application]

SECRET = "Ana-Perez"


@pytest.fixture
def health() -> Health:
    made = Health(timeout=0.05)
    made.state = State.SERVING
    return made


@pytest.fixture
async def client(health: Health) -> AsyncIterator[Client]:
    async with TestClient(TestServer(operations_app(health))) as made:
        yield made


async def passes() -> None:
    pass


async def fails() -> None:
    raise ConnectionError(SECRET)


async def hangs() -> None:
    await asyncio.Event().wait()


async def test_it_is_live_in_every_state(client: Client, health: Health) -> None:
    for state in State:
        health.state = state
        async with client.get("/health/live") as response:
            assert response.status == 200


async def test_it_is_ready_while_it_serves_and_all_checks_pass(client: Client, health: Health) -> None:
    health.add("table", passes)
    async with client.get("/health/ready") as response:
        body = await response.json()
    assert response.status == 200
    assert body["status"] == "ready"
    assert body["checks"]["table"]["status"] == "ok"


@pytest.mark.parametrize("state", [State.STARTING, State.STOPPING])
async def test_it_is_not_ready_before_and_after(client: Client, health: Health, state: State) -> None:
    health.state = state
    async with client.get("/health/ready") as response:
        body = await response.json()
    assert response.status == 503
    assert (body["status"], body["state"]) == ("not-ready", state.value)


async def test_a_failing_check_is_named_with_its_type_and_nothing_more(client: Client, health: Health) -> None:
    health.add("table", fails)
    health.add("keys", passes)
    async with client.get("/health/ready") as response:
        text = await response.text()
        body = await response.json()
    assert response.status == 503
    assert body["checks"]["table"]["failure"] == "ConnectionError"
    assert body["checks"]["keys"]["status"] == "ok"
    assert SECRET not in text


async def test_checks_that_hang_are_bounded_together(client: Client, health: Health) -> None:
    for number in range(20):
        health.add(f"slow-{number}", hangs)
    async with asyncio.timeout(0.9), client.get("/health/ready") as response:  # one after the other takes a second
        body = await response.json()
    assert response.status == 503
    assert body["checks"]["slow-7"]["failure"] == "TimeoutError"


async def test_metrics_are_prometheus_text(client: Client) -> None:
    async with client.get("/metrics") as response:
        text = await response.text()
    families = list(text_string_to_metric_families(text))
    names = {family.name for family in families}
    assert "luca_event_loop_lag_seconds" in names
    assert response.content_type == "text/plain"


async def test_metrics_are_openmetrics_for_who_asks_for_them(client: Client) -> None:
    accept = {"Accept": "application/openmetrics-text; version=1.0.0"}
    async with client.get("/metrics", headers=accept) as response:
        text = await response.text()
    assert response.content_type == "application/openmetrics-text"
    families = {family.name: family for family in openmetrics.text_string_to_metric_families(text)}  # type: ignore[no-untyped-call]  # it has no types
    buckets = {
        sample.labels["le"]
        for sample in families["luca_event_loop_lag_seconds"].samples
        if sample.name.endswith("_bucket")
    }
    assert "0.1" in buckets


def lag_above(seconds: float) -> float:
    (metric,) = LAG.collect()
    total = {sample.name.rsplit("_", 1)[1]: sample.value for sample in metric.samples if "le" not in sample.labels}
    below = max(
        sample.value for sample in metric.samples if "le" in sample.labels and float(sample.labels["le"]) <= seconds
    )
    return total["count"] - below


async def test_a_blocked_loop_is_seen() -> None:
    before = lag_above(0.05)
    task = asyncio.create_task(sample_loop_lag(interval=0.01))
    await asyncio.sleep(0)  # it has begun to sleep
    time.sleep(0.1)  # noqa: ASYNC251  # what nobody should do in a handler
    async with asyncio.timeout(5):
        while lag_above(0.05) == before:  # noqa: ASYNC110  # the sampler tells nobody
            await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
