"""A CloudFormation stack made of one template, and awaited."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from luca_local.deployment_errors import StackFailed, TemplateError
from luca_local.template_language import Template

if TYPE_CHECKING:
    from types_aiobotocore_cloudformation.client import CloudFormationClient

_PATIENCE_S = 60.0
_POLL_S = 0.02  # the emulator is on this machine, and takes tens of milliseconds


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack that is complete.

    Attributes:
        template: what it was made of.
        parameters: every parameter's value, defaults included.
        physical_ids: by logical id.
        outputs: by name.
    """

    template: Template
    parameters: Mapping[str, str]
    physical_ids: Mapping[str, str]
    outputs: Mapping[str, str]


async def create(cloudformation: "CloudFormationClient", template: Template, values: Mapping[str, str]) -> Stack:
    """Make the template's stack, which must not exist yet.

    Args:
        cloudformation: the client.
        template: what to deploy.
        values: of parameters; those that the template doesn't declare are ignored.

    Raises:
        TemplateError: a parameter without default has no value.
        StackFailed: CloudFormation failed, or took more than a minute.
    """
    parameters = _parameters(template, values)
    await cloudformation.create_stack(
        StackName=template.stack,
        TemplateBody=template.text,
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
        Capabilities=["CAPABILITY_NAMED_IAM"],
        OnFailure="DO_NOTHING",  # what failed stays to be looked at
    )
    try:
        async with asyncio.timeout(_PATIENCE_S):
            await _completed(cloudformation, template.stack)
    except TimeoutError:
        raise StackFailed(template.stack, [f"not complete within {_PATIENCE_S:.0f} s"]) from None
    return await described(cloudformation, template)


async def described(cloudformation: "CloudFormationClient", template: Template) -> Stack:
    """The stack that was made of the template."""
    [stack] = (await cloudformation.describe_stacks(StackName=template.stack))["Stacks"]
    resources = await cloudformation.describe_stack_resources(StackName=template.stack)
    return Stack(
        template,
        parameters={each["ParameterKey"]: each["ParameterValue"] for each in stack.get("Parameters", [])},
        physical_ids={each["LogicalResourceId"]: each["PhysicalResourceId"] for each in resources["StackResources"]},
        outputs={each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])},
    )


def _parameters(template: Template, values: Mapping[str, str]) -> dict[str, str]:
    parameters: dict[str, str] = {}
    for name, default in template.parameters.items():
        value = values.get(name, default)
        if value is None:
            raise TemplateError(f"the parameter {name} of {template.name}.yaml has neither a value nor a default")
        parameters[name] = value
    return parameters


async def _completed(cloudformation: "CloudFormationClient", stack: str) -> None:
    while True:
        [description] = (await cloudformation.describe_stacks(StackName=stack))["Stacks"]
        status = description["StackStatus"]
        if status == "CREATE_COMPLETE":
            return
        if status != "CREATE_IN_PROGRESS":
            raise StackFailed(stack, await _reasons(cloudformation, stack))
        await asyncio.sleep(_POLL_S)


async def _reasons(cloudformation: "CloudFormationClient", stack: str) -> list[str]:
    events = (await cloudformation.describe_stack_events(StackName=stack))["StackEvents"]  # the latest first
    return [
        f"{event.get('LogicalResourceId', stack)}: {event['ResourceStatusReason']}"
        for event in reversed(events)
        if event.get("ResourceStatus", "").endswith("FAILED") and event.get("ResourceStatusReason")
    ]
