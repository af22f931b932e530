"""What can be chosen for a platform before it starts."""

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path

from luca_local.seed.population import SMALL, Population

Detour = Callable[[str], AbstractAsyncContextManager[str]]
"""Puts something between a service and AWS: it is given AWS's address, and gives the one to use instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """All of it.

    Attributes:
        port: The edge's; 0 is any free one, for the emulator's as well.
        emulator_url: An AWS emulator that runs already, empty, and is used instead of an own one.
        images: The tag of the services' images, which run in the place of their processes; None for processes.
        without: Parts that are not started, of `part_names.OPTIONAL`.
        population: How many people the demo schools have.
        government_per_second: The requests that the government allows in any second.
        worker_settings: Variables of the ingest worker's environment.
        worker_detour: What lies between the ingest worker and AWS.
    """

    port: int = 0
    emulator_port: int = 0
    emulator_url: str | None = None
    images: str | None = None
    run_file: Path
    exactly_this_run_file: bool = False
    logs: Path
    without: Collection[str] = ()
    population: Population = SMALL
    government_per_second: int = 2
    worker_settings: Mapping[str, str] = field(default_factory=dict)
    worker_detour: Detour | None = None
