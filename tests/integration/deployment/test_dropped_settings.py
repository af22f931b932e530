"""The emulator's fault, and its mend: its CloudFormation drops settings, and they are made by API."""

import dataclasses

from luca_local import dropped_settings, read_back, stacks
from luca_local.aws_clients import AwsClients
from luca_local.declared_resources import declared
from luca_local.deployment import TEMPLATES, Deployment
from luca_local.deployment_errors import DeployedDifferently
from luca_local.template_language import load

DROPPED = ("TimeToLiveSpecification", "PointInTimeRecoverySpecification", "SSESpecification")
OF_BUCKETS = {
    "dropped.PayloadBucket.BucketEncryption.ServerSideEncryptionConfiguration",
    "dropped.PayloadBucket.LifecycleConfiguration",
}
NAMES = {
    "TableName": "dropped",
    "KeysTableName": "dropped-keys",
    "GovSyncTableName": "dropped-gov-sync",
    "PayloadBucketPrefix": "dropped",
    "RequireTls": "false",
}


async def test_settings_are_dropped_until_they_are_applied(aws: AwsClients, deployment: Deployment) -> None:
    template = dataclasses.replace(load(TEMPLATES / "data.yaml"), name="dropped")
    stack = await stacks.create(aws.cloudformation, template, NAMES)
    resources = declared(stack, account=deployment.account_id, region=deployment.region)
    try:
        await read_back.check(aws, resources)
    except DeployedDifferently as found:
        places = {each.split()[0] for each in found.differences}
    else:
        places = set()
    assert (
        places
        == {
            f"dropped.{table}.{setting}"
            for table in ("Table", "KeysTable", "GovSyncTable")
            for setting in DROPPED
            if table == "Table" or setting != "TimeToLiveSpecification"
        }
        | OF_BUCKETS
    )
    await dropped_settings.apply(aws.dynamodb, resources)
    await dropped_settings.apply_to_buckets(aws.s3, resources)
    await read_back.check(aws, resources)
