"""When a failed call is sent again: bounded attempts, after delays with full jitter."""

from dataclasses import dataclass

from luca_shared.aws.errors import AwsError, Conflict, Throttled, Unavailable

RETRYABLE = (Throttled, Conflict, Unavailable)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often and how soon.

    The delay before the nth retry is uniform between 0 and `base * 2**(n - 1)`, at most `cap`: full jitter spreads
    callers that failed together (AWS Architecture Blog, "Exponential backoff and jitter"; 25 ms is the base that AWS's
    SDKs use for DynamoDB).

    Attributes:
        attempts: How often a call is sent at most, the first time included.
        base: Seconds.
        cap: Seconds.
    """

    attempts: int = 5
    base: float = 0.025
    cap: float = 1.0

    def __post_init__(self) -> None:
        if self.attempts < 1 or not 0 <= self.base <= self.cap:
            raise ValueError("a retry policy has at least 1 attempt, and 0 <= base <= cap")

    def delay(self, error: AwsError, attempt: int, chance: float) -> float | None:
        """Seconds to wait after this attempt (from 1) failed, by a chance in [0, 1); None when it was the last."""
        if attempt >= self.attempts or not isinstance(error, RETRYABLE):
            return None
        return self.backoff(attempt, chance)

    def backoff(self, attempt: int, chance: float) -> float:
        """Seconds to wait after this attempt (from 1), by a chance in [0, 1)."""
        ceiling = self.cap if attempt > 32 else min(self.cap, self.base * 2 ** (attempt - 1))
        return ceiling * chance
