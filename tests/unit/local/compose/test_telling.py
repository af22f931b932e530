"""What a service in a container is told: what its own settings ask for, and the addresses that containers know."""

import json
import logging
from collections.abc import Mapping
from typing import Any

import pytest

from luca_gov_sync.settings import SyncSettings
from luca_ingest_worker.__main__ import _NOT_OURS
from luca_ingest_worker.settings import IngestSettings
from luca_interactive.settings import Settings
from luca_local.compose.memory import Made
from luca_local.compose.settings import SetUpSettings
from luca_local.compose.telling import run_record, told
from luca_local.container_credentials import ContainerCredentials
from luca_local.edge.settings import EdgeSettings
from luca_local.run_record import RunRecord
from luca_shared.aws.credentials import Credentials
from luca_shared.runtime.settings import load

BY_SERVICE: dict[str, type[Any]] = {
    "interactive": Settings,
    "ingest-worker": IngestSettings,
    "edge": EdgeSettings,
    "gov-sync": SyncSettings,
}


async def nobody(role_arn: str, tags: Mapping[str, str], session_name: str) -> Credentials:
    raise AssertionError(role_arn, tags, session_name)


@pytest.fixture
def said(made: Made, settings: SetUpSettings) -> dict[str, dict[str, Any]]:
    roles = made.deployment.service_roles
    return told(made, settings, ContainerCredentials(nobody, roles, tokens=made.tokens))


@pytest.mark.parametrize("service", BY_SERVICE)
def test_a_service_starts_with_what_it_is_told_and_wonders_about_nothing(
    service: str, said: dict[str, dict[str, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        own = load(BY_SERVICE[service], said[service]["environment"], also_known=_NOT_OURS)
    assert caplog.records == []
    assert own.aws_endpoint_url == "http://emulator:4566"
    assert (own.host, own.operations_port) == ("0.0.0.0", 9090)  # noqa: S104


@pytest.mark.parametrize("service", BY_SERVICE)
def test_a_service_finds_its_own_credentials_where_the_sdk_looks_on_fargate(
    service: str, said: dict[str, dict[str, Any]]
) -> None:
    environment = said[service]["environment"]
    assert environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] == f"http://169.254.170.2:8080/credentials/{service}"
    assert environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] == f"token-of-{service}"


def test_the_edge_shows_the_addresses_that_its_visitors_know(said: dict[str, dict[str, Any]]) -> None:
    ((path, text),) = said["edge"]["files"].items()
    assert said["edge"]["environment"]["LUCA_RUN_FILE"] == path
    run = RunRecord.from_json(text.encode())
    assert (run.aws_endpoint, run.edge, run.interactive) == (
        "http://127.0.0.1:1",
        "http://127.0.0.1:2",
        "http://127.0.0.1:3",
    )
    assert run.queue_url == "http://127.0.0.1:1/000000000000/queue_url"
    assert "emulator:4566" not in text
    assert "token-of-" not in json.dumps(text)


def test_a_command_in_a_container_is_shown_the_others(made: Made, settings: SetUpSettings) -> None:
    run = run_record(made, settings.inside)
    assert run.aws_endpoint == "http://emulator:4566"
    assert run.dead_letter_url == "http://emulator:4566/000000000000/dead_letter_url"
