"""The table itself, asked past the service with another school's credentials: it refuses, whatever is tried."""

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from aiobotocore.session import get_session

from luca_local.platform_process import PlatformProcess
from luca_local.seed.demo_schools import demo_schools
from luca_shared.aws import (
    AccessDenied,
    AwsClient,
    Credentials,
    DynamoDB,
    Failed,
    Query,
    Statement,
    TransactDelete,
    TransactPut,
    assign,
)
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.credentials import TenantCredentials
from luca_shared.tenancy.ids import SchoolId
from luca_shared.tenancy.sts import StsAssumeRole

NORTE = demo_schools(datetime.now(UTC).date())[0]
GRADE = NORTE.grades[0]
KEY = {name: getattr(GRADE.key(TenantContext.of_directory(SchoolId("norte"), "test")), name) for name in ("pk", "sk")}
ITEM = KEY | {"entity": "grade"}
TABLE = "luca"
ROLES = "arn:aws:iam::000000000000:role"


Attempt = Callable[[DynamoDB, Credentials], Awaitable[Any]]


async def batch_of_statements(dynamodb: DynamoDB, text: str, credentials: Credentials) -> None:
    """Run a statement; it answers 200 whatever comes of it, so a refusal is raised here."""
    statement = Statement(text, [KEY["pk"], KEY["sk"]])
    (result,) = await dynamodb.batch_execute([statement], credentials=credentials)
    match result:
        case Failed(code="AccessDenied" | "AccessDeniedException" as code):
            raise AccessDenied("BatchExecuteStatement", code)
        case Failed():
            raise AssertionError(result)


ATTEMPTS: dict[str, Attempt] = {
    "get": lambda d, c: d.get_item(TABLE, KEY, credentials=c),
    "get of many": lambda d, c: d.batch_get(TABLE, [KEY], credentials=c),
    "query": lambda d, c: d.query(TABLE, Query(partition=("pk", KEY["pk"])), credentials=c),
    "query of an index": lambda d, c: d.query(
        TABLE, Query(index="by_class", partition=("by_class_pk", "TENANT#norte#CLASS#math-7a")), credentials=c
    ),
    "query of the pending": lambda d, c: d.query(
        TABLE, Query(index="pending", partition=("pending_pk", "TENANT#norte#PENDING#0")), credentials=c
    ),
    "put": lambda d, c: d.put_item(TABLE, ITEM, credentials=c),
    "update": lambda d, c: d.update_item(TABLE, KEY, assign({"score": 1}), credentials=c),
    "delete": lambda d, c: d.delete_item(TABLE, KEY, credentials=c),
    "transaction that writes": lambda d, c: d.transact_write(
        [TransactPut(TABLE, ITEM)], token=str(uuid.uuid4()), credentials=c
    ),
    "transaction that deletes": lambda d, c: d.transact_write(
        [TransactDelete(TABLE, KEY)], token=str(uuid.uuid4()), credentials=c
    ),
    "statement that reads": lambda d, c: batch_of_statements(d, 'SELECT * FROM "luca" WHERE pk = ? AND sk = ?', c),
    "statement that inserts": lambda d, c: batch_of_statements(d, """INSERT INTO "luca" VALUE {'pk': ?, 'sk': ?}""", c),
    "statement that updates": lambda d, c: batch_of_statements(
        d, 'UPDATE "luca" SET score = 1 WHERE pk = ? AND sk = ?', c
    ),
    "statement that deletes": lambda d, c: batch_of_statements(d, 'DELETE FROM "luca" WHERE pk = ? AND sk = ?', c),
    "the schools' directory": lambda d, c: d.query(TABLE, Query(partition=("pk", "PLATFORM#SCHOOLS")), credentials=c),
    "keys of another school": lambda d, c: d.query(
        "luca-keys", Query(partition=("pk", "TENANT#norte#KEYS")), credentials=c
    ),
}


@asynccontextmanager
async def becoming(platform: PlatformProcess) -> AsyncIterator[TenantCredentials]:
    """The schools' credentials, as the interactive service gets them."""
    run = platform.record
    admin, service = get_session(), get_session()
    admin.set_credentials(run.admin.access_key_id, run.admin.secret_access_key)
    async with StsAssumeRole(region=run.region, endpoint_url=run.aws_endpoint, session=admin) as assume_role:
        role = await assume_role(f"{ROLES}/luca-interactive", {}, "test")
    service.set_credentials(role.access_key_id, role.secret_access_key, role.session_token)
    async with StsAssumeRole(region=run.region, endpoint_url=run.aws_endpoint, session=service) as assume_role:
        yield TenantCredentials(assume_role, role_arn=f"{ROLES}/luca-tenant")


@asynccontextmanager
async def dynamodb_of(platform: PlatformProcess) -> AsyncIterator[DynamoDB]:
    async with AwsClient(region=platform.record.region, endpoint_url=platform.record.aws_endpoint) as client:
        yield DynamoDB(client)


def school(school_id: str) -> TenantContext:
    return TenantContext.of_directory(SchoolId(school_id), "test")


@pytest.mark.parametrize("attempt", ATTEMPTS)
@pytest.mark.parametrize("school_id", ["norte-2", "sur", "nort"])
async def test_another_schools_credentials_reach_nothing(
    platform: PlatformProcess, attempt: str, school_id: str
) -> None:
    async with becoming(platform) as credentials, dynamodb_of(platform) as dynamodb:
        with pytest.raises(AccessDenied):
            await ATTEMPTS[attempt](dynamodb, await credentials.get(school(school_id)))


@pytest.mark.parametrize("attempt", ["get", "get of many", "query", "query of an index", "statement that reads"])
async def test_the_schools_own_credentials_do(platform: PlatformProcess, attempt: str) -> None:
    async with becoming(platform) as credentials, dynamodb_of(platform) as dynamodb:
        await ATTEMPTS[attempt](dynamodb, await credentials.get(school("norte")))
        found = await dynamodb.get_item(TABLE, KEY, credentials=await credentials.get(school("norte")))
        assert found is not None
        assert found["student_id"] == GRADE.student_id
