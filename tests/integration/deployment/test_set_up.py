"""Setting an emulator up for the containers: whole or not at all, and once for as long as it lives."""

import asyncio
import io
import os
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest
from botocore.exceptions import EndpointConnectionError
from rich.console import Console
from tests.localstack import NewEmulator, require_identity

from luca_local.aws_clients import AwsClients, aws_clients
from luca_local.compose import entry
from luca_local.compose.memory import remembered
from luca_local.compose.set_up import set_up
from luca_local.console_output import Output
from luca_local.deployment import deploy, deployed
from luca_local.ports import HeldPort
from luca_local.run_record import RunRecord
from luca_local.running_emulator import EmulatorAccount


@pytest.fixture
def empty(new_emulator: NewEmulator) -> Iterator[EmulatorAccount]:
    with new_emulator() as running:
        require_identity(running)
        yield running


@pytest.fixture
async def aws(empty: EmulatorAccount) -> AsyncIterator[AwsClients]:
    async with aws_clients(empty.endpoint_url, empty.admin, empty.region) as clients:
        yield clients


@pytest.fixture
def output() -> Output:
    return Output(verbose=False, console=Console(file=io.StringIO()))


async def test_it_is_made_once_for_as_long_as_the_emulator_lives(
    empty: EmulatorAccount, aws: AwsClients, output: Output
) -> None:
    assert await remembered(aws.s3) is None
    made = await set_up(empty, aws, output)
    assert made.deployment == await deployed(empty.endpoint_url, empty.admin, empty.region)
    assert await set_up(empty, aws, output) == made == await remembered(aws.s3)

    async with aiohttp.ClientSession(empty.endpoint_url) as session, session.post("/_ministack/reset") as answer:
        assert answer.status == 200  # what starting it anew comes to
    assert await remembered(aws.s3) is None
    again = await set_up(empty, aws, output)
    assert again.deployment.user_pool_id != made.deployment.user_pool_id
    assert again.tokens != made.tokens


async def test_what_a_killed_one_has_left_is_thrown_away(
    empty: EmulatorAccount, aws: AwsClients, output: Output
) -> None:
    half = await deploy(empty.endpoint_url, empty.admin, empty.region)
    made = await set_up(empty, aws, output)
    assert made.deployment.user_pool_id != half.user_pool_id
    accounts = await aws.cognito.list_users(UserPoolId=made.deployment.user_pool_id)
    assert {each["Username"] for each in accounts["Users"]} == {each.username for each in made.accounts}


async def test_an_emulator_that_is_away_is_not_an_empty_one(empty: EmulatorAccount) -> None:
    async with aws_clients("http://127.0.0.1:1", empty.admin, empty.region) as nowhere:
        with pytest.raises(EndpointConnectionError):
            await remembered(nowhere.s3)


async def test_the_process_tells_of_the_platform_that_is_there_now(empty: EmulatorAccount, tmp_path: Path) -> None:
    with HeldPort() as port, HeldPort() as operations:
        told = {
            **{f"LUCA_{name}_URL": "http://127.0.0.1:1" for name in ("EDGE", "INTERACTIVE", "GOVERNMENT")},
            **{
                f"LUCA_PUBLISHED_{name}_URL": "http://127.0.0.1:2"
                for name in ("AWS", "EDGE", "INTERACTIVE", "GOVERNMENT", "PROMETHEUS")
            },
            "LUCA_AWS_URL": empty.endpoint_url,
            "LUCA_CREDENTIALS_URL": port.url,
            "LUCA_HOST": "127.0.0.1",
            "LUCA_OPERATIONS_HOST": "127.0.0.1",
            "LUCA_PORT": str(port.number),
            "LUCA_OPERATIONS_PORT": str(operations.number),
        }
        port.let_go()
        operations.let_go()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "luca_local.compose"),
            cwd=tmp_path,
            env={**os.environ, **told},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            first = await asyncio.to_thread(entry.told, "interactive", ("127.0.0.1", port.number))
            assert (
                RunRecord.from_json((tmp_path / "build" / "run.json").read_bytes()).aws_endpoint == empty.endpoint_url
            )
            async with aiohttp.ClientSession() as session:
                async with session.post(f"{empty.endpoint_url}/_ministack/reset") as answer:
                    assert answer.status == 200
                async with session.get(f"{operations.url}/health/ready") as answer:
                    assert answer.status == 503
            second = await asyncio.to_thread(entry.told, "interactive", ("127.0.0.1", port.number))
            assert second["environment"]["LUCA_JWKS_URL"] != first["environment"]["LUCA_JWKS_URL"]
        finally:
            process.terminate()
            assert await process.wait() == 0
