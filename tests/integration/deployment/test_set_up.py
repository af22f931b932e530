"""Setting an emulator up for the containers: whole or not at all, and once for as long as it lives."""

import io
from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest
from botocore.exceptions import EndpointConnectionError
from rich.console import Console
from tests.localstack import NewEmulator, require_identity

from luca_local.aws_clients import AwsClients, aws_clients
from luca_local.compose.memory import remembered
from luca_local.compose.set_up import set_up
from luca_local.console_output import Output
from luca_local.deployment import deploy, deployed
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
