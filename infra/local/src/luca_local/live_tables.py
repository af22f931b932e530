"""A DynamoDB table as it is, in the words of its CloudFormation type."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient


async def table(dynamodb: "DynamoDBClient", name: str) -> dict[str, Any]:
    """Its properties; what is switched off is absent."""
    live: Mapping[str, Any] = (await dynamodb.describe_table(TableName=name))["Table"]
    expiry = await dynamodb.describe_time_to_live(TableName=name)
    backups = await dynamodb.describe_continuous_backups(TableName=name)
    properties: dict[str, Any] = {
        "TableName": live["TableName"],
        "BillingMode": live.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED"),
        "AttributeDefinitions": live["AttributeDefinitions"],
        "KeySchema": live["KeySchema"],
        "DeletionProtectionEnabled": live.get("DeletionProtectionEnabled", False),
    }
    if indexes := live.get("GlobalSecondaryIndexes"):
        properties["GlobalSecondaryIndexes"] = [
            {name: index[name] for name in ("IndexName", "KeySchema", "Projection")} for index in indexes
        ]
    if (stream := live.get("StreamSpecification", {})).get("StreamEnabled"):
        properties["StreamSpecification"] = {"StreamViewType": stream["StreamViewType"]}
    if live.get("SSEDescription", {}).get("Status") == "ENABLED":
        properties["SSESpecification"] = {"SSEEnabled": True}
    if (ttl := expiry["TimeToLiveDescription"]).get("TimeToLiveStatus") in {"ENABLED", "ENABLING"}:
        properties["TimeToLiveSpecification"] = {"AttributeName": ttl.get("AttributeName"), "Enabled": True}
    recovery = backups["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
    if recovery.get("PointInTimeRecoveryStatus") == "ENABLED":
        properties["PointInTimeRecoverySpecification"] = {
            "PointInTimeRecoveryEnabled": True,
            "RecoveryPeriodInDays": recovery.get("RecoveryPeriodInDays"),
        }
    return properties
