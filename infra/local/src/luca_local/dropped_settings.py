"""Settings that the emulator's CloudFormation drops without a word, made by API from the template's values.

When a stack is created, ministack 1.5.33 reads neither TimeToLiveSpecification nor PointInTimeRecoverySpecification nor
SSESpecification of a table, and neither BucketEncryption nor LifecycleConfiguration of a bucket. On AWS there is
nothing to do here.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from luca_local.declared_resources import Resource
from luca_local.live_buckets import encryption_configuration, lifecycle_configuration

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient
    from types_aiobotocore_s3.client import S3Client


async def apply(dynamodb: "DynamoDBClient", resources: Iterable[Resource]) -> None:
    """Give every table among the resources the settings that its template declares."""
    for resource in resources:
        if resource.type == "AWS::DynamoDB::Table":
            await _apply(dynamodb, resource.physical_id, resource.properties)


async def _apply(dynamodb: "DynamoDBClient", table: str, declared: Mapping[str, Any]) -> None:
    if expiry := declared.get("TimeToLiveSpecification"):
        await dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification=expiry)
    if recovery := declared.get("PointInTimeRecoverySpecification"):
        await dynamodb.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=recovery)
    if encryption := declared.get("SSESpecification"):
        await dynamodb.update_table(TableName=table, SSESpecification={"Enabled": encryption["SSEEnabled"]})


async def apply_to_buckets(s3: "S3Client", resources: Iterable[Resource]) -> None:
    """Give every bucket among the resources the settings that its template declares."""
    for resource in resources:
        if resource.type != "AWS::S3::Bucket":
            continue
        if encryption := resource.properties.get("BucketEncryption"):
            configuration: Any = encryption_configuration(encryption)
            await s3.put_bucket_encryption(Bucket=resource.physical_id, ServerSideEncryptionConfiguration=configuration)
        if lifecycle := resource.properties.get("LifecycleConfiguration"):
            rules: Any = lifecycle_configuration(lifecycle)
            await s3.put_bucket_lifecycle_configuration(Bucket=resource.physical_id, LifecycleConfiguration=rules)
