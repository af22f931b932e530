"""What can go wrong with an AWS call, one class for each thing a caller can do about it.

No message holds a request's or an answer's data: AWS's own texts quote keys, values and tokens, so they are dropped.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Final


class AwsError(Exception):
    """A call that AWS did not carry out, or whose answer never came.

    Attributes:
        operation: AWS's name of it, such as `PutItem`.
        code: AWS's error code (`ValidationException`), or ours where no answer came (`Timeout`, `ConnectionLost`).
        request_id: AWS's id of the last attempt, for a support case.
        attempts: How often it was tried.
        lost_answers: How many of the attempts ended without AWS saying whether it had carried them out. While it is 0,
            a failed write has certainly changed nothing.
    """

    outcome: ClassVar[str] = "error"  # the metric's label

    def __init__(self, operation: str, code: str, request_id: str | None = None) -> None:
        super().__init__(operation, code)
        self.operation = operation
        self.code = code
        self.request_id = request_id
        self.attempts = 1
        self.lost_answers = 0

    def __str__(self) -> str:
        return f"{self.operation} failed: {self.code} (attempts: {self.attempts}, request id: {self.request_id})"


class Throttled(AwsError):
    """AWS asked us to slow down, until the retries were used up."""

    outcome = "throttled"


class Conflict(AwsError):
    """Another transaction held an item, until the retries were used up; nothing is wrong with the request."""

    outcome = "conflict"


class Unavailable(AwsError):
    """A 5xx, a lost connection, a time-out or an unreadable answer, until the retries were used up."""

    outcome = "unavailable"

    def __init__(self, operation: str, code: str, request_id: str | None = None, *, lost: bool = True) -> None:
        super().__init__(operation, code, request_id)
        self.lost_answers = int(lost)


class ConditionFailed(AwsError):
    """The item is not in the state that the condition names.

    When `lost_answers` is not 0, it may be an earlier attempt of this very call that left the item so: compare `item`
    with what was to be written before you believe in somebody else.

    Attributes:
        item: The item as it was found; None when there was none.
    """

    outcome = "condition_failed"

    def __init__(
        self, operation: str, code: str, request_id: str | None = None, *, item: dict[str, Any] | None = None
    ) -> None:
        super().__init__(operation, code, request_id)
        self.item = item


PASSING_REASONS: Final = frozenset({"None", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
"""The codes of actions that are worth sending again as they are."""


@dataclass(frozen=True, slots=True)
class CancellationReason:
    """Why one action stopped its transaction; `code` is "None" for an action that didn't.

    Attributes:
        code: `None`, `ConditionalCheckFailed`, `TransactionConflict`, `ThrottlingError`, `ValidationError`...
        item: The item as it was found, when a condition failed on it.
    """

    code: str
    item: dict[str, Any] | None = None

    def __repr__(self) -> str:
        return f"CancellationReason(code={self.code!r})"  # the item is data, and reprs end up in logs


class TransactionCanceled(AwsError):
    """A transaction that can't be carried out as it is; nothing of it was written.

    Attributes:
        reasons: One for each action, in the order of the actions.
    """

    outcome = "transaction_canceled"

    def __init__(
        self, operation: str, code: str, request_id: str | None = None, *, reasons: tuple[CancellationReason, ...]
    ) -> None:
        super().__init__(operation, code, request_id)
        self.reasons = reasons


class AccessDenied(AwsError):
    """Who signed is known, and may not do this."""

    outcome = "access_denied"


class CredentialsRejected(AwsError):
    """The signature was not accepted: expired or unknown credentials. New ones may help."""

    outcome = "credentials_rejected"


class NoCredentials(AwsError):
    """The process has no credentials of its own, so that nothing was sent."""

    outcome = "no_credentials"

    def __str__(self) -> str:
        return (
            f"this process has no AWS credentials ({self.code}): give it a task role"
            " (AWS_CONTAINER_CREDENTIALS_FULL_URI or _RELATIVE_URI), or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        )


class Rejected(AwsError):
    """AWS refused the request for what it says: a mistake of ours, which no retry mends."""

    outcome = "rejected"


class TokenReused(Rejected):
    """The transaction's token was used in the last 10 minutes for another transaction."""
