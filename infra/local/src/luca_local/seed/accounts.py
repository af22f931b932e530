"""Makes the demo accounts in Cognito, as an administrator of the pool does it."""

import asyncio
from typing import TYPE_CHECKING

from luca_local.run_record import Account
from luca_local.seed.plan import AccountPlan, SchoolPlan
from luca_shared.tenancy.ids import SchoolId

if TYPE_CHECKING:
    from types_aiobotocore_cognito_idp.client import CognitoIdentityProviderClient

# Known to everybody, and the same at every start, so that a command in the README works: it opens nothing but a demo.
PASSWORD = "Luca-demo-2026"  # noqa: S105


async def create(
    cognito: "CognitoIdentityProviderClient", user_pool_id: str, schools: tuple[SchoolPlan, ...]
) -> tuple[Account, ...]:
    """Create every account of every school; return them in the plans' order."""
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(_create(cognito, user_pool_id, plan.school.school_id, account))
            for plan in schools
            for account in plan.accounts
        ]
    return tuple(task.result() for task in tasks)


async def _create(
    cognito: "CognitoIdentityProviderClient", user_pool_id: str, school_id: SchoolId, account: AccountPlan
) -> Account:
    await cognito.admin_create_user(
        UserPoolId=user_pool_id,
        Username=account.username,
        MessageAction="SUPPRESS",
        UserAttributes=[
            {"Name": "custom:school_id", "Value": school_id},
            {"Name": "custom:person_id", "Value": account.person_id},
        ],
    )
    await cognito.admin_set_user_password(
        UserPoolId=user_pool_id, Username=account.username, Password=PASSWORD, Permanent=True
    )
    await cognito.admin_add_user_to_group(
        UserPoolId=user_pool_id, Username=account.username, GroupName=account.role.value
    )
    return Account(school_id=school_id, role=account.role, username=account.username, password=PASSWORD)
