"""The services' containers while they run: healthy, with nothing to write to, and gone in time when told to stop."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.containers.docker_client import Docker

from luca_local import environment
from luca_local.aws_clients import session_as
from luca_local.deployment import deployed
from luca_local.platform_process import PlatformProcess
from luca_local.ports import HeldPort
from luca_local.seed.demo_terms import term_of
from luca_shared.aws.credentials import Credentials
from luca_shared.tenancy.sts import StsAssumeRole

PERIOD = term_of(datetime.now(UTC).date()).term
STOP_TIMEOUT = 30  # seconds that whoever runs the containers waits before it kills


def until(happens: Callable[[], Any], within: float = 30) -> None:
    deadline = time.monotonic() + within
    while not happens():
        assert time.monotonic() < deadline, "it takes too long"
        time.sleep(0.1)


def is_healthy(docker: Docker, container: str) -> bool:
    return bool(docker.inspect("container", container)["State"]["Health"]["Status"] == "healthy")


def of_platform(platform: PlatformProcess, docker: Docker, image: str) -> dict[str, Any]:
    """Return the container that this platform runs of an image; others may run beside it."""
    told = f"LUCA_AWS_ENDPOINT_URL={platform.record.aws_endpoint}"
    running = docker("ps", "--quiet", "--filter", f"ancestor={image}", "--filter", "label=luca.platform").split()
    inspected = [docker.inspect("container", each) for each in running]
    (found,) = [each for each in inspected if told in each["Config"]["Env"]]
    container: dict[str, Any] = found
    return container


# The sync is a task that ends by itself.
each_that_serves = pytest.mark.parametrize("service", ["interactive", "ingest-worker"])


@each_that_serves
async def test_the_platforms_services_are_hardened_containers(
    platform: PlatformProcess, docker: Docker, image: str
) -> None:
    container = of_platform(platform, docker, image)
    host = container["HostConfig"]
    assert (host["ReadonlyRootfs"], host["CapDrop"], host["SecurityOpt"]) == (True, ["ALL"], ["no-new-privileges"])
    assert container["Config"]["User"] == "10001:10001"
    until(lambda: is_healthy(docker, container["Id"]))
    async with platform.client("teacher.norte") as client, client.get("/v1/me") as answer:
        assert answer.status == 200


@each_that_serves
def test_one_that_is_told_to_stop_ends_in_order_and_in_time(
    platform: PlatformProcess, docker: Docker, image: str
) -> None:
    told = of_platform(platform, docker, image)["Config"]["Env"]
    variables = [each for each in told if each.startswith(("LUCA_", "AWS_"))]
    with HeldPort() as port, HeldPort() as operations:
        port.let_go()
        operations.let_go()
        variables += [f"LUCA_PORT={port.number}", f"LUCA_OPERATIONS_PORT={operations.number}"]
        flags = [part for each in variables for part in ("--env", each)]
        container = docker.start("--network", "host", *flags, image)
    until(lambda: is_healthy(docker, container))
    before = time.monotonic()
    docker("stop", "--time", str(STOP_TIMEOUT), container)
    assert time.monotonic() - before < STOP_TIMEOUT
    assert docker.inspect("container", container)["State"]["ExitCode"] == 0
    assert "stopped" in docker("logs", container)


async def test_the_sync_sends_a_term_from_its_image(
    platform: PlatformProcess, docker: Docker, pytestconfig: pytest.Config
) -> None:
    record = platform.record
    admin = Credentials(record.admin.access_key_id, record.admin.secret_access_key)
    deployment = await deployed(record.aws_endpoint, admin, record.region)
    as_admin = session_as(admin)
    async with StsAssumeRole(region=record.region, endpoint_url=record.aws_endpoint, session=as_admin) as assume_role:
        role = await assume_role(deployment.gov_sync_role_arn, {}, "container")
    assert record.government is not None
    told = {
        **environment.of_gov_sync(deployment, endpoint_url=record.aws_endpoint, government_url=record.government),
        "AWS_ACCESS_KEY_ID": role.access_key_id,
        "AWS_SECRET_ACCESS_KEY": role.secret_access_key,
        "AWS_SESSION_TOKEN": role.session_token or "",
        "LUCA_QUIET": "0",
        "LUCA_GOVERNMENT_RATE": "2",
    }
    flags = [part for name, value in told.items() for part in ("--env", f"{name}={value}")]
    image = f"luca-gov-sync:{pytestconfig.getoption('--images')}"
    container = docker.start("--network", "host", *flags, image, "run", "--period", PERIOD)
    assert docker("wait", container, within=120) == "0", docker("logs", container)
    status = docker("run", "--rm", "--network", "host", *flags, image, "status", "--period", PERIOD)
    assert "Completed" in status or "completed" in status
