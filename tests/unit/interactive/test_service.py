"""The service as a process: its settings, when it is ready, and how it starts and ends."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from typing import Final, cast

import pytest

from luca_interactive.readiness import credentials_obtainable, keys_fetched
from luca_interactive.settings import Settings
from luca_shared.aws.errors import NoCredentials
from luca_shared.aws.platform_credentials import PlatformCredentials
from luca_shared.runtime.settings import SettingsError, load
from luca_shared.tenancy.jwks import Jwks, KeysUnavailable, UnknownKey

ENVIRONMENT: Final = {
    "AWS_REGION": "us-east-1",
    "LUCA_TENANT_ROLE_ARN": "arn:aws:iam::000000000000:role/luca-tenant",
    "LUCA_KMS_KEY_ID": "arn:aws:kms:us-east-1:000000000000:key/k",
    "LUCA_JWKS_URL": "http://127.0.0.1:9/jwks.json",
    "LUCA_TOKEN_ISSUER": "https://cognito-idp.us-east-1.amazonaws.com/pool",
    "LUCA_CLIENT_ID": "client",
    "LUCA_HOST": "127.0.0.1",
    "LUCA_PORT": "0",
    "LUCA_OPERATIONS_PORT": "0",
}


def test_the_defaults_are_the_contracts() -> None:
    settings = load(Settings, ENVIRONMENT)
    assert (settings.rules_cache, settings.class_cache, settings.term_staleness) == (30, 30, 5)
    assert (settings.request_deadline, settings.body_limit) == (5, 1024 * 1024)
    assert (settings.rate_per_second, settings.rate_burst) == (200, 400)
    assert (settings.credentials_refresh, settings.credentials_cache, settings.data_keys_cache) == (300, 2000, 300)


def test_every_bad_variable_is_named() -> None:
    with pytest.raises(SettingsError) as refused:
        load(Settings, {**ENVIRONMENT, "LUCA_TERM_STALENESS": "soon", "LUCA_CLIENT_ID": ""})
    assert [problem.split()[0] for problem in refused.value.problems] == ["LUCA_CLIENT_ID", "LUCA_TERM_STALENESS"]


def start(environment: Mapping[str, str]) -> subprocess.Popen[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("LUCA_", "AWS_"))}
    command = [sys.executable, "-m", "luca_interactive"]
    environment = {**inherited, **environment}
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)  # noqa: S603  # our own module


def test_a_bad_setting_ends_the_process_with_one_clear_message() -> None:
    process = start({**ENVIRONMENT, "LUCA_PORT": "99999"})
    _, said = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "LUCA_PORT" in said
    assert "Traceback" not in said


def test_it_listens_and_ends_in_order_when_told_to() -> None:
    process = start(ENVIRONMENT)
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if '"server":"api"' in line:
            process.send_signal(signal.SIGTERM)
    process.wait(timeout=30)
    process.stderr.close()
    assert process.returncode == 0, said
    assert '"stopped"' in said[-1]


class PlayedJwks:
    def __init__(self) -> None:
        self.reachable = False

    async def key(self, _: str) -> None:
        raise UnknownKey if self.reachable else KeysUnavailable


async def test_it_is_ready_once_it_has_had_the_keys_and_stays_so_when_the_pool_goes_away() -> None:
    jwks = PlayedJwks()
    check = keys_fetched(cast("Jwks", jwks))
    with pytest.raises(KeysUnavailable):
        await check()
    jwks.reachable = True
    await check()
    jwks.reachable = False
    await check()


async def test_it_is_not_ready_without_credentials_of_its_own() -> None:
    class Nowhere:
        async def get(self) -> None:
            raise NoCredentials("GetCredentials", "NoProvider")

    with pytest.raises(NoCredentials):
        await credentials_obtainable(cast("PlatformCredentials", Nowhere()))()
