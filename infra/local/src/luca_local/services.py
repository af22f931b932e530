"""The platform's services as child processes or as images: what each is told, and how one knows that it is ready."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from luca_local import environment
from luca_local.child_process import ChildProcess
from luca_local.container_credentials import ContainerEndpoint
from luca_local.deployment import Deployment
from luca_local.part_names import GOVERNMENT, INGEST_WORKER
from luca_local.ports import HeldPort


class Ports(NamedTuple):
    """The ports of all services."""

    edge: HeldPort
    edge_operations: HeldPort
    interactive: HeldPort
    interactive_operations: HeldPort
    worker_operations: HeldPort
    government: HeldPort


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where everything is that a service needs."""

    deployment: Deployment
    aws_endpoint_url: str
    credentials: ContainerEndpoint
    ports: Ports
    logs: Path
    run_file: Path
    images: str | None = None

    @property
    def journal(self) -> Path:
        """The government's raw log."""
        return self.logs / "government.jsonl"


def interactive(places: Places) -> ChildProcess:
    """Return the interactive service, not yet started."""
    ports = places.ports
    module, arguments = _program(places, "interactive", "luca_interactive")
    return ChildProcess(
        "interactive",
        module,
        arguments=arguments,
        environment={
            **environment.of_service(
                os.environ,
                places.deployment,
                endpoint_url=places.aws_endpoint_url,
                port=ports.interactive.number,
                operations_port=ports.interactive_operations.number,
            ),
            **environment.of_interactive(places.deployment),
            **places.credentials.environment("interactive"),
        },
        log=places.logs / "interactive.log",
        ports=(ports.interactive, ports.interactive_operations),
        ready_url=f"{ports.interactive_operations.url}/health/ready",
    )


def edge(places: Places) -> ChildProcess:
    """Return the edge, not yet started."""
    ports = places.ports
    return ChildProcess(
        "edge",
        "luca_local.edge",
        environment={
            **environment.of_service(
                environment.without_settings(os.environ),
                places.deployment,
                endpoint_url=places.aws_endpoint_url,
                port=ports.edge.number,
                operations_port=ports.edge_operations.number,
            ),
            **environment.of_edge(
                os.environ,
                places.deployment,
                interactive_url=ports.interactive.url,
                run_file=str(places.run_file),
            ),
            **places.credentials.environment("edge"),
        },
        log=places.logs / "edge.log",
        ports=(ports.edge, ports.edge_operations),
        ready_url=f"{ports.edge_operations.url}/health/ready",
    )


def ingest_worker(places: Places, *, aws_endpoint_url: str, settings: Mapping[str, str]) -> ChildProcess:
    """Return the ingest worker, not yet started; `aws_endpoint_url` is where it finds AWS."""
    operations = places.ports.worker_operations
    module, arguments = _program(places, INGEST_WORKER, "luca_ingest_worker")
    return ChildProcess(
        INGEST_WORKER,
        module,
        arguments=arguments,
        environment={
            **environment.of_service(
                os.environ,
                places.deployment,
                endpoint_url=aws_endpoint_url,
                port=0,  # it serves nobody
                operations_port=operations.number,
            ),
            **environment.of_ingest_worker(places.deployment),
            **places.credentials.environment(INGEST_WORKER),
            **settings,
        },
        log=places.logs / "ingest-worker.log",
        ports=(operations,),
        ready_url=f"{operations.url}/health/ready",
    )


def government(places: Places, *, per_second: int) -> ChildProcess:
    """Return the government's API, not yet started; it allows so many requests in any second."""
    port = places.ports.government
    return ChildProcess(
        GOVERNMENT,
        "luca_local.government",
        environment=environment.without_settings(os.environ),
        arguments=(
            *("--port", str(port.number), "--token", environment.GOVERNMENT_TOKEN),
            *("--per-second", str(per_second), "--journal", str(places.journal)),
        ),
        log=places.logs / "government.log",
        ports=(port,),
        ready_url=f"{port.url}/control/faults",
    )


def gov_sync(places: Places, arguments: Sequence[str], settings: Mapping[str, str]) -> ChildProcess:
    """Return a command of the government sync, not yet started: it runs when its time has come, and ends."""
    module, image = _program(places, "gov-sync", "luca_gov_sync")
    return ChildProcess(
        "gov-sync",
        module,
        environment={
            **environment.without_settings(os.environ),
            **environment.of_gov_sync(
                places.deployment,
                endpoint_url=places.aws_endpoint_url,
                government_url=places.ports.government.url,
            ),
            **places.credentials.environment("gov-sync"),
            **settings,
        },
        arguments=(*image, *arguments),
        log=places.logs / "gov-sync.log",
    )


def _program(places: Places, service: str, module: str) -> tuple[str, tuple[str, ...]]:
    """Return the module to run for a service, and the arguments by which it becomes that service's image."""
    if places.images is None:
        return module, ()
    return "luca_local.in_container", (f"luca-{service}:{places.images}",)
