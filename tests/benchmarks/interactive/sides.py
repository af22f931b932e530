"""The two sides, each with an AWS of its own: the interactive service as it is deployed, and the peer beside it."""

import os
import sys
import urllib.request
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import orjson
from tests.benchmarks.interactive.teachers import CLIENT_ID, ISSUER
from tests.benchmarks.processes import Process

from luca_local.ports import HOST, HeldPort

HERE: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where processes run, and what they are about."""

    service_core: Collection[int]
    other_cores: Collection[int]
    folder: Path
    jwks: Path
    schools: int
    latency_ms: float
    peer_python: Path
    seed: str


def here(
    folder: Path,
    environment: Path,
    *,
    schools: int,
    latency_ms: float,
    seed: str = "tests.benchmarks.interactive.school",
) -> Place:
    """Return a place on this machine: one core for the service, the others for whatever this process starts beside it.

    Args:
        folder: Where files go; the user pool's keys are there.
        environment: Of the peer.
        schools: How many there are from the beginning.
        latency_ms: AWS's.
        seed: The module that says what a school's tables begin with.
    """
    service_core, *others = sorted(os.sched_getaffinity(0))
    others = others or [service_core]
    os.sched_setaffinity(0, others)
    return Place(
        service_core=[service_core],
        other_cores=others,
        folder=folder,
        jwks=folder / "jwks.json",
        schools=schools,
        latency_ms=latency_ms,
        peer_python=environment / "bin" / "python",
        seed=seed,
    )


@dataclass(frozen=True, slots=True)
class Side:
    """A service under load, and the AWS that it calls."""

    name: str
    url: str
    metrics_url: str
    service: Process
    stub: Process
    stub_url: str

    def aws_calls(self) -> dict[str, int]:
        """Return how often which of AWS's operations was called since the last `reset`."""
        with urllib.request.urlopen(f"{self.stub_url}/counts", timeout=10) as response:  # noqa: S310  # http, ours
            counts: dict[str, int] = orjson.loads(response.read())
        return counts

    def reset(self) -> None:
        """Make the tables as they were at the beginning, and count from 0."""
        request = urllib.request.Request(f"{self.stub_url}/reset", method="POST")  # noqa: S310
        with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310
            response.read()

    def metrics(self) -> str:
        """Return the service's own metrics, as Prometheus reads them."""
        with urllib.request.urlopen(self.metrics_url, timeout=10) as response:  # noqa: S310
            return str(response.read().decode())


@contextmanager
def ours(
    place: Place,
    name: str = "luca",
    *,
    module: Sequence[str] = ("luca_interactive",),
    settings: Mapping[str, str] | None = None,
    credentials_last: float = 3600.0,
) -> Iterator[Side]:
    """Run the interactive service, or what stands in its place.

    Args:
        place: Where.
        name: What a person calls it.
        module: With its arguments.
        settings: What is set other than by default.
        credentials_last: Seconds for which AWS gives a school's credentials.
    """
    with ExitStack() as stack:
        stub, stub_url = _stub(stack, place, name, credentials_last)
        port, operations = HeldPort(), HeldPort()
        environment = {
            **_environment(stub_url),
            "LUCA_HOST": HOST,
            "LUCA_PORT": str(port.number),
            "LUCA_OPERATIONS_PORT": str(operations.number),
            "LUCA_LOG_LEVEL": "warning",
            "PYTHONPATH": str(Path.cwd()),
            **(settings or {}),
        }
        service = Process(
            name,
            module,
            ports=[port, operations],
            ready_url=f"{operations.url}/health/ready",
            log=place.folder / f"{name}.log",
            cores=place.service_core,
            environment=environment,
        )
        yield Side(name, port.url, f"{operations.url}/metrics", stack.enter_context(service), stub, stub_url)


@contextmanager
def peer(place: Place, name: str = "fastapi") -> Iterator[Side]:
    """Run the peer."""
    with ExitStack() as stack:
        stub, stub_url = _stub(stack, place, name, 3600.0)
        port = HeldPort()
        service = Process(
            name,
            [
                *("uvicorn", "peer.app:app", "--app-dir", str(HERE), "--host", HOST, "--port", str(port.number)),
                *("--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"),
            ],
            ports=[port],
            ready_url=f"{port.url}/health/ready",
            log=place.folder / f"{name}.log",
            cores=place.service_core,
            environment=_environment(stub_url),
            python=str(place.peer_python),
        )
        yield Side(name, port.url, f"{port.url}/metrics", stack.enter_context(service), stub, stub_url)


def _stub(stack: ExitStack, place: Place, of: str, credentials_last: float) -> tuple[Process, str]:
    port = HeldPort()
    process = Process(
        f"{of}-aws",
        [
            *("tests.benchmarks.aws_stub", "--host", HOST, "--port", str(port.number), "--jwks", str(place.jwks)),
            *("--seed", place.seed, "--schools", str(place.schools)),
            *("--latency-ms", str(place.latency_ms), "--credentials-last", str(credentials_last)),
        ],
        ports=[port],
        ready_url=f"{port.url}/counts",
        log=place.folder / f"{of}-aws.log",
        cores=place.other_cores,
        environment={**_base(), "PYTHONPATH": str(Path.cwd())},
        python=sys.executable,
    )
    return stack.enter_context(process), port.url


def _environment(stub_url: str) -> dict[str, str]:
    """What both services are told; each school may ask as often as it likes, for there are few."""
    return {
        **_base(),
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "AKIABENCHMARK",
        "AWS_SECRET_ACCESS_KEY": "benchmark",
        "AWS_EC2_METADATA_DISABLED": "true",
        "LUCA_AWS_ENDPOINT_URL": stub_url,
        "LUCA_TENANT_ROLE_ARN": "arn:aws:iam::000000000000:role/tenant",
        "LUCA_KMS_KEY_ID": "benchmark",
        "LUCA_JWKS_URL": f"{stub_url}/jwks.json",
        "LUCA_TOKEN_ISSUER": ISSUER,
        "LUCA_CLIENT_ID": CLIENT_ID,
        "LUCA_RATE_PER_SECOND": "100000",
        "LUCA_RATE_BURST": "100000",
    }


def _base() -> dict[str, str]:
    """This process's environment without anybody's settings or AWS accounts."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("LUCA_", "AWS_", "PYTHON"))}
