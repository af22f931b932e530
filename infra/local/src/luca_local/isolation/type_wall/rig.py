"""The tables as every school has them, but with credentials that reach everything, at an AWS that refuses nothing."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from luca_local.isolation.recording_aws import Recorded, RecordingAws, recording_aws
from luca_shared.aws import AwsClient, Credentials, DynamoDB, Kms, RetryPolicy, Timeouts
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.credentials import TenantCredentials
from luca_shared.tenancy.ids import SchoolId
from luca_shared.tenancy.table import TableNames, Tables, TenantTable

REGION: Final = "us-east-1"
_PATIENT: Final = Timeouts(connect=10, read=30, total=60)  # a busy machine is no refusal
PAIRS: Final = (("norte", "norte-2"), ("norte-2", "norte"), ("norte", "sur"), ("nort", "norte"))


@dataclass(frozen=True, slots=True)
class Rig:
    """What is attacked, and the record of what has left it."""

    aws: RecordingAws
    dynamodb: DynamoDB
    kms: Kms
    tables: Tables

    def of(self, school_id: str) -> TenantTable:
        """Return the tables as a school."""
        return self.tables.of(school(school_id))

    def mark(self) -> int:
        """Return a mark, by which `since` tells what has left after it."""
        return len(self.aws.recorded)

    def since(self, mark: int) -> list[Recorded]:
        """Return the requests that left after a mark."""
        return self.aws.since(mark)


def school(school_id: str) -> TenantContext:
    """Return a school's context."""
    return TenantContext.of_directory(SchoolId(school_id), "isolation")


async def root_for_everybody(role_arn: str, tags: Mapping[str, str], session_name: str) -> Credentials:  # noqa: ARG001
    """Stand in for STS."""
    return Credentials("ROOT", "secret")


@asynccontextmanager
async def rig() -> AsyncIterator[Rig]:
    """Set it up while the context lasts."""
    async with (
        recording_aws() as aws,
        AwsClient(region=REGION, endpoint_url=aws.url, retry=RetryPolicy(attempts=1), timeouts=_PATIENT) as client,
    ):
        dynamodb = DynamoDB(client)
        tables = Tables(dynamodb, TenantCredentials(root_for_everybody, role_arn="any"), TableNames())
        yield Rig(aws, dynamodb, Kms(client), tables)
