"""Credentials of every kind that the platform gives out: schools', services', and those that STS must not give."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final

from luca_local.aws_clients import session_as
from luca_local.demo.evidence.attempts import Attempt
from luca_local.deployment import Deployment
from luca_local.run_record import RunRecord
from luca_shared.aws import AwsError, Credentials
from luca_shared.tenancy.sts import StsAssumeRole

# What STS takes in a tag, and no school's id can hold.
_NO_SCHOOLS: Final = ("-", "norte/", "no school", "norte_2", "norte.2")


class Identities:
    """Becomes whoever the roles' trust allows.

    Args:
        record: Where AWS is, and its administrator, who stands in for ECS.
        deployment: The roles.
    """

    def __init__(self, record: RunRecord, deployment: Deployment) -> None:
        self._record = record
        self._deployment = deployment
        self.admin = Credentials(record.admin.access_key_id, record.admin.secret_access_key)

    async def services(self) -> dict[str, Credentials]:
        """Return each service's own credentials."""
        roles = {
            "interactive": self._deployment.interactive_role_arn,
            "ingest-worker": self._deployment.ingest_worker_role_arn,
            "gov-sync": self._deployment.gov_sync_role_arn,
            "edge": self._deployment.edge_role_arn,
        }
        async with self._as(self.admin) as assume_role:
            return {name: await assume_role(arn, {}, "intruder") for name, arn in roles.items()}

    async def school(self, service: Credentials, school_id: str) -> Credentials:
        """Return a school's credentials, as a service gets them."""
        async with self._as(service) as assume_role:
            return await assume_role(self._deployment.tenant_role_arn, {"school_id": school_id}, "intruder")

    async def attempts(
        self, services: Mapping[str, Credentials], schools: Mapping[str, Credentials], targets: Mapping[str, str]
    ) -> list[Attempt]:
        """Ask STS for what it must not give.

        Args:
            services: Their own credentials.
            schools: The schools' credentials.
            targets: The school that each school is after.
        """
        interactive = services["interactive"]
        found = [
            await self._attempt(schools[mine], mine, theirs, {"school_id": theirs}, "as a school, to become another")
            for mine, theirs in targets.items()
        ]
        for mine, theirs in targets.items():
            found.append(await self._attempt(services["edge"], mine, theirs, {"school_id": theirs}, "as the edge"))
            found.append(await self._attempt(interactive, mine, theirs, {}, "without a school"))
            tags = {"school_id": mine, "other": theirs}
            found.append(await self._attempt(interactive, mine, theirs, tags, "with a second tag"))
        mine, theirs = next(iter(targets.items()))
        no_schools = [
            await self._attempt(interactive, mine, theirs, {"school_id": tag}, f"as the school {tag!r}")
            for tag in _NO_SCHOOLS
        ]
        return [*found, *no_schools]

    async def _attempt(
        self, credentials: Credentials, mine: str, theirs: str, tags: Mapping[str, str], what: str
    ) -> Attempt:
        try:
            async with self._as(credentials) as assume_role:
                await assume_role(self._deployment.tenant_role_arn, tags, "intruder")
            code = "OK"
        except AwsError as error:
            code = error.code
        return Attempt(
            surface="STS",
            school_id=mine,
            target=theirs,
            what=f"AssumeRole {what}",
            outcome=code,
            succeeded=code == "OK",
            refused=code in {"AccessDenied", "ValidationError", "InvalidParameterValue"},
            got="",
        )

    @asynccontextmanager
    async def _as(self, credentials: Credentials) -> AsyncIterator[StsAssumeRole]:
        async with StsAssumeRole(
            region=self._record.region, endpoint_url=self._record.aws_endpoint, session=session_as(credentials)
        ) as assume_role:
            yield assume_role
