"""What the user pool consists of, taken away: sign-ups for all, claims that change, a client that may write them."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from luca_local.isolation.policy_wall.account import Account, UserPool
from luca_local.isolation.policy_wall.user_pool import CLAIMS


def open_to_sign_ups(account: Account) -> Callable[[], AbstractContextManager[None]]:
    """Let everybody sign up."""

    @contextmanager
    def removed() -> Iterator[None]:
        cognito = account.client("root", "cognito-idp")
        settings = {"UserPoolId": account.pool.pool_id}
        cognito.update_user_pool(**settings, AdminCreateUserConfig={"AllowAdminCreateUserOnly": False})
        try:
            yield
        finally:
            cognito.update_user_pool(**settings, AdminCreateUserConfig={"AllowAdminCreateUserOnly": True})

    return removed


def another_pool(account: Account, *, mutable: bool, writable: bool) -> Callable[[], AbstractContextManager[None]]:
    """Use a pool whose claims may be changed at all, or by its client: neither can be taken from one that is there."""

    @contextmanager
    def removed() -> Iterator[None]:
        cognito, was = account.client("root", "cognito-idp"), account.pool
        pool = cognito.create_user_pool(
            PoolName=f"lax-{secrets.token_hex(4)}",
            AdminCreateUserConfig={"AllowAdminCreateUserOnly": True},
            Schema=[
                {"Name": name.removeprefix("custom:"), "AttributeDataType": "String", "Mutable": mutable}
                for name in CLAIMS
            ],
        )["UserPool"]["Id"]
        client = cognito.create_user_pool_client(
            UserPoolId=pool,
            ClientName="lax",
            ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
            WriteAttributes=["locale", *(CLAIMS if writable else ())],
        )["UserPoolClient"]["ClientId"]
        account.pool = UserPool(pool, client)
        try:
            yield
        finally:
            account.pool = was

    return removed
