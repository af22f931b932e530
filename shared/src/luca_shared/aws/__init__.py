"""The AWS client: hot JSON calls that are signed one by one, so that one pool of connections serves every school."""

from luca_shared.aws.attributes import Item, decode_item, decode_value, encode_item, encode_value
from luca_shared.aws.client import AwsClient
from luca_shared.aws.credentials import Credentials
from luca_shared.aws.dynamodb import DynamoDB
from luca_shared.aws.errors import (
    AccessDenied,
    AwsError,
    CancellationReason,
    ConditionFailed,
    Conflict,
    CredentialsRejected,
    NoCredentials,
    Rejected,
    Throttled,
    TokenReused,
    TransactionCanceled,
    Unavailable,
)
from luca_shared.aws.expressions import (
    BeginsWith,
    Between,
    Condition,
    Page,
    Query,
    Update,
    absent,
    assign,
    equals,
    present,
)
from luca_shared.aws.kms import DataKey, Kms
from luca_shared.aws.platform_credentials import PlatformCredentials
from luca_shared.aws.retries import RetryPolicy
from luca_shared.aws.services import Service
from luca_shared.aws.sqs import Message, OutgoingMessage, Sqs
from luca_shared.aws.statements import Duplicate, Failed, Statement, StatementResult, Written
from luca_shared.aws.timeouts import Timeouts
from luca_shared.aws.transactions import TransactCheck, TransactDelete, TransactPut, TransactUpdate, TransactWrite

__all__ = [
    "AccessDenied",
    "AwsClient",
    "AwsError",
    "BeginsWith",
    "Between",
    "CancellationReason",
    "Condition",
    "ConditionFailed",
    "Conflict",
    "Credentials",
    "CredentialsRejected",
    "DataKey",
    "Duplicate",
    "DynamoDB",
    "Failed",
    "Item",
    "Kms",
    "Message",
    "NoCredentials",
    "OutgoingMessage",
    "Page",
    "PlatformCredentials",
    "Query",
    "Rejected",
    "RetryPolicy",
    "Service",
    "Sqs",
    "Statement",
    "StatementResult",
    "Throttled",
    "Timeouts",
    "TokenReused",
    "TransactCheck",
    "TransactDelete",
    "TransactPut",
    "TransactUpdate",
    "TransactWrite",
    "TransactionCanceled",
    "Unavailable",
    "Update",
    "Written",
    "absent",
    "assign",
    "decode_item",
    "decode_value",
    "encode_item",
    "encode_value",
    "equals",
    "present",
]
