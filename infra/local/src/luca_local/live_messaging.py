"""Queues, their policies and topics as they are, in the words of their CloudFormation types."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types_aiobotocore_sns.client import SNSClient
    from types_aiobotocore_sqs.client import SQSClient

_NUMBERS = (
    "VisibilityTimeout",
    "MessageRetentionPeriod",
    "ReceiveMessageWaitTimeSeconds",
    "DelaySeconds",
    "MaximumMessageSize",
)
_DOCUMENTS = ("RedrivePolicy", "RedriveAllowPolicy")


async def queue(sqs: "SQSClient", url: str) -> dict[str, Any]:
    """The queue's properties without its policy, which is a resource of its own."""
    attributes = await _attributes(sqs, url)
    properties: dict[str, Any] = {"QueueName": url.rpartition("/")[2]}
    properties |= {name: int(attributes[name]) for name in _NUMBERS}
    properties |= {name: json.loads(attributes[name]) for name in _DOCUMENTS if name in attributes}
    if key := attributes.get("KmsMasterKeyId"):
        properties["KmsMasterKeyId"] = key
    elif attributes.get("SqsManagedSseEnabled") == "true":
        properties["SqsManagedSseEnabled"] = True
    return properties


async def queue_policy(sqs: "SQSClient", urls: Sequence[str]) -> dict[str, Any]:
    """The properties of a policy that is on one queue."""
    [url] = urls  # our templates give each queue a policy of its own
    policy = (await _attributes(sqs, url)).get("Policy")
    return {"Queues": [url], "PolicyDocument": json.loads(policy) if policy else None}


async def topic(sns: "SNSClient", arn: str) -> dict[str, Any]:
    """The topic's properties."""
    attributes = (await sns.get_topic_attributes(TopicArn=arn))["Attributes"]
    properties = {"TopicName": attributes["TopicArn"].rpartition(":")[2]}
    if key := attributes.get("KmsMasterKeyId"):
        properties["KmsMasterKeyId"] = key
    return properties


async def _attributes(sqs: "SQSClient", url: str) -> dict[str, str]:
    answer = await sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    return {str(name): value for name, value in answer["Attributes"].items()}
