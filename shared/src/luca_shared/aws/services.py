"""The AWS services that the client speaks to, each with its dialect of AWS JSON."""

from enum import StrEnum
from typing import NamedTuple


class Service(StrEnum):
    """A service by the name that its signatures, its host and its metrics carry."""

    DYNAMODB = "dynamodb"
    SQS = "sqs"
    KMS = "kms"


class Dialect(NamedTuple):
    """What a service's requests say beside their body (botocore's service models: `targetPrefix`, `jsonVersion`).

    SQS has operations that answer with no body at all; from the others, none is a fault.
    """

    target_prefix: str
    content_type: str
    empty_answers: bool = False


DIALECTS = {
    Service.DYNAMODB: Dialect("DynamoDB_20120810", "application/x-amz-json-1.0"),
    Service.SQS: Dialect("AmazonSQS", "application/x-amz-json-1.0", empty_answers=True),
    Service.KMS: Dialect("TrentService", "application/x-amz-json-1.1"),
}
