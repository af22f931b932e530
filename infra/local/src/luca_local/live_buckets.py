"""An S3 bucket and its policy as they are, in the words of their CloudFormation types."""

import json
from collections.abc import Awaitable, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from types_aiobotocore_s3.client import S3Client

# What S3 answers when there is none of it.
_NONE = frozenset(
    {
        "NoSuchBucketPolicy",
        "NoSuchLifecycleConfiguration",
        "NoSuchPublicAccessBlockConfiguration",
        "ServerSideEncryptionConfigurationNotFoundError",
    }
)


async def bucket(s3: "S3Client", name: str) -> dict[str, Any]:
    """Its properties; what is switched off is absent."""
    versioning = await s3.get_bucket_versioning(Bucket=name)
    encryption = await _if_any(s3.get_bucket_encryption(Bucket=name))
    access = await _if_any(s3.get_public_access_block(Bucket=name))
    lifecycle = await _if_any(s3.get_bucket_lifecycle_configuration(Bucket=name))
    properties: dict[str, Any] = {"BucketName": name}
    if status := versioning.get("Status"):
        properties["VersioningConfiguration"] = {"Status": status}
    if encryption:
        rules = encryption["ServerSideEncryptionConfiguration"]["Rules"]
        properties["BucketEncryption"] = {
            "ServerSideEncryptionConfiguration": [_encryption_rule(each) for each in rules]
        }
    if access:
        properties["PublicAccessBlockConfiguration"] = access["PublicAccessBlockConfiguration"]
    if lifecycle:
        properties["LifecycleConfiguration"] = {"Rules": [_lifecycle_rule(each) for each in lifecycle["Rules"]]}
    return properties


async def bucket_policy(s3: "S3Client", name: str) -> dict[str, Any]:
    """The properties of the policy that is on a bucket."""
    policy = await _if_any(s3.get_bucket_policy(Bucket=name))
    return {"Bucket": name, "PolicyDocument": json.loads(policy["Policy"]) if policy else None}


def encryption_configuration(declared: Mapping[str, Any]) -> dict[str, Any]:
    """A template's `BucketEncryption` in the words of S3's API."""
    rules = declared["ServerSideEncryptionConfiguration"]
    return {
        "Rules": [
            _renamed(each, "ServerSideEncryptionByDefault", "ApplyServerSideEncryptionByDefault") for each in rules
        ]
    }


def lifecycle_configuration(declared: Mapping[str, Any]) -> dict[str, Any]:
    """A template's `LifecycleConfiguration` in the words of S3's API; our rules are for every object."""
    rules = []
    for each in declared["Rules"]:
        rule = _renamed(each, "Id", "ID")
        rule["Expiration"] = {"Days": rule.pop("ExpirationInDays")}
        rules.append({**rule, "Filter": {"Prefix": ""}})
    return {"Rules": rules}


def _encryption_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    return _renamed(rule, "ApplyServerSideEncryptionByDefault", "ServerSideEncryptionByDefault")


def _lifecycle_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    renamed = _renamed(rule, "ID", "Id")
    expiration = renamed.pop("Expiration", {})
    if not renamed.get("Filter", {}).get("Prefix"):
        renamed.pop("Filter", None)
    return {**renamed, "ExpirationInDays": expiration.get("Days")}


def _renamed(rule: Mapping[str, Any], old: str, new: str) -> dict[str, Any]:
    return {new if name == old else name: value for name, value in rule.items()}


async def _if_any(answer: Awaitable[Any]) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = await answer
    except ClientError as error:
        if error.response["Error"]["Code"] in _NONE:
            return None
        raise
    return {name: value for name, value in found.items() if name != "ResponseMetadata"}
