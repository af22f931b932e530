"""Compares every deployed resource with its declaration, property by property."""

import copy
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from luca_local import live_buckets, live_identity, live_messaging, live_tables
from luca_local.aws_clients import AwsClients
from luca_local.declared_resources import Resource
from luca_local.deployment_errors import DeployedDifferently, TemplateError
from luca_local.differences import differences

_LIVE: Mapping[str, Callable[[AwsClients, Resource], Awaitable[dict[str, Any]]]] = {
    "AWS::DynamoDB::Table": lambda aws, of: live_tables.table(aws.dynamodb, of.physical_id),
    "AWS::S3::Bucket": lambda aws, of: live_buckets.bucket(aws.s3, of.physical_id),
    "AWS::S3::BucketPolicy": lambda aws, of: live_buckets.bucket_policy(aws.s3, of.properties["Bucket"]),
    "AWS::SQS::Queue": lambda aws, of: live_messaging.queue(aws.sqs, of.physical_id),
    "AWS::SQS::QueuePolicy": lambda aws, of: live_messaging.queue_policy(aws.sqs, of.properties["Queues"]),
    "AWS::SNS::Topic": lambda aws, of: live_messaging.topic(aws.sns, of.physical_id),
    "AWS::Cognito::UserPool": lambda aws, of: live_identity.user_pool(aws.cognito, of.physical_id),
    "AWS::Cognito::UserPoolClient": lambda aws, of: live_identity.user_pool_client(
        aws.cognito, of.properties["UserPoolId"], of.physical_id
    ),
    "AWS::Cognito::UserPoolGroup": lambda aws, of: live_identity.user_pool_group(
        aws.cognito, of.properties["UserPoolId"], of.physical_id
    ),
    "AWS::IAM::Role": lambda aws, of: live_identity.role(aws.iam, of.physical_id),
    "AWS::KMS::Key": lambda aws, of: live_identity.key(aws.kms, of.physical_id),
}

# What can't be read back: left out where the endpoint doesn't show it, compared where it does.
_UNSEEN: Mapping[str, tuple[tuple[str, ...], ...]] = {
    # The emulator has only on and off.
    "AWS::DynamoDB::Table": (("PointInTimeRecoverySpecification", "RecoveryPeriodInDays"),),
    # Used when the key is deleted, and known to CloudFormation alone.
    "AWS::KMS::Key": (("PendingWindowInDays",),),
}


async def check(aws: AwsClients, resources: Iterable[Resource]) -> None:
    """Read each resource back.

    Raises:
        DeployedDifferently: with every difference of every resource.
        TemplateError: a resource is of a type that can't be read back here.
    """
    found: list[str] = []
    for resource in resources:
        if resource.type not in _LIVE:
            raise TemplateError(f"{resource.path}: {resource.type} can't be read back")
        live = await _LIVE[resource.type](aws, resource)
        found += differences(_seen(resource, live), live, resource.path)
    if found:
        raise DeployedDifferently(found)


def _seen(resource: Resource, live: Mapping[str, Any]) -> dict[str, Any]:
    """The declared properties without those that the endpoint doesn't show."""
    properties = copy.deepcopy(dict(resource.properties))
    for path in _UNSEEN.get(resource.type, ()):
        expected: Any = properties
        shown: Any = live
        for step in path[:-1]:
            expected, shown = expected.get(step, {}), shown.get(step, {})
        if shown.get(path[-1]) is None:
            expected.pop(path[-1], None)
    return properties
