"""Sets up where the sync is tried: an emulator with everything deployed, and a government for each stage."""

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from luca_local import environment
from luca_local.aws_clients import aws_clients
from luca_local.chaos.outgoing import AWS, CREDENTIALS, GOVERNMENT
from luca_local.chaos.quarter import POISON, UNKNOWN_STUDENT
from luca_local.chaos.sync_places import SyncPlaces
from luca_local.chaos.sync_stage import PER_SECOND, SYNC, SyncStage
from luca_local.chaos.wire import Wire
from luca_local.child_process import ChildProcess
from luca_local.container_credentials import container_endpoint
from luca_local.deployment import deploy
from luca_local.emulator_process import Emulator
from luca_local.ports import HeldPort


@asynccontextmanager
async def sync_stages(folder: Path, count: int, **changes: Any) -> AsyncIterator[list[SyncStage]]:
    """Provide stages of the sync that share tables and nothing else; the changes replace what is usual.

    The folder takes the logs and the governments' journals.
    """
    async with Emulator() as emulator, AsyncExitStack() as stack:
        endpoint_url, admin, region = emulator.endpoint_url, emulator.admin, emulator.region
        deployment = await deploy(endpoint_url, admin, region)
        aws = await stack.enter_async_context(aws_clients(endpoint_url, admin, region))
        roles = {SYNC: deployment.gov_sync_role_arn}
        endpoint = await stack.enter_async_context(container_endpoint(endpoint_url, admin, region, roles))
        stages = []
        for number in range(1, count + 1):
            journal = folder / f"government-{number}.jsonl"
            government = await stack.enter_async_context(_government(journal, folder / f"government-{number}.log"))
            doors = {AWS: endpoint_url, CREDENTIALS: endpoint.base_url, GOVERNMENT: government}
            wire = await stack.enter_async_context(Wire(doors))
            places = SyncPlaces(deployment, endpoint.credentials, aws, journal)
            stages.append(SyncStage(places=places, wire=wire, log=folder / f"gov-sync-{number}.log", **changes))
        await stages[0].places.open_schools()
        yield stages


@asynccontextmanager
async def _government(journal: Path, log: Path) -> AsyncIterator[str]:
    """Run a government that knows one student too few; yield its address."""
    port = HeldPort()
    process = ChildProcess(
        "government",
        "luca_local.government",
        environment=environment.without_settings(os.environ),
        arguments=(
            *("--port", str(port.number), "--token", environment.GOVERNMENT_TOKEN),
            *("--per-second", str(PER_SECOND), "--journal", str(journal)),
        ),
        log=log,
        ports=(port,),
        ready_url=f"{port.url}/control/faults",
    )
    async with process, aiohttp.ClientSession() as session:
        await process.ready()
        faults = {"refused_students": [UNKNOWN_STUDENT], "poisonous_students": [POISON]}
        async with session.put(f"{port.url}/control/faults", json=faults) as answer:
            answer.raise_for_status()
        yield port.url
