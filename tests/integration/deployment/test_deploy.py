import dataclasses
from pathlib import Path

import pytest

from luca_local import stacks
from luca_local.aws_clients import AwsClients
from luca_local.deployment import Deployment, deploy, verify
from luca_local.deployment_errors import DeploymentError, StackFailed, TemplateError
from luca_local.running_emulator import EmulatorAccount
from luca_local.template_language import load
from luca_shared.aws.credentials import Credentials


async def test_every_output_is_there(deployment: Deployment) -> None:
    assert all(dataclasses.astuple(deployment))
    assert deployment.table_name == "luca"
    assert deployment.table_arn == f"arn:aws:dynamodb:us-east-1:{deployment.account_id}:table/luca"
    assert deployment.tenant_role_arn == f"arn:aws:iam::{deployment.account_id}:role/luca-tenant"


@pytest.mark.usefixtures("deployment")
async def test_each_step_is_told(progress: list[str]) -> None:
    assert progress[:3] == ["stack luca-data made", "stack luca-messaging made", "stack luca-identity made"]
    assert progress[-1].endswith("all as in the templates")


async def test_what_the_emulator_drops_is_there(aws: AwsClients, deployment: Deployment) -> None:
    expiry = await aws.dynamodb.describe_time_to_live(TableName=deployment.table_name)
    assert expiry["TimeToLiveDescription"] == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}
    for table in (deployment.table_name, deployment.keys_table_name, deployment.gov_sync_table_name):
        backups = await aws.dynamodb.describe_continuous_backups(TableName=table)
        recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
        assert recovery["PointInTimeRecoveryStatus"] == "ENABLED"
        described = await aws.dynamodb.describe_table(TableName=table)
        assert described["Table"]["SSEDescription"]["Status"] == "ENABLED"


async def test_a_second_deployment_is_refused_in_plain_words(
    own_emulator: EmulatorAccount, deployment: Deployment
) -> None:
    with pytest.raises(DeploymentError, match="already exists"):
        await deploy(own_emulator.endpoint_url, own_emulator.admin, deployment.region)


async def test_a_stack_that_fails_says_why(aws: AwsClients, tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text(
        "Resources:\n"
        "  Fine: {Type: AWS::SNS::Topic}\n"
        "  Broken: {Type: AWS::KMS::Alias, Properties: {AliasName: no-alias, TargetKeyId: !Ref Fine}}\n"
    )
    with pytest.raises(StackFailed) as failed:
        await stacks.create(aws.cloudformation, load(path), {})
    assert failed.value.stack == "luca-broken"
    assert any(reason.startswith("Broken: ") and "alias/" in reason for reason in failed.value.reasons)


async def test_a_parameter_without_value_is_named(aws: AwsClients, tmp_path: Path) -> None:
    path = tmp_path / "open.yaml"
    path.write_text("Parameters:\n  Missing: {Type: String}\nResources:\n  Topic: {Type: AWS::SNS::Topic}\n")
    with pytest.raises(TemplateError, match=r"Missing of open\.yaml"):
        await stacks.create(aws.cloudformation, load(path), {})


async def test_an_endpoint_that_is_not_there_is_told() -> None:
    with pytest.raises(DeploymentError, match="Could not connect"):
        await verify("http://127.0.0.1:9", Credentials("test", "test"), "us-east-1")
