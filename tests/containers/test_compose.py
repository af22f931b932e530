"""The whole platform in containers: brought up, used from the outside, stopped, started again, and taken down."""

import asyncio
import os
import shutil
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from tests.containers.compose_project import OURS, Project, compose_client, public_image, queries
from tests.containers.docker_client import Docker

from luca_local.seed.demo_terms import term_of
from luca_shared.records.timestamps import timestamp

COMPOSE = compose_client()
PERIOD = term_of(datetime.now(UTC).date()).term
SLOW_S = 12
STAND_IN = "luca-test-prometheus"
# Asked of a platform on which nothing has gone wrong.
MAY_BE_EMPTY = ("luca_ingest_dead_letters_total", 'outcome!="ok"')

pytestmark = pytest.mark.skipif(COMPOSE is None, reason="docker compose is not installed")


async def until(happens: Callable[[], Awaitable[Any]], within: float = 60) -> Any:
    """Return the first answer that is true."""
    deadline = time.monotonic() + within
    while not (answer := await happens()):
        assert time.monotonic() < deadline, "it takes too long"
        await asyncio.sleep(0.2)
    return answer


@pytest.fixture(scope="module")
def docker() -> Docker:
    return Docker()


@pytest.fixture(scope="module")
def prometheus_image(docker: Docker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str | None]:
    """Prometheus: its own image, or Debian's program in the services' base where no registry is in reach."""
    programs, base = [shutil.which(name) for name in ("prometheus", "promtool")], os.environ.get("BASE_IMAGE")
    if docker("images", "--quiet", public := public_image("prometheus")):
        yield public
        return
    if None in programs or not base:
        yield None
        return
    directory = tmp_path_factory.mktemp("prometheus")
    for program in filter(None, programs):
        shutil.copy(program, directory)
    text = f'FROM {base}\nCOPY prometheus promtool /bin/\nUSER 65534:65534\nENTRYPOINT ["/bin/prometheus"]\n'
    (directory / "Dockerfile").write_text(text)
    docker("build", "--quiet", "--tag", STAND_IN, str(directory))
    yield STAND_IN
    docker("rmi", STAND_IN)


@pytest.fixture(scope="module")
def has_grafana(docker: Docker) -> bool:
    return bool(docker("images", "--quiet", public_image("grafana")))


@pytest.fixture(scope="module")
def volumes_before(docker: Docker) -> set[str]:
    return set(docker("volume", "ls", "--quiet").split())


@pytest.fixture(scope="module")
def project(
    pytestconfig: pytest.Config,
    prometheus_image: str | None,
    has_grafana: bool,
    volumes_before: set[str],  # noqa: ARG001  # counted first
) -> Iterator[Project]:
    assert COMPOSE is not None
    parts, settings = list(OURS), {"IMAGE_TAG": pytestconfig.getoption("--images")}
    if prometheus_image:
        parts.append("prometheus")
        settings["PROMETHEUS_IMAGE"] = prometheus_image
    if prometheus_image and has_grafana:
        parts.append("grafana")
    project = Project(COMPOSE, **settings)
    try:
        project.up(*parts)
        yield project
    finally:
        project.down()


def containers(project: Project, docker: Docker) -> list[dict[str, Any]]:
    own = docker("ps", "--all", "--quiet", "--filter", f"label=com.docker.compose.project={project.name}").split()
    return [docker.inspect("container", each) for each in own]


async def all_are_well(project: Project, docker: Docker) -> None:
    async def healthy() -> bool:
        return all(each["State"]["Health"]["Status"] == "healthy" for each in containers(project, docker))

    await until(healthy)


async def test_every_part_gets_well_by_itself(project: Project, docker: Docker) -> None:
    await all_are_well(project, docker)
    assert len(containers(project, docker)) >= len(OURS)
    assert {each["RestartCount"] for each in containers(project, docker)} == {0}


