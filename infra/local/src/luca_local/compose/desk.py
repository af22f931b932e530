"""Where the containers ask: what a service is told, and its role's credentials, as ECS gives them on Fargate."""

from collections.abc import Awaitable, Callable

from aiohttp import web
from botocore.exceptions import BotoCoreError

from luca_local.compose.memory import Made
from luca_local.compose.settings import SetUpSettings
from luca_local.compose.telling import told
from luca_local.container_credentials import PATH, ContainerCredentials
from luca_shared.tenancy.credentials import AssumeRole


class NotSetUp(Exception):
    """There is no platform to tell anybody about."""


class Desk:
    """Answers about the platform that the emulator holds now, and about no earlier one.

    Args:
        settings: the addresses.
        assume_role: STS's AssumeRole, signed as the administrator.
        remembered: what the emulator holds.
    """

    def __init__(
        self, settings: SetUpSettings, assume_role: AssumeRole, remembered: Callable[[], Awaitable[Made | None]]
    ) -> None:
        self._settings = settings
        self._assume_role = assume_role
        self._remembered = remembered
        self._made: Made | None = None
        self._credentials = ContainerCredentials(assume_role, {})

    def open(self, made: Made) -> None:
        """Answer about this platform from now on."""
        self._made = made
        self._credentials = ContainerCredentials(self._assume_role, made.deployment.service_roles, tokens=made.tokens)

    async def check(self) -> None:
        """Raise NotSetUp or BotoCoreError, unless the emulator holds what is told."""
        await self._current()

    def application(self) -> web.Application:
        """The endpoints."""
        application = web.Application()
        application.router.add_get("/told/{name}", self._tell)
        application.router.add_get(PATH, self._give)
        return application

    async def _current(self) -> Made:
        # Asked each time: an emulator that was started anew a moment ago is empty, and a service that is told of the
        # old one now would never find anything.
        if self._made is None or await self._remembered() != self._made:
            raise NotSetUp
        return self._made

    async def _tell(self, request: web.Request) -> web.Response:
        try:
            said = told(await self._current(), self._settings, self._credentials)
        except (NotSetUp, BotoCoreError):
            raise web.HTTPServiceUnavailable(text="not set up yet") from None
        if request.match_info["name"] not in said:
            raise web.HTTPNotFound
        return web.json_response(said[request.match_info["name"]], headers={"Cache-Control": "no-store"})

    async def _give(self, request: web.Request) -> web.Response:
        return await self._credentials.answer(request)
