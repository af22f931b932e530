"""Luca's CloudFormation templates, deployed to an AWS endpoint that has none of it yet, and read back."""

import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from luca_local import dropped_settings, read_back, stacks
from luca_local.aws_clients import aws_clients
from luca_local.declared_resources import Resource, declared
from luca_local.deployment_errors import DeploymentError
from luca_local.template_language import load
from luca_shared.aws.credentials import Credentials

TEMPLATES = Path(__file__).parents[3] / "cloudformation"

_ORDER = ("data", "messaging", "identity")  # the outputs of one are parameters of the next
_LOCAL = {"RequireTls": "false"}  # the emulator has no TLS


@dataclass(frozen=True, slots=True)
class Deployment:
    """Where everything is: the outputs of the three templates, in snake_case."""

    region: str
    account_id: str

    table_name: str
    table_arn: str
    table_stream_arn: str
    keys_table_name: str
    keys_table_arn: str
    gov_sync_table_name: str
    gov_sync_table_arn: str
    payload_bucket_name: str
    payload_bucket_arn: str
    payload_key_arn: str

    queue_url: str
    queue_arn: str
    dead_letter_url: str
    dead_letter_arn: str
    dead_letter_key_arn: str
    gov_sync_dead_letter_url: str
    gov_sync_dead_letter_arn: str
    alerts_topic_arn: str

    user_pool_id: str
    user_pool_client_id: str
    tenant_role_arn: str
    interactive_role_arn: str
    ingest_worker_role_arn: str
    gov_sync_role_arn: str
    edge_role_arn: str
    redrive_role_arn: str
    kms_key_arn: str

    @property
    def service_roles(self) -> dict[str, str]:
        """The role of each service, by its name."""
        return {
            "interactive": self.interactive_role_arn,
            "edge": self.edge_role_arn,
            "ingest-worker": self.ingest_worker_role_arn,
            "gov-sync": self.gov_sync_role_arn,
        }


def _silent(_: str) -> None:
    """Progress that nobody watches."""


async def deploy(
    endpoint_url: str,
    admin: Credentials,
    region: str,
    *,
    templates: Path = TEMPLATES,
    progress: Callable[[str], None] = _silent,
) -> Deployment:
    """Make the stacks, set what the emulator drops, and compare what is there with what the templates say.

    Args:
        endpoint_url: the emulator.
        admin: an administrator of the account; also the one who may then assume the services' roles in ECS's place.
        region: for example `us-east-1`.
        templates: the folder that holds data.yaml, messaging.yaml and identity.yaml.
        progress: is told each step, in a few words.

    Raises:
        StackFailed: CloudFormation could not make a stack; with its reasons.
        DeployedDifferently: something is not as the template says; with every difference.
        DeploymentError: anything else that is wrong with the templates.
    """
    async with _refusals_told(), aws_clients(endpoint_url, admin, region) as aws:
        caller = await aws.sts.get_caller_identity()
        outputs: dict[str, str] = {}
        resources: list[Resource] = []
        for name in _ORDER:
            stack = await stacks.create(
                aws.cloudformation,
                load(templates / f"{name}.yaml"),
                _LOCAL | {"StandInArn": caller["Arn"]} | outputs,
            )
            progress(f"stack {stack.template.stack} made")
            outputs |= stack.outputs
            resources += declared(stack, account=caller["Account"], region=region)
        await dropped_settings.apply(aws.dynamodb, resources)
        await dropped_settings.apply_to_buckets(aws.s3, resources)
        progress("time to live, recovery, encryption and expiry of tables and buckets set")
        await read_back.check(aws, resources)
        progress(f"{len(resources)} resources read back: all as in the templates")
    return _deployment(outputs, region=region, account_id=caller["Account"])


async def verify(endpoint_url: str, admin: Credentials, region: str, *, templates: Path = TEMPLATES) -> None:
    """Compare what `deploy` has made with what the templates say, again.

    Raises:
        DeployedDifferently: something has changed; with every difference.
        DeploymentError: the stacks can't be read.
    """
    async with _refusals_told(), aws_clients(endpoint_url, admin, region) as aws:
        account = (await aws.sts.get_caller_identity())["Account"]
        made = [await stacks.described(aws.cloudformation, load(templates / f"{name}.yaml")) for name in _ORDER]
        await read_back.check(aws, [each for stack in made for each in declared(stack, account=account, region=region)])


async def deployed(endpoint_url: str, admin: Credentials, region: str, *, templates: Path = TEMPLATES) -> Deployment:
    """Return what `deploy` has made, from its stacks.

    Raises:
        DeploymentError: the stacks can't be read.
    """
    async with _refusals_told(), aws_clients(endpoint_url, admin, region) as aws:
        account = (await aws.sts.get_caller_identity())["Account"]
        outputs: dict[str, str] = {}
        for name in _ORDER:
            outputs |= (await stacks.described(aws.cloudformation, load(templates / f"{name}.yaml"))).outputs
    return _deployment(outputs, region=region, account_id=account)


@asynccontextmanager
async def _refusals_told() -> AsyncIterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise DeploymentError(f"the AWS endpoint failed a step of the deployment: {error}") from error


def _deployment(outputs: Mapping[str, str], **place: str) -> Deployment:
    named = {re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower(): value for name, value in outputs.items()}
    wanted = {field.name for field in fields(Deployment)} - place.keys()
    if named.keys() != wanted:
        raise DeploymentError(f"outputs missing or unknown: {', '.join(sorted(named.keys() ^ wanted))}")
    return Deployment(**named, **place)
