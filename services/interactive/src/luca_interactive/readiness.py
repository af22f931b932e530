"""Whether the service can do its work: it knows who signs tokens, and has credentials of its own."""

from typing import Final

from luca_shared.aws.platform_credentials import PlatformCredentials
from luca_shared.runtime.health import Check
from luca_shared.tenancy.jwks import Jwks, UnknownKey

_NO_KEY: Final = "readiness"  # an id that no key has


def keys_fetched(jwks: Jwks) -> Check:
    """A check that the user pool's keys have been fetched, once.

    Later on they are in memory: were this check to fail whenever the pool can't be reached, all tasks would be taken
    out of service at once for something that no request needs.
    """
    fetched = False

    async def check() -> None:
        nonlocal fetched
        if not fetched:
            try:
                await jwks.key(_NO_KEY)
            except UnknownKey:
                fetched = True

    return check


def credentials_obtainable(credentials: PlatformCredentials) -> Check:
    """A check that the task's own role gives credentials; botocore keeps them, so it costs nothing."""

    async def check() -> None:
        await credentials.get()

    return check
