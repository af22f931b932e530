import pytest

from luca_shared.aws.statements import Duplicate, Failed, Statement, Written, statement_member, statement_result


def test_parameters_travel_as_attribute_values() -> None:
    assert statement_member(Statement("INSERT ...", ["a", 1])) == {
        "Statement": "INSERT ...",
        "Parameters": [{"S": "a"}, {"N": "1"}],
    }
    assert statement_member(Statement("DELETE ...")) == {"Statement": "DELETE ..."}


def test_no_error_is_written_and_a_duplicate_is_no_failure() -> None:
    assert statement_result({"TableName": "luca"}) == Written()
    assert statement_result({"Error": {"Code": "DuplicateItem", "Message": "x"}, "TableName": "luca"}) == Duplicate()


@pytest.mark.parametrize(
    "code",
    [
        "ThrottlingError",
        "ProvisionedThroughputExceeded",
        "RequestLimitExceeded",
        "TransactionConflict",
        "InternalServerError",
    ],
)
def test_what_may_pass_is_retryable(code: str) -> None:
    assert statement_result({"Error": {"Code": code}}) == Failed(code, retryable=True)


@pytest.mark.parametrize(
    "code",
    [
        "AccessDenied",
        "ConditionalCheckFailed",
        "ItemCollectionSizeLimitExceeded",
        "ResourceNotFound",
        "SomethingNew",
        "ValidationError",
    ],
)
def test_what_stays_is_not(code: str) -> None:
    assert statement_result({"Error": {"Code": code}}) == Failed(code, retryable=False)


def test_an_error_without_a_code_is_still_a_failure() -> None:
    assert statement_result({"Error": {}}) == Failed("Unknown", retryable=False)