async def test_a_teacher_records_a_grade_and_reads_it_back(project: Project) -> None:
    example = project.record().example
    path = f"/v1/classes/{example.class_id}/assessments/{example.assessment_id}/grades/{example.student_id}"
    async with project.person(example.username) as teacher:
        async with teacher.put(
            path, json={"status": "scored", "score": 8.5, "comment": "Bien"}, headers={"If-None-Match": "*"}
        ) as answer:
            assert answer.status == 201
        async with teacher.get(path) as answer:
            assert (await answer.json())["score"] == 8.5
    async with project.person("teacher.norte-2") as neighbour, neighbour.get(path) as answer:
        assert answer.status == 404


async def test_an_event_is_seen_in_the_profile_of_its_student(project: Project) -> None:
    student_id = project.record().example.student_id
    event = {"kind": "behavior", "student_id": student_id, "type": "merit", "data": {"points": 1}}
    event["occurred_at"] = timestamp(datetime.now(UTC))
    async with project.person("teacher.norte") as teacher:
        async with teacher.post("/v1/events", json={"events": [event]}) as answer:
            assert answer.status == 202

        async def profile() -> Any:
            async with teacher.get(f"/v1/students/{student_id}/behavior") as answer:
                return (await answer.json())["total"]

        assert await until(profile) == 1


def test_a_token_is_had_without_anything_but_docker(project: Project) -> None:
    token = project("exec", "-T", "set-up", "python", "-m", "luca_local", "token", "teacher.sur")
    assert token.count(".") == 2


async def test_the_quarter_is_sent_and_prometheus_sees_it(project: Project, prometheus_image: str | None) -> None:
    slow = {"latency_s": [SLOW_S, SLOW_S]}  # so that there is something to be seen
    async with (
        aiohttp.ClientSession(project.origin("GOVERNMENT")) as government,
        government.put("/control/faults", json=slow) as answer,
    ):
        assert answer.status == 200
    project("run", "--rm", "--use-aliases", "gov-sync", "run", "--period", PERIOD, within=180)
    assert "completed" in project("run", "--rm", "gov-sync", "status", "--period", PERIOD).lower()
    if prometheus_image is None:
        pytest.skip("neither Prometheus' image nor the program is here")
    async with aiohttp.ClientSession(project.origin("PROMETHEUS")) as prometheus:

        async def answered(query: str) -> Any:
            async with prometheus.get("/api/v1/query", params={"query": query}) as answer:
                said = await answer.json()
            assert said["status"] == "success", (query, said)
            return said["data"]["result"]

        up = {each["metric"]["job"]: each["value"][1] for each in await answered("up")}
        assert {job for job, value in up.items() if value == "1"} >= {"interactive", "ingest-worker", "edge"}
        for query in queries():
            if not any(part in query for part in MAY_BE_EMPTY):
                # What a task did a moment ago is asked of the time in which it was at work.
                assert await answered(f"last_over_time(({query})[5m:5s])"), query


async def test_grafana_shows_the_dashboard_to_whoever_opens_it(
    project: Project, docker: Docker, has_grafana: bool
) -> None:
    if not has_grafana:
        pytest.skip("Grafana's image is not here")
    await all_are_well(project, docker)
    async with (
        aiohttp.ClientSession(project.origin("GRAFANA")) as grafana,
        grafana.get("/api/dashboards/uid/luca-overview") as answer,
    ):
        assert answer.status == 200


async def test_stopped_and_started_again_it_is_a_new_one_that_works(project: Project) -> None:
    before = project.record()
    project("stop", "--timeout", "30")
    project.up(*OURS)
    assert project.record().user_pool_id != before.user_pool_id  # the emulator keeps nothing
    async with project.person("teacher.norte") as teacher, teacher.get("/v1/me") as answer:
        assert answer.status == 200


def test_taken_down_it_leaves_nothing(project: Project, docker: Docker, volumes_before: set[str]) -> None:
    """The last one: the others need what is taken down here."""
    project.down()
    of_it = ("--quiet", "--filter", f"label=com.docker.compose.project={project.name}")
    assert docker("ps", "--all", *of_it) == ""
    assert docker("network", "ls", *of_it) == ""
    assert set(docker("volume", "ls", "--quiet").split()) <= volumes_before
