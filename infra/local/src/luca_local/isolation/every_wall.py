"""The walls in the order in which a request meets them, and all of them together."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from luca_local.isolation.credential_wall.wall import CredentialWall
from luca_local.isolation.policy_wall.wall import PolicyWall
from luca_local.isolation.together import Together
from luca_local.isolation.token_wall.wall import TokenWall
from luca_local.isolation.type_wall.wall import TypeWall
from luca_local.isolation.walls import Wall

WALLS: Final = ("token", "types", "credentials", "policy", "together")


def every_wall(logs: Path) -> Iterator[Wall]:
    """Return them one by one; what is started leaves its logs in that folder."""
    yield TokenWall()
    yield TypeWall()
    yield CredentialWall()
    yield PolicyWall()
    yield Together(logs)
