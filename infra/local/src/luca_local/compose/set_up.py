"""Sets an emulator up that is empty, once for as long as it lives."""

from datetime import UTC, datetime

import aiohttp

from luca_local.aws_clients import AwsClients
from luca_local.compose.memory import Made, remember, remembered
from luca_local.console_output import Output
from luca_local.container_credentials import new_tokens
from luca_local.deployment import deploy
from luca_local.running_emulator import EmulatorAccount
from luca_local.seed.seeding import seed


async def set_up(emulator: EmulatorAccount, aws: AwsClients, output: Output) -> Made:
    """Return what is in the emulator, after making it if need be.

    Killed at any point, this leaves an emulator that remembers nothing: the next call throws away what is there.

    Raises:
        BotoCoreError: the emulator doesn't answer.
        DeploymentError, ExceptionGroup: something could not be made.
    """
    if (made := await remembered(aws.s3)) is not None:
        return made
    await _empty(emulator.endpoint_url)
    with output.step("deployment") as step:
        deployment = await deploy(emulator.endpoint_url, emulator.admin, emulator.region, progress=step.detail)
        step.outcome = "the CloudFormation templates are deployed and read back"
    with output.step("schools") as step:
        today = datetime.now(UTC).date()
        seeded = await seed(deployment, endpoint_url=emulator.endpoint_url, admin=emulator.admin, today=today)
        step.outcome = seeded.summary
    made = Made(
        deployment=deployment,
        accounts=seeded.accounts,
        example=seeded.example,
        tokens=new_tokens(deployment.service_roles),
    )
    await remember(aws.s3, made)
    return made


async def _empty(endpoint_url: str) -> None:
    async with aiohttp.ClientSession() as session, session.post(f"{endpoint_url}/_ministack/reset") as answer:
        answer.raise_for_status()
