"""PartiQL statements, and what became of each one of a batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from luca_shared.aws.attributes import encode_value

# API reference, BatchStatementError: the codes that may go away by themselves.
_PASSING = frozenset(
    {
        "InternalServerError",
        "ProvisionedThroughputExceeded",
        "RequestLimitExceeded",
        "ThrottlingError",
        "TransactionConflict",
    }
)


@dataclass(frozen=True, slots=True)
class Statement:
    """A PartiQL statement with `?` for each parameter (plain values)."""

    text: str
    parameters: Sequence[Any] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Written:
    """The statement was carried out."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """An INSERT met an item with its key, which may be its own if an answer was lost; AWS doesn't return that item."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The statement was not carried out.

    Attributes:
        code: AWS's, such as `ThrottlingError`, `ConditionalCheckFailed`, `ValidationError`, `AccessDenied`.
        retryable: Whether the same statement may succeed later.
    """

    code: str
    retryable: bool


StatementResult = Written | Duplicate | Failed


def statement_member(statement: Statement) -> dict[str, Any]:
    """The statement as a member of `Statements`; DynamoDB refuses an empty list of parameters."""
    member: dict[str, Any] = {"Statement": statement.text}
    if statement.parameters:
        member["Parameters"] = [encode_value(value) for value in statement.parameters]
    return member


def statement_result(response: Mapping[str, Any]) -> StatementResult:
    """What a member of `Responses` says."""
    error = response.get("Error")
    if error is None:
        return Written()
    code = error.get("Code", "Unknown")
    return Duplicate() if code == "DuplicateItem" else Failed(code, retryable=code in _PASSING)
