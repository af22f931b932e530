"""The walls in the order in which a request meets them, and all of them together."""

from collections.abc import Iterator
from typing import Final

from luca_local.isolation.credential_wall.wall import CredentialWall
from luca_local.isolation.policy_wall.wall import PolicyWall
from luca_local.isolation.token_wall.wall import TokenWall
from luca_local.isolation.type_wall.wall import TypeWall
from luca_local.isolation.walls import Wall

WALLS: Final = ("token", "types", "credentials", "policy")


def every_wall() -> Iterator[Wall]:
    """Return them one by one."""
    yield TokenWall()
    yield TypeWall()
    yield CredentialWall()
    yield PolicyWall()
