import zlib
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from luca_shared.aws.answers import json_object, json_object_if_any, read_answer
from luca_shared.aws.errors import (
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


def answer(status: int, content: Any, operation: str = "PutItem", **headers: str) -> dict[str, Any] | AwsError:
    named = {name.replace("_", "-").lower(): value for name, value in headers.items()}
    return read_answer(operation, status, named, orjson.dumps(content), json_object)


def failure(status: int, content: Any, operation: str = "PutItem", **headers: str) -> AwsError:
    error = answer(status, content, operation, **headers)
    assert isinstance(error, AwsError)
    return error


def error_of(code: str, status: int = 400, **members: Any) -> AwsError:
    return failure(status, {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", **members})


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("ProvisionedThroughputExceededException", 400, Throttled),
        ("ThrottlingException", 400, Throttled),
        ("RequestLimitExceeded", 400, Throttled),
        ("TransactionConflictException", 400, Conflict),
        ("TransactionInProgressException", 400, Conflict),
        ("ConditionalCheckFailedException", 400, ConditionFailed),
        ("AccessDeniedException", 400, AccessDenied),
        ("ExpiredTokenException", 400, CredentialsRejected),
        ("UnrecognizedClientException", 400, CredentialsRejected),
        ("InvalidClientTokenId", 403, CredentialsRejected),
        ("IncompleteSignature", 403, CredentialsRejected),
        ("InvalidSignatureException", 400, CredentialsRejected),
        ("IdempotentParameterMismatchException", 400, TokenReused),
        ("ValidationException", 400, Rejected),
        ("ResourceNotFoundException", 400, Rejected),
        ("SerializationException", 400, Rejected),
        ("InternalServerError", 500, Unavailable),
        ("ServiceUnavailable", 503, Unavailable),
        ("KMSInternalException", 500, Unavailable),
        ("SomethingNewException", 400, Rejected),
        ("SomethingNewException", 502, Unavailable),
        ("SomethingNewException", 429, Throttled),
        ("SomethingNewException", 408, Unavailable),
    ],
)
def test_each_failure_has_its_class(code: str, status: int, kind: type[AwsError]) -> None:
    error = error_of(code, status)
    assert (type(error), error.code, error.operation) == (kind, code, "PutItem")


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        ({"__type": "ThrottlingException"}, {}),
        ({"__type": "com.amazon.coral.availability#ThrottlingException"}, {}),
        ({"code": "ThrottlingException"}, {}),
        ({}, {"x_amzn_errortype": "ThrottlingException:http://internal.amazon.com/coral/"}),
        ([], {"x_amzn_errortype": "ThrottlingException"}),
    ],
)
def test_the_code_is_found_wherever_a_service_puts_it(content: Any, headers: dict[str, str]) -> None:
    assert failure(400, content, **headers).code == "ThrottlingException"


@pytest.mark.parametrize(
    ("status", "kind"), [(403, AccessDenied), (404, Rejected), (302, Rejected), (502, Unavailable)]
)
def test_an_answer_that_is_not_awss_is_judged_by_its_status(status: int, kind: type[AwsError]) -> None:
    error = read_answer("PutItem", status, {}, b"<html>proxy</html>", json_object)
    assert isinstance(error, kind)
    assert error.code == f"HTTP{status}"


