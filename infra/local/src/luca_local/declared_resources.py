"""The resources of a stack as its template declares them, with everything computed and nothing left to a default."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from luca_local.deployment_errors import TemplateError
from luca_local.stacks import Stack
from luca_local.template_language import Scope, resolve

_PARTITION = "aws"

# `!GetAtt X.Arn` by the type of X; the name in it is the physical id, of a queue the end of it (its URL).
_ARNS: Mapping[str, str] = {
    "AWS::DynamoDB::Table": "arn:{partition}:dynamodb:{region}:{account}:table/{name}",
    "AWS::IAM::Role": "arn:{partition}:iam::{account}:role/{name}",
    "AWS::KMS::Key": "arn:{partition}:kms:{region}:{account}:key/{name}",
    "AWS::S3::Bucket": "arn:{partition}:s3:::{name}",
    "AWS::SQS::Queue": "arn:{partition}:sqs:{region}:{account}:{name}",
}

# What a property is when the template doesn't name it, where that isn't simply "absent".
_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "AWS::DynamoDB::Table": {"DeletionProtectionEnabled": False},
    "AWS::IAM::Role": {"MaxSessionDuration": 3600, "Policies": [], "ManagedPolicyArns": []},
    "AWS::KMS::Key": {"MultiRegion": False, "EnableKeyRotation": False},
    "AWS::SQS::Queue": {"DelaySeconds": 0, "MaximumMessageSize": 1048576},
}


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource as declared.

    Attributes:
        path: `{template}.{logical id}`, for messages.
        type: CloudFormation's name of it.
        physical_id: what `!Ref` gives.
        properties: in CloudFormation's vocabulary.
    """

    path: str
    type: str
    physical_id: str
    properties: Mapping[str, Any]


def declared(stack: Stack, *, account: str, region: str) -> list[Resource]:
    """The stack's resources; policies that stand alone are among the `Policies` of their roles, where they end up."""
    body = stack.template.body
    types = {logical_id: resource["Type"] for logical_id, resource in body["Resources"].items()}

    def attribute(logical_id: str, name: str) -> str:
        arn = _ARNS.get(types.get(logical_id, ""))
        if arn is None or name != "Arn":
            raise TemplateError(f"{logical_id}.{name} is not understood")
        last = stack.physical_ids[logical_id].rpartition("/")[2]
        return arn.format(partition=_PARTITION, region=region, account=account, name=last)

    pseudo = {"AWS::AccountId": account, "AWS::Region": region, "AWS::Partition": _PARTITION}
    scope = Scope(pseudo | dict(stack.parameters) | dict(stack.physical_ids), attribute, body.get("Conditions", {}))
    return _with_policies_in_their_roles(
        Resource(
            f"{stack.template.name}.{logical_id}",
            types[logical_id],
            stack.physical_ids[logical_id],
            {**_DEFAULTS.get(types[logical_id], {}), **resolve(resource.get("Properties", {}), scope)},
        )
        for logical_id, resource in body["Resources"].items()
    )


def _with_policies_in_their_roles(resources: Iterable[Resource]) -> list[Resource]:
    everything = list(resources)
    policies = [each.properties for each in everything if each.type == "AWS::IAM::Policy"]
    return [
        replace(each, properties={**each.properties, "Policies": _policies_of(each, policies)})
        if each.type == "AWS::IAM::Role"
        else each
        for each in everything
        if each.type != "AWS::IAM::Policy"
    ]


def _policies_of(role: Resource, policies: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    alone = [
        {"PolicyName": policy["PolicyName"], "PolicyDocument": policy["PolicyDocument"]}
        for policy in policies
        if role.physical_id in policy["Roles"]
    ]
    return [*role.properties["Policies"], *alone]
