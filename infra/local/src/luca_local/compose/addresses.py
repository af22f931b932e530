"""Where the parts of the platform answer: one set of addresses for the containers, another for their owner."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """The origins of the parts that are asked by others."""

    aws: str
    edge: str
    interactive: str
    government: str
    metrics: tuple[str, ...] = ()
