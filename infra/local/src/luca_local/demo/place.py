"""Where the day takes place, and who is there."""

from collections.abc import Mapping
from dataclasses import dataclass

from luca_local.demo.collecting.administrator import Administrator
from luca_local.demo.people import Edge, Person
from luca_local.platform import Running


@dataclass(frozen=True, slots=True)
class Place:
    """A running platform, its door, its people by their user names, and the one who may see everything."""

    running: Running
    edge: Edge
    people: Mapping[str, Person]
    admin: Administrator