def test_a_result_is_returned_as_it_is() -> None:
    assert answer(200, {"Item": {"pk": {"S": "a"}}}) == {"Item": {"pk": {"S": "a"}}}


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"Item": {"pk"', b"\xff"])
def test_a_result_that_cant_be_read_is_no_result(body: bytes) -> None:
    error = read_answer("GetItem", 200, {}, body, json_object)
    assert isinstance(error, Unavailable)
    assert (error.code, error.lost_answers) == ("UnreadableAnswer", 1)


def test_no_body_is_an_answer_where_the_service_has_such() -> None:
    assert read_answer("DeleteMessage", 200, {}, b"", json_object_if_any) == {}


@given(body=st.binary(), change=st.integers(1, 2**32 - 1))
def test_an_answer_with_a_wrong_checksum_is_not_believed(body: bytes, change: int) -> None:
    headers = {"x-amz-crc32": str(zlib.crc32(body) ^ change)}
    error = read_answer("PutItem", 200, headers, body, json_object)
    assert isinstance(error, Unavailable)
    assert (error.code, error.lost_answers) == ("ChecksumMismatch", 1)


def test_an_answer_with_the_right_checksum_is() -> None:
    assert read_answer("PutItem", 200, {"x-amz-crc32": str(zlib.crc32(b"{}"))}, b"{}", json_object) == {}


def test_a_failed_condition_brings_the_item() -> None:
    error = error_of("ConditionalCheckFailedException", Item={"pk": {"S": "a"}, "version": {"N": "3"}})
    assert isinstance(error, ConditionFailed)
    assert error.item == {"pk": "a", "version": 3}
    absent = error_of("ConditionalCheckFailedException")
    assert isinstance(absent, ConditionFailed)
    assert absent.item is None


def canceled(*reasons: dict[str, Any]) -> AwsError:
    return error_of("TransactionCanceledException", Message="Transaction cancelled", CancellationReasons=reasons)


def test_a_canceled_transaction_says_why_write_by_write() -> None:
    error = canceled(
        {"Code": "None"},
        {
            "Code": "ConditionalCheckFailed",
            "Item": {"version": {"N": "7"}},
            "Message": "The conditional request failed",
        },
        {"Code": "TransactionConflict"},
        {"Code": "ConditionalCheckFailed"},
    )
    assert isinstance(error, TransactionCanceled)
    assert error.reasons == (
        CancellationReason("None"),
        CancellationReason("ConditionalCheckFailed", {"version": 7}),
        CancellationReason("TransactionConflict"),
        CancellationReason("ConditionalCheckFailed"),
    )


def test_a_transaction_stopped_by_others_only_is_a_conflict() -> None:
    assert type(canceled({"Code": "None"}, {"Code": "TransactionConflict"})) is Conflict
    assert type(canceled({"Code": "ThrottlingError"}, {"Code": "TransactionConflict"})) is Conflict
    assert type(canceled({"Code": "ThrottlingError"}, {"Code": "None"})) is Throttled
    assert type(canceled({"Code": "ProvisionedThroughputExceeded"})) is Throttled


@pytest.mark.parametrize("code", ["ValidationError", "ItemCollectionSizeLimitExceeded", "AccessDenied", "SomethingNew"])
def test_a_transaction_that_no_retry_mends_is_not_a_conflict(code: str) -> None:
    assert type(canceled({"Code": code}, {"Code": "TransactionConflict"})) is TransactionCanceled


def test_a_transaction_canceled_without_a_reason_is_not_retried() -> None:
    assert type(error_of("TransactionCanceledException")) is TransactionCanceled
    assert type(canceled({"Code": "None"})) is TransactionCanceled


@pytest.mark.parametrize(
    "content",
    [
        {"__type": "x#ConditionalCheckFailedException", "message": "SECRET", "Item": {"name": {"S": "SECRET"}}},
        {
            "__type": "x#TransactionCanceledException",
            "Message": "SECRET",
            "CancellationReasons": [
                {"Code": "ConditionalCheckFailed", "Message": "SECRET", "Item": {"a": {"S": "SECRET"}}}
            ],
        },
        {"__type": "x#ValidationException", "message": "SECRET is not a valid key"},
        {"__type": "x#ExpiredTokenException", "message": "the token SECRET is expired"},
    ],
)
def test_no_error_repeats_awss_text_or_data(content: dict[str, Any]) -> None:
    error = failure(400, content, x_amzn_requestid="REQUEST-ID")
    texts = [str(error), repr(error), repr(error.args), repr(getattr(error, "reasons", ""))]
    assert not any("SECRET" in text for text in texts)
    assert "REQUEST-ID" in str(error)
