"""User pools, roles and keys as they are, in the words of their CloudFormation types."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types_aiobotocore_cognito_idp.client import CognitoIdentityProviderClient
    from types_aiobotocore_iam.client import IAMClient
    from types_aiobotocore_kms.client import KMSClient

_CUSTOM = "custom:"
_CLIENT = (
    "ClientName",
    "UserPoolId",
    "ExplicitAuthFlows",
    "SupportedIdentityProviders",
    "ReadAttributes",
    "WriteAttributes",
    "IdTokenValidity",
    "AccessTokenValidity",
    "RefreshTokenValidity",
    "TokenValidityUnits",
    "EnableTokenRevocation",
    "PreventUserExistenceErrors",
)


async def user_pool(cognito: "CognitoIdentityProviderClient", pool_id: str) -> dict[str, Any]:
    """The pool's properties; of its attributes the custom ones, the others being Cognito's own."""
    live: Mapping[str, Any] = (await cognito.describe_user_pool(UserPoolId=pool_id))["UserPool"]
    return {
        "UserPoolName": live["Name"],
        "DeletionProtection": live.get("DeletionProtection"),
        "AdminCreateUserConfig": _of(live.get("AdminCreateUserConfig"), "AllowAdminCreateUserOnly"),
        "Schema": [_schema(each) for each in live["SchemaAttributes"] if each["Name"].startswith(_CUSTOM)],
        "UsernameConfiguration": live.get("UsernameConfiguration"),
        "AccountRecoverySetting": live.get("AccountRecoverySetting"),
        "Policies": _of(live.get("Policies"), "PasswordPolicy"),
    }


async def user_pool_client(cognito: "CognitoIdentityProviderClient", pool_id: str, client_id: str) -> dict[str, Any]:
    """The app client's properties."""
    answer = await cognito.describe_user_pool_client(UserPoolId=pool_id, ClientId=client_id)
    live: Mapping[str, Any] = answer["UserPoolClient"]
    return {**{name: live.get(name) for name in _CLIENT}, "GenerateSecret": bool(live.get("ClientSecret"))}


async def user_pool_group(cognito: "CognitoIdentityProviderClient", pool_id: str, name: str) -> dict[str, Any]:
    """The group's properties."""
    live: Mapping[str, Any] = (await cognito.get_group(UserPoolId=pool_id, GroupName=name))["Group"]
    return {"RoleArn": live.get("RoleArn") or None, **_of(live, "GroupName", "UserPoolId", "Description", "Precedence")}


async def role(iam: "IAMClient", name: str) -> dict[str, Any]:
    """The role's properties, with every policy that is on it, wherever it comes from."""
    live: Mapping[str, Any] = (await iam.get_role(RoleName=name))["Role"]
    attached = await iam.list_attached_role_policies(RoleName=name)
    inline = await iam.list_role_policies(RoleName=name)
    policies = [await iam.get_role_policy(RoleName=name, PolicyName=policy) for policy in inline["PolicyNames"]]
    return {
        **_of(live, "RoleName", "Description", "MaxSessionDuration", "AssumeRolePolicyDocument"),
        "ManagedPolicyArns": [each.get("PolicyArn") for each in attached["AttachedPolicies"]],
        "Policies": [
            {"PolicyName": policy["PolicyName"], "PolicyDocument": policy["PolicyDocument"]} for policy in policies
        ],
    }


async def key(kms: "KMSClient", key_id: str) -> dict[str, Any]:
    """The key's properties."""
    live: Mapping[str, Any] = (await kms.describe_key(KeyId=key_id))["KeyMetadata"]
    rotation = await kms.get_key_rotation_status(KeyId=key_id)
    policy = await kms.get_key_policy(KeyId=key_id, PolicyName="default")
    return {
        "Description": live.get("Description"),
        "MultiRegion": live.get("MultiRegion", False),
        "EnableKeyRotation": rotation["KeyRotationEnabled"],
        "KeyPolicy": json.loads(policy["Policy"]),
    }


def _of(live: Mapping[str, Any] | None, *names: str) -> dict[str, Any]:
    return {name: live[name] for name in names if name in live} if live else {}


def _schema(attribute: Mapping[str, Any]) -> dict[str, Any]:
    kept = _of(attribute, "AttributeDataType", "Mutable", "StringAttributeConstraints")
    return {"Name": attribute["Name"].removeprefix(_CUSTOM), **kept}
