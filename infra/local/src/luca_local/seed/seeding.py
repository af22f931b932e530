"""Puts the demo schools into a fresh deployment: records as each school, accounts and directory as an administrator."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from luca_local.aws_clients import aws_clients, session_as
from luca_local.deployment import Deployment
from luca_local.run_record import Account, Example
from luca_local.seed import accounts, records
from luca_local.seed.demo_schools import demo_schools
from luca_local.seed.plan import SchoolPlan
from luca_local.seed.population import SMALL, Population
from luca_shared.aws import AwsClient, Credentials, DynamoDB, Kms, encode_item
from luca_shared.records.school import directory_key
from luca_shared.runtime import correlation
from luca_shared.tenancy.credentials import TenantCredentials
from luca_shared.tenancy.encryption import FieldEncryption
from luca_shared.tenancy.sts import StsAssumeRole
from luca_shared.tenancy.table import TableNames, Tables

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient


@dataclass(frozen=True, slots=True)
class Seeded:
    """What people need to know of it."""

    plans: tuple[SchoolPlan, ...]
    accounts: tuple[Account, ...]
    example: Example
    students: int
    grades: int

    @property
    def summary(self) -> str:
        """How much of everything there is, for the terminal."""
        return (
            f"{len(self.plans)} schools, {self.students} students, {self.grades} grades, {len(self.accounts)} accounts"
        )


async def seed(
    deployment: Deployment, *, endpoint_url: str, admin: Credentials, today: date, population: Population = SMALL
) -> Seeded:
    """Write everything; nothing of it may be there yet.

    Args:
        deployment: where to.
        endpoint_url: the emulator.
        admin: administrator of the account; the schools' records are written without it.
        today: decides which term is open.
        population: how many people the schools have.

    Raises:
        ExceptionGroup: of AwsError, ClientError or BotoCoreError: something could not be written.
    """
    schools = demo_schools(today, population)
    correlation_id = correlation.new()
    async with (
        aws_clients(endpoint_url, admin, deployment.region) as aws,
        _as_a_service(deployment, endpoint_url, admin) as (tables, encryption),
        asyncio.TaskGroup() as group,
    ):
        made = group.create_task(accounts.create(aws.cognito, deployment.user_pool_id, schools))
        group.create_task(_list_in_directory(aws.dynamodb, deployment.table_name, schools))
        for plan in schools:
            group.create_task(records.write(plan, tables, encryption, correlation_id=correlation_id))
    first = schools[0].ungraded
    return Seeded(
        plans=schools,
        accounts=made.result(),
        example=Example(
            username=first.username,
            class_id=first.class_id,
            assessment_id=first.assessment_id,
            student_id=first.student_id,
        ),
        students=sum(len(plan.students) for plan in schools),
        grades=sum(len(plan.grades) for plan in schools),
    )


@asynccontextmanager
async def _as_a_service(
    deployment: Deployment, endpoint_url: str, admin: Credentials
) -> AsyncIterator[tuple[Tables, FieldEncryption]]:
    """Give what a service works with, under its own role: nobody but a service may become a school."""
    region = deployment.region
    async with StsAssumeRole(region=region, endpoint_url=endpoint_url, session=session_as(admin)) as assume_role:
        role = await assume_role(deployment.interactive_role_arn, {}, "seed")
    async with (
        StsAssumeRole(region=region, endpoint_url=endpoint_url, session=session_as(role)) as assume_role,
        AwsClient(region=region, endpoint_url=endpoint_url) as client,
    ):
        credentials = TenantCredentials(assume_role, role_arn=deployment.tenant_role_arn)
        names = TableNames(deployment.table_name, deployment.keys_table_name, deployment.gov_sync_table_name)
        tables = Tables(DynamoDB(client), credentials, names)
        yield tables, FieldEncryption(tables, Kms(client), key_id=deployment.kms_key_arn)


async def _list_in_directory(dynamodb: "DynamoDBClient", table: str, schools: tuple[SchoolPlan, ...]) -> None:
    async with asyncio.TaskGroup() as group:
        for plan in schools:
            item = {**directory_key(plan.school.school_id), **plan.school.to_item()}
            group.create_task(dynamodb.put_item(TableName=table, Item=encode_item(item)))
