"""What an AWS answer means: a result, or one of our errors."""

import zlib
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import orjson

from luca_shared.aws.attributes import decode_item
from luca_shared.aws.errors import (
    PASSING_REASONS,
    AccessDenied,
    AwsError,
    CancellationReason,
    ConditionFailed,
    Conflict,
    CredentialsRejected,
    Rejected,
    Throttled,
    TokenReused,
    TransactionCanceled,
    Unavailable,
)

# The codes that answers carry, without the namespace before `#`. Sources: the services' API references ("Common
# errors" and each operation's own) and botocore's retry rules (`_retry.json`, `retries/standard.py`).
_MEANINGS: dict[str, type[AwsError]] = {
    "BandwidthLimitExceeded": Throttled,
    "LimitExceededException": Throttled,
    "OverLimit": Throttled,  # SQS: 120,000 messages are in flight
    "ProvisionedThroughputExceededException": Throttled,
    "RequestLimitExceeded": Throttled,
    "RequestThrottled": Throttled,
    "RequestThrottledException": Throttled,
    "SlowDown": Throttled,
    "Throttling": Throttled,
    "ThrottlingException": Throttled,
    "ThrottledException": Throttled,
    "TooManyRequestsException": Throttled,
    "KmsThrottled": Throttled,
    "TransactionConflictException": Conflict,
    "TransactionInProgressException": Conflict,  # our own earlier attempt, with the same token, is not finished yet
    "ReplicatedWriteConflictException": Conflict,
    "AccessDenied": AccessDenied,
    "AccessDeniedException": AccessDenied,
    "KmsAccessDenied": AccessDenied,
    "ExpiredToken": CredentialsRejected,
    "ExpiredTokenException": CredentialsRejected,
    "IncompleteSignature": CredentialsRejected,
    "IncompleteSignatureException": CredentialsRejected,
    "InvalidClientTokenId": CredentialsRejected,
    "InvalidSignatureException": CredentialsRejected,
    "MissingAuthenticationToken": CredentialsRejected,
    "MissingAuthenticationTokenException": CredentialsRejected,
    "RequestExpired": CredentialsRejected,
    "RequestInTheFuture": CredentialsRejected,
    "RequestTimeTooSkewed": CredentialsRejected,
    "SignatureDoesNotMatch": CredentialsRejected,
    "UnrecognizedClientException": CredentialsRejected,
    "IdempotentParameterMismatchException": TokenReused,
    "RequestTimeout": Unavailable,
    "RequestTimeoutException": Unavailable,
    "InternalFailure": Unavailable,
    "InternalServerError": Unavailable,
    "ServiceUnavailable": Unavailable,
    "ServiceUnavailableException": Unavailable,
}

Content = TypeVar("Content")

_CONFLICT = "TransactionConflict"


def read_answer(
    operation: str, status: int, headers: Mapping[str, str], body: bytes, read: Callable[[bytes], Content | None]
) -> Content | AwsError:
    """Return the result, or the error that the answer stands for.

    The names of `headers` are in lower case. `read` reads the body of a success; None is a body that can't be read.
    """
    request_id = headers.get("x-amzn-requestid")
    checksum = headers.get("x-amz-crc32")
    if checksum is not None and checksum != str(zlib.crc32(body)):
        return Unavailable(operation, "ChecksumMismatch", request_id)
    if status == 200:
        result = read(body)
        return Unavailable(operation, "UnreadableAnswer", request_id) if result is None else result
    content = json_object(body) or {}
    return _error(operation, status, _code(status, headers, content), request_id, content)


def json_object_if_any(body: bytes) -> dict[str, Any] | None:
    """Read a body that is a JSON object, or empty; None if it is neither."""
    return json_object(body) if body else {}


def json_object(body: bytes) -> dict[str, Any] | None:
    """Read a body that is a JSON object; None if it is none."""
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return content if isinstance(content, dict) else None


def _code(status: int, headers: Mapping[str, str], content: Mapping[str, Any]) -> str:
    named = headers.get("x-amzn-errortype") or content.get("__type") or content.get("code")
    if not isinstance(named, str):
        return f"HTTP{status}"  # not AWS's answer but one of something on the way to it
    return named.split(":", 1)[0].rsplit("#", 1)[-1]


def _error(operation: str, status: int, code: str, request_id: str | None, content: Mapping[str, Any]) -> AwsError:
    if code == "ConditionalCheckFailedException":
        return ConditionFailed(operation, code, request_id, item=_old_item(content))
    if code == "TransactionCanceledException":
        return _canceled(operation, code, request_id, content)
    meaning = _MEANINGS.get(code) or _meaning_of_status(status)
    return meaning(operation, code, request_id)


def _meaning_of_status(status: int) -> type[AwsError]:
    match status:
        case 408:
            return Unavailable
        case 429:
            return Throttled
        case 403:
            return AccessDenied
        case _:
            return Unavailable if status >= 500 else Rejected


def _canceled(operation: str, code: str, request_id: str | None, content: Mapping[str, Any]) -> AwsError:
    """A transaction in whose way stood nothing but other requests is worth sending again as it is."""
    reasons = tuple(
        CancellationReason(reason.get("Code", "None"), _old_item(reason))
        for reason in content.get("CancellationReasons", ())
    )
    codes = {reason.code for reason in reasons}
    if codes <= {"None"} or not codes <= PASSING_REASONS:
        return TransactionCanceled(operation, code, request_id, reasons=reasons)
    return (Conflict if _CONFLICT in codes else Throttled)(operation, code, request_id)


def _old_item(content: Mapping[str, Any]) -> dict[str, Any] | None:
    item = content.get("Item")
    return decode_item(item) if item else None
