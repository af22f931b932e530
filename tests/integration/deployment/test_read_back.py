"""Whatever is changed behind the templates' back is named: the check that everything rests on can fail."""

import json
from collections.abc import Awaitable, Callable

from tests.localstack import NewEmulator, require_identity

from luca_local.aws_clients import AwsClients, aws_clients
from luca_local.deployment import Deployment, deploy, verify
from luca_local.deployment_errors import DeployedDifferently
from luca_local.running_emulator import EmulatorAccount

Plant = Callable[[AwsClients, Deployment], Awaitable[object]]


async def differences(emulator: EmulatorAccount) -> tuple[str, ...]:
    try:
        await verify(emulator.endpoint_url, emulator.admin, emulator.region)
    except DeployedDifferently as found:
        return found.differences
    return ()


async def weaken_the_tenant_policy(aws: AwsClients, _: Deployment) -> None:
    got = await aws.iam.get_role_policy(RoleName="luca-tenant", PolicyName="one-school")
    document = json.loads(json.dumps(got["PolicyDocument"]))
    del document["Statement"][0]["Condition"]["Null"]
    await aws.iam.put_role_policy(RoleName="luca-tenant", PolicyName="one-school", PolicyDocument=json.dumps(document))


async def trust_everybody(aws: AwsClients, _: Deployment) -> None:
    got = await aws.iam.get_role(RoleName="luca-edge")
    document = json.loads(json.dumps(got["Role"]["AssumeRolePolicyDocument"]))
    document["Statement"].append(
        {"Sid": "More", "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    )
    await aws.iam.update_assume_role_policy(RoleName="luca-edge", PolicyDocument=json.dumps(document))


ALLOW_ALL = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"}]}
)

TENANT_STATEMENTS = "identity.TenantRole.Policies[one-school].PolicyDocument.Statement"

FAULTS: dict[str, Plant] = {
    "data.Table.TimeToLiveSpecification": lambda aws, of: aws.dynamodb.update_time_to_live(
        TableName=of.table_name, TimeToLiveSpecification={"AttributeName": "expires_at", "Enabled": False}
    ),
    "data.KeysTable.PointInTimeRecoverySpecification": lambda aws, of: aws.dynamodb.update_continuous_backups(
        TableName=of.keys_table_name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False}
    ),
    "data.Table.DeletionProtectionEnabled": lambda aws, of: aws.dynamodb.update_table(
        TableName=of.table_name, DeletionProtectionEnabled=False
    ),
    "data.KeysTable.StreamSpecification": lambda aws, of: aws.dynamodb.update_table(
        TableName=of.keys_table_name,
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
    ),
    "data.Table.GlobalSecondaryIndexes[pending]": lambda aws, of: aws.dynamodb.update_table(
        TableName=of.table_name, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "pending"}}]
    ),
    "data.PayloadBucket.VersioningConfiguration.Status": lambda aws, of: aws.s3.put_bucket_versioning(
        Bucket=of.payload_bucket_name, VersioningConfiguration={"Status": "Suspended"}
    ),
    "data.PayloadBucket.PublicAccessBlockConfiguration": lambda aws, of: aws.s3.delete_public_access_block(
        Bucket=of.payload_bucket_name
    ),
    "data.PayloadBucket.BucketEncryption": lambda aws, of: aws.s3.delete_bucket_encryption(
        Bucket=of.payload_bucket_name
    ),
    "data.PayloadBucket.LifecycleConfiguration": lambda aws, of: aws.s3.delete_bucket_lifecycle(
        Bucket=of.payload_bucket_name
    ),
    "data.PayloadBucketPolicy.PolicyDocument": lambda aws, of: aws.s3.delete_bucket_policy(
        Bucket=of.payload_bucket_name
    ),
    "messaging.Queue.VisibilityTimeout": lambda aws, of: aws.sqs.set_queue_attributes(
        QueueUrl=of.queue_url, Attributes={"VisibilityTimeout": "30"}
    ),
    "messaging.QueuePolicy.PolicyDocument": lambda aws, of: aws.sqs.set_queue_attributes(
        QueueUrl=of.queue_url, Attributes={"Policy": ""}
    ),
    "identity.UserPoolClient.WriteAttributes": lambda aws, of: aws.cognito.update_user_pool_client(
        UserPoolId=of.user_pool_id, ClientId=of.user_pool_client_id, WriteAttributes=["locale", "email"]
    ),
    "identity.UserPool.Schema[colour]": lambda aws, of: aws.cognito.add_custom_attributes(
        UserPoolId=of.user_pool_id,
        CustomAttributes=[{"Name": "colour", "AttributeDataType": "String", "Mutable": True}],
    ),
    f"{TENANT_STATEMENTS}[ItemsOfTheSchool].Condition.Null": weaken_the_tenant_policy,
    "identity.InteractiveRole.Policies[more]": lambda aws, _: aws.iam.put_role_policy(
        RoleName="luca-interactive", PolicyName="more", PolicyDocument=ALLOW_ALL
    ),
    "identity.GovSyncRole.ManagedPolicyArns": lambda aws, _: aws.iam.attach_role_policy(
        RoleName="luca-gov-sync", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
    ),
    "identity.EdgeRole.AssumeRolePolicyDocument.Statement[More]": trust_everybody,
    "identity.SchoolKey.EnableKeyRotation": lambda aws, of: aws.kms.disable_key_rotation(KeyId=of.kms_key_arn),
    "messaging.DeadLetterKey.KeyPolicy": lambda aws, of: aws.kms.put_key_policy(
        KeyId=of.dead_letter_key_arn, PolicyName="default", Policy=ALLOW_ALL
    ),
}


async def test_every_planted_difference_is_named_and_nothing_else(new_emulator: NewEmulator) -> None:
    # An emulator for this test alone, because it spoils what is deployed.
    with new_emulator() as emulator:
        require_identity(emulator)
        deployment = await deploy(emulator.endpoint_url, emulator.admin, emulator.region)
        assert await differences(emulator) == ()
        async with aws_clients(emulator.endpoint_url, emulator.admin, emulator.region) as aws:
            for plant in FAULTS.values():
                await plant(aws, deployment)
        found = await differences(emulator)
    assert [place for place in FAULTS if not any(each.startswith(place) for each in found)] == []
    along_with_the_index = "data.Table.AttributeDefinitions[pending_"
    assert [each for each in found if not each.startswith((*FAULTS, along_with_the_index))] == []
