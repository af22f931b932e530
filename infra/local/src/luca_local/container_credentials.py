"""ECS's container credentials on loopback, so that services find their roles' credentials as they do on Fargate."""

import hmac
import secrets
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from aiohttp import web

from luca_local.aws_clients import session_as
from luca_local.serving import serving
from luca_shared.aws.credentials import Credentials
from luca_shared.aws.errors import AwsError
from luca_shared.tenancy.credentials import AssumeRole
from luca_shared.tenancy.single_flight import SingleFlight
from luca_shared.tenancy.sts import StsAssumeRole

PATH = "/credentials/{name}"

# botocore asks again from 15 minutes before the end on, at every call until it is given younger ones.
_RENEWED_BEFORE_END_S = 20 * 60.0


@dataclass(slots=True)
class _Role:
    """What is served under one path; each has a token of its own, as each task has on ECS."""

    name: str
    arn: str
    token: str = field(repr=False)
    held: Credentials | None = None


def new_tokens(names: Iterable[str]) -> dict[str, str]:
    """Return a token for each name."""
    return {name: secrets.token_urlsafe(32) for name in names}


class ContainerCredentials:
    """Answers `GET /credentials/{name}` with the credentials of a role, to whoever has the token for it.

    The protocol is the one of the ECS agent: the path in `AWS_CONTAINER_CREDENTIALS_FULL_URI`, the token in
    `AWS_CONTAINER_AUTHORIZATION_TOKEN` and in the request's `Authorization`.

    Args:
        assume_role: STS's AssumeRole, signed as somebody whom the roles trust.
        roles: ARNs by the names under which they are served.
        tokens: by the same names, from `new_tokens`; made here unless given.
        clock: seconds since the epoch.
    """

    def __init__(
        self,
        assume_role: AssumeRole,
        roles: Mapping[str, str],
        *,
        tokens: Mapping[str, str] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._assume_role = assume_role
        tokens = new_tokens(roles) if tokens is None else tokens
        self._roles = {name: _Role(name, arn, tokens[name]) for name, arn in roles.items()}
        self._clock = clock
        self._flights: SingleFlight[str, Credentials] = SingleFlight()

    def environment(self, name: str, base_url: str) -> dict[str, str]:
        """The variables that point a process at its role; it must have no other credentials in its environment."""
        return {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{base_url}/credentials/{name}",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": self._roles[name].token,
        }

    def application(self) -> web.Application:
        """The endpoint."""
        application = web.Application()
        application.router.add_get(PATH, self.answer)
        return application

    async def answer(self, request: web.Request) -> web.Response:
        """Answer a request for `PATH`."""
        given = request.headers.get("Authorization")
        if given is None:
            return _refused(401, "Unauthorized", "the header Authorization is missing")
        role = self._roles.get(request.match_info["name"])
        if role is None or not hmac.compare_digest(given.encode(errors="surrogateescape"), role.token.encode()):
            return _refused(403, "AccessDenied", "there is no such role for this token")
        try:
            credentials = await self._valid(role)
        except AwsError as error:
            return _refused(503, error.code, "STS gave no credentials")
        return web.json_response(
            {
                "RoleArn": role.arn,
                "AccessKeyId": credentials.access_key_id,
                "SecretAccessKey": credentials.secret_access_key,
                "Token": credentials.session_token,
                "Expiration": _end(credentials).strftime("%Y-%m-%dT%H:%M:%SZ"),
            },
            headers={"Cache-Control": "no-store"},
        )

    async def _valid(self, role: _Role) -> Credentials:
        left = self._left(role)
        if role.held is not None and left > _RENEWED_BEFORE_END_S:
            return role.held
        try:
            return await self._flights.run(role.name, lambda: self._renew(role))
        except AwsError:
            if role.held is not None and left > 0:
                return role.held
            raise

    async def _renew(self, role: _Role) -> Credentials:
        role.held = await self._assume_role(role.arn, {}, role.name)
        return role.held

    def _left(self, role: _Role) -> float:
        return 0.0 if role.held is None else _end(role.held).timestamp() - self._clock()


def _end(credentials: Credentials) -> datetime:
    if credentials.expires_at is None:
        raise ValueError("the credentials of an assumed role have an end")
    return credentials.expires_at.astimezone(UTC)


def _refused(status: int, code: str, message: str) -> web.Response:
    return web.json_response({"code": code, "message": message}, status=status)


@dataclass(frozen=True, slots=True)
class ContainerEndpoint:
    """A running endpoint."""

    base_url: str
    credentials: ContainerCredentials

    def environment(self, name: str) -> dict[str, str]:
        """The variables that point a process at its role."""
        return self.credentials.environment(name, self.base_url)


@asynccontextmanager
async def container_endpoint(
    endpoint_url: str, admin: Credentials, region: str, roles: Mapping[str, str]
) -> AsyncIterator[ContainerEndpoint]:
    """Serve the roles' credentials on a free loopback port while the context lasts.

    Args:
        endpoint_url: the emulator.
        admin: the one whom the roles trust in ECS's place (`StandInArn` of identity.yaml).
        region: of STS.
        roles: ARNs by the names under which they are served, for example `{"interactive": "arn:..."}`.
    """
    async with StsAssumeRole(region=region, endpoint_url=endpoint_url, session=session_as(admin)) as assume_role:
        credentials = ContainerCredentials(assume_role, roles)
        async with serving(credentials.application()) as url:
            yield ContainerEndpoint(url, credentials)
