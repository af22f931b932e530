"""Sets up where the worker is tried: an emulator with everything deployed, and the wire to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from luca_local.aws_clients import aws_clients
from luca_local.chaos.hidden_messages import HiddenMessages
from luca_local.chaos.outgoing import AWS, CREDENTIALS
from luca_local.chaos.wire import Wire
from luca_local.chaos.worker_places import WorkerPlaces
from luca_local.chaos.worker_stage import WORKER, WorkerStage
from luca_local.container_credentials import container_endpoint
from luca_local.deployment import deploy
from luca_local.emulator_process import Emulator
from luca_shared.aws.client import AwsClient
from luca_shared.aws.credentials import Credentials
from luca_shared.aws.sqs import Sqs


@asynccontextmanager
async def worker_stage(log: Path, **changes: Any) -> AsyncIterator[WorkerStage]:
    """Provide a stage of the worker, of which the changes replace what is usual."""
    async with Emulator() as emulator:
        endpoint_url, admin, region = emulator.endpoint_url, emulator.admin, emulator.region
        deployment = await deploy(endpoint_url, admin, region)
        roles = {WORKER: deployment.ingest_worker_role_arn}
        async with (
            aws_clients(endpoint_url, admin, region) as aws,
            AwsClient(region=region, endpoint_url=endpoint_url) as client,
            container_endpoint(endpoint_url, admin, region, roles) as endpoint,
        ):
            given = (await aws.sts.assume_role(RoleArn=deployment.edge_role_arn, RoleSessionName="chaos"))[
                "Credentials"
            ]
            edge = Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
            hidden = HiddenMessages(aws.sqs, deployment.queue_url)
            async with Wire({AWS: endpoint_url, CREDENTIALS: endpoint.base_url}, hidden.heard) as wire:
                places = WorkerPlaces(deployment, endpoint.credentials, aws, Sqs(client), edge)
                yield WorkerStage(places=places, wire=wire, hidden=hidden, log=log, **changes)
