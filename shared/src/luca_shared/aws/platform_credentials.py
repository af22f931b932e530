"""The credentials of the process itself, from wherever botocore's provider chain finds them."""

import asyncio

from aiobotocore.credentials import AioCredentials
from aiobotocore.session import AioSession, get_session
from botocore.exceptions import BotoCoreError

from luca_shared.aws.credentials import Credentials
from luca_shared.aws.errors import NoCredentials

_OPERATION = "GetCredentials"
# What the chain raises when a source answers badly or not at all. Their texts quote the answer: they are not chained.
_FAULTS = (BotoCoreError, LookupError, RuntimeError, ValueError)


class PlatformCredentials:
    """The task's own role.

    On Fargate the chain asks the container endpoint (`AWS_CONTAINER_CREDENTIALS_*`) again 15 minutes before the
    credentials expire: one caller at a time, while the others go on with what there is.
    """

    def __init__(self, session: AioSession | None = None) -> None:
        self._session = session or get_session()
        self._source: AioCredentials | None = None
        self._searching = asyncio.Lock()
        self._searches = 0
        self._failure = "NoProvider"

    async def get(self) -> Credentials:
        """Return credentials that are valid now.

        Raises:
            NoCredentials: The chain has none, or the place where they come from doesn't answer.
        """
        source = self._source or await self._search()
        try:
            frozen = await source.get_frozen_credentials()
        except _FAULTS as error:
            raise NoCredentials(_OPERATION, type(error).__name__) from None
        if not frozen.access_key or not frozen.secret_key:
            raise NoCredentials(_OPERATION, "IncompleteCredentials")
        return Credentials(frozen.access_key, frozen.secret_key, frozen.token)

    async def _search(self) -> AioCredentials:
        """Go through the chain; those who come meanwhile share what it finds, a failure too."""
        begun = self._searches
        async with self._searching:
            if self._source is None and self._searches == begun:
                try:
                    self._source = await self._session.get_credentials()
                    self._failure = "NoProvider"
                except _FAULTS as error:
                    self._failure = type(error).__name__
                self._searches += 1
            if self._source is None:
                raise NoCredentials(_OPERATION, self._failure)
            return self._source
