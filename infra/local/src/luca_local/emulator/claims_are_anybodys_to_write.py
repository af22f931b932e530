# ruff: noqa: SLF001 - a shim's work is the private parts of what it mends
"""Mends: whoever is logged in may write any attribute of the own account, and anybody may sign up.

ministack 1.5.33 stores a client's WriteAttributes, an attribute's `Mutable: false` and a pool's
AllowAdminCreateUserOnly, and asks none of them. On AWS a client's request to write what is not in its WriteAttributes
is NotAuthorizedException, a change of an immutable attribute is refused to everybody, and a pool for administrators
takes no sign-up (API reference, UpdateUserAttributes and SignUp; developer guide, "Working with user attributes").
Mended by asking before the operation runs.
"""

import base64
import json
from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import cognito

from luca_local.emulator.patching import original, replace


def install() -> None:
    """Ask the pool and the client first."""
    update = original(cognito, "_update_user_attributes", "data")
    admin_update = original(cognito, "_admin_update_user_attributes", "data")
    sign_up = original(cognito, "_sign_up", "data")
    original(cognito, "_user_pool_for_access_token", "access_token")
    original(cognito, "_ensure_schema_attributes", "pool")

    def _update_user_attributes(data: dict[str, Any]) -> Any:
        _, pool = cognito._user_pool_for_access_token(data.get("AccessToken", ""))
        if pool is not None:
            client = pool["_clients"].get(_client_id(data["AccessToken"]), {})
            if not _names(data) <= set(client.get("WriteAttributes", ())):
                return _refusal("NotAuthorizedException", "A client attempted to write unauthorized attribute")
            if refused := _immutable(pool, data):
                return refused
        return update(data)

    def _admin_update_user_attributes(data: dict[str, Any]) -> Any:
        pool = cognito._user_pools.get(data.get("UserPoolId"))
        if pool is not None and (refused := _immutable(pool, data)):
            return refused
        return admin_update(data)

    def _sign_up(data: dict[str, Any]) -> Any:
        for pool in cognito._user_pools.values():
            for_administrators = pool.get("AdminCreateUserConfig", {}).get("AllowAdminCreateUserOnly")
            if data.get("ClientId") in pool["_clients"] and for_administrators:
                return _refusal("NotAuthorizedException", "SignUp is not permitted for this user pool")
        return sign_up(data)

    replace(cognito, "_update_user_attributes", _update_user_attributes)
    replace(cognito, "_admin_update_user_attributes", _admin_update_user_attributes)
    replace(cognito, "_sign_up", _sign_up)


def _names(data: dict[str, Any]) -> set[str]:
    return {attribute.get("Name", "") for attribute in data.get("UserAttributes", ())}


def _immutable(pool: dict[str, Any], data: dict[str, Any]) -> Any:
    schema = cognito._ensure_schema_attributes(pool)["SchemaAttributes"]
    fixed = _names(data) & {attribute["Name"] for attribute in schema if not attribute.get("Mutable")}
    if not fixed:
        return None
    return _refusal("InvalidParameterException", f"user.{min(fixed)}: Attribute cannot be updated.")


def _client_id(access_token: str) -> str:
    payload = access_token.split(".")[1]  # verified by who found its user
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return str(claims.get("client_id", ""))


def _refusal(code: str, message: str) -> Any:
    return error_response_json(code, message, 400)
