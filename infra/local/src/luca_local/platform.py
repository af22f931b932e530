"""Brings the whole platform up, part by part, watches over it, and takes it down."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from luca_local import environment, memory, run_logs, services
from luca_local.child_process import ChildProcess
from luca_local.console_output import Output
from luca_local.container_credentials import container_endpoint
from luca_local.deployment import Deployment, deploy
from luca_local.deployment_errors import DeploymentError
from luca_local.part_names import GOVERNMENT, INGEST_WORKER
from luca_local.platform_errors import PlatformError
from luca_local.platform_options import Options
from luca_local.ports import HeldPort
from luca_local.run_file import RunFile
from luca_local.run_record import Admin, RunRecord
from luca_local.running_emulator import EmulatorAccount, GivenEmulator, RunningEmulator
from luca_local.seed.plan import SchoolPlan
from luca_local.seed.seeding import Seeded, seed
from luca_local.services import Places, Ports

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Running:
    """A platform that is ready: for who does something with it. `pids` are its services', by their names."""

    record: RunRecord
    places: Places
    schools: tuple[SchoolPlan, ...]
    pids: Mapping[str, int]


class Platform:
    """One run of the platform.

    Its parts are started in the order in which they need each other, and stopped in the reverse one.
    """

    def __init__(self, options: Options, output: Output) -> None:
        self._options = options
        self._output = output
        self._parts: list[RunningEmulator | ChildProcess] = []
        self._stack = AsyncExitStack()

    async def run(self, work: Callable[[Running], Awaitable[None]] | None = None) -> None:
        """Start everything, do some work with it, and stop it; without work, go on until cancelled.

        Raises:
            PlatformError: a part could not start, or has ended by itself.
        """
        async with self._stack:
            running = await self._start()
            await self._while_alive(_forever() if work is None else _awaited(work(running)))

    def kill(self) -> None:
        """End all processes at once: whoever waits for them goes on."""
        for part in self._parts:
            part.kill()

    async def _while_alive(self, work: Coroutine[Any, Any, T]) -> T:
        """Do some work; a part that ends meanwhile ends it too, with a PlatformError."""
        task = asyncio.create_task(work)
        watches = [asyncio.create_task(part.ended()) for part in self._parts]
        try:
            await asyncio.wait([task, *watches], return_when=asyncio.FIRST_COMPLETED)
            for watch in watches:
                if watch.done():
                    watch.result()  # it has nothing but an error to give
            return task.result()
        finally:
            for each in (task, *watches):
                each.cancel()
            await asyncio.gather(task, *watches, return_exceptions=True)

    async def _start(self) -> Running:
        options, enter = self._options, self._stack.enter_context
        run_file = enter(RunFile(options.run_file, exactly=options.exactly_this_run_file))
        ports = Ports(enter(HeldPort(options.port)), *(enter(HeldPort()) for _ in Ports._fields[1:]))
        logs = run_logs.make_directory(options.logs, datetime.now(UTC))
        emulator = await self._start_emulator(logs)
        deployment = await self._deploy(emulator)
        places = Places(
            deployment=deployment,
            aws_endpoint_url=emulator.endpoint_url,
            credentials=await self._stack.enter_async_context(
                container_endpoint(emulator.endpoint_url, emulator.admin, emulator.region, deployment.service_roles)
            ),
            ports=ports,
            logs=logs,
            run_file=run_file.path,
            images=options.images,
        )
        children = await self._services(places)
        # A Python process takes a while to import what it needs: meanwhile the schools are written.
        for child in children:
            self._parts.append(await self._stack.enter_async_context(child))
        seeded = await self._while_alive(self._seed(deployment, emulator))
        with self._output.step("services") as step:
            await asyncio.gather(*(child.ready() for child in children))
            step.outcome = f"ready: {', '.join(child.name for child in children)}"
        record = _record(places, emulator, seeded, without=options.without)
        run_file.write(record)
        pids = [os.getpid(), *(part.pid for part in self._parts if part.pid)]
        self._output.ready(record, run_file=run_file.path, memory_mb=memory.resident_mb(pids))
        return Running(record, places, seeded.plans, {child.name: child.pid for child in children if child.pid})

    async def _services(self, places: Places) -> list[ChildProcess]:
        options = self._options
        children = [services.interactive(places), services.edge(places)]
        if INGEST_WORKER not in options.without:
            url = places.aws_endpoint_url
            if options.worker_detour is not None:
                url = await self._stack.enter_async_context(options.worker_detour(url))
            children.append(services.ingest_worker(places, aws_endpoint_url=url, settings=options.worker_settings))
        if GOVERNMENT not in options.without:
            children.append(services.government(places, per_second=options.government_per_second))
        return children

    async def _start_emulator(self, logs: Path) -> EmulatorAccount:
        if self._options.emulator_url is not None:
            return GivenEmulator(self._options.emulator_url)
        with self._output.step("emulator") as step:
            part = RunningEmulator(port=self._options.emulator_port, log=logs / "emulator.log")
            self._parts.append(part)
            emulator = await self._stack.enter_async_context(part.running())
            step.outcome = f"AWS answers at {emulator.endpoint_url}"
        return emulator

    async def _deploy(self, emulator: EmulatorAccount) -> Deployment:
        with self._output.step("deployment") as step:
            try:
                deployment = await deploy(emulator.endpoint_url, emulator.admin, emulator.region, progress=step.detail)
            except DeploymentError as error:
                raise PlatformError(f"the templates could not be deployed: {error}") from error
            step.outcome = "the CloudFormation templates are deployed and read back"
        return deployment

    async def _seed(self, deployment: Deployment, emulator: EmulatorAccount) -> Seeded:
        with self._output.step("schools") as step:
            today = datetime.now(UTC).date()
            seeded = await seed(
                deployment,
                endpoint_url=emulator.endpoint_url,
                admin=emulator.admin,
                today=today,
                population=self._options.population,
            )
            step.outcome = seeded.summary
        return seeded


async def _forever() -> None:
    await asyncio.Event().wait()


async def _awaited(work: Awaitable[None]) -> None:
    await work


def _record(places: Places, emulator: EmulatorAccount, seeded: Seeded, *, without: Collection[str]) -> RunRecord:
    deployment, ports = places.deployment, places.ports
    operations = [ports.interactive_operations, ports.edge_operations]
    if INGEST_WORKER not in without:
        operations.append(ports.worker_operations)
    return RunRecord(
        edge=ports.edge.url,
        interactive=ports.interactive.url,
        aws_endpoint=emulator.endpoint_url,
        government=None if GOVERNMENT in without else ports.government.url,
        metrics=tuple(f"{port.url}/metrics" for port in operations),
        region=deployment.region,
        table=deployment.table_name,
        queue_url=deployment.queue_url,
        dead_letter_url=deployment.dead_letter_url,
        user_pool_id=deployment.user_pool_id,
        client_id=deployment.user_pool_client_id,
        jwks_url=environment.jwks_url(emulator.endpoint_url, deployment.user_pool_id),
        admin=Admin(access_key_id=emulator.admin.access_key_id, secret_access_key=emulator.admin.secret_access_key),
        accounts=seeded.accounts,
        example=seeded.example,
        pid=os.getpid(),
        logs=str(places.logs),
    )
