from luca_local.declared_resources import Resource, declared
from luca_local.deployment import TEMPLATES
from luca_local.stacks import Stack
from luca_local.template_language import load

ACCOUNT, REGION = "123456789012", "eu-south-2"


def resources(name: str, **parameters: str) -> dict[str, Resource]:
    """A template's resources, each called in AWS by its logical id (a queue by a URL that ends with it)."""
    template = load(TEMPLATES / f"{name}.yaml")
    values = {parameter: default or "arn:x" for parameter, default in template.parameters.items()}
    ids = {
        logical_id: f"https://sqs/{ACCOUNT}/{logical_id}" if each["Type"] == "AWS::SQS::Queue" else logical_id
        for logical_id, each in template.body["Resources"].items()
    }
    stack = Stack(template, values | {"StandInArn": ""} | parameters, ids, {})
    return {each.path: each for each in declared(stack, account=ACCOUNT, region=REGION)}


def test_a_role_has_the_policies_that_stand_alone() -> None:
    tenant = resources("identity")["identity.TenantRole"]
    assert [policy["PolicyName"] for policy in tenant.properties["Policies"]] == ["one-school"]
    assert "identity.TenantPolicy" not in resources("identity")


def test_a_role_keeps_its_own_policies() -> None:
    edge = resources("identity")["identity.EdgeRole"]
    assert [policy["PolicyName"] for policy in edge.properties["Policies"]] == ["edge"]


def test_references_become_arns_of_the_account_and_region() -> None:
    queue = resources("messaging")["messaging.Queue"]
    assert queue.properties["RedrivePolicy"]["deadLetterTargetArn"] == f"arn:aws:sqs:{REGION}:{ACCOUNT}:DeadLetterQueue"
    [trust] = resources("identity")["identity.TenantRole"].properties["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"]["AWS"][0] == f"arn:aws:iam::{ACCOUNT}:role/InteractiveRole"


def test_variables_of_policies_stay_variables() -> None:
    [policy] = resources("identity")["identity.TenantRole"].properties["Policies"]
    text = str(policy)
    assert "TENANT#${aws:PrincipalTag/school_id}#*" in text
    assert f"arn:aws:s3:::luca-payloads-{ACCOUNT}-{REGION}/${{aws:PrincipalTag/school_id}}/*" in text


def test_what_a_template_leaves_out_is_a_default_that_can_be_compared() -> None:
    assert resources("identity")["identity.EdgeRole"].properties["MaxSessionDuration"] == 3600
    assert resources("messaging")["messaging.DeadLetterKey"].properties["MultiRegion"] is False


def test_the_stand_in_is_there_only_when_it_is_named() -> None:
    def sids(**parameters: str) -> list[str]:
        role = resources("identity", **parameters)["identity.EdgeRole"]
        return [each["Sid"] for each in role.properties["AssumeRolePolicyDocument"]["Statement"]]

    assert sids() == ["ApiGateway"]
    assert sids(StandInArn="arn:aws:iam::123456789012:root") == ["ApiGateway", "StandIn"]


def test_tls_is_required_unless_switched_off() -> None:
    def sids(**parameters: str) -> list[str]:
        policy = resources("messaging", **parameters)["messaging.QueuePolicy"]
        return [each["Sid"] for each in policy.properties["PolicyDocument"]["Statement"]]

    assert sids() == ["OnlyTheEdgeAndTheRedriveSend", "OnlyTls"]
    assert sids(RequireTls="false") == ["OnlyTheEdgeAndTheRedriveSend"]
