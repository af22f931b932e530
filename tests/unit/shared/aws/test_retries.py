import pytest
from hypothesis import given
from hypothesis import strategies as st

from luca_shared.aws.errors import (
    AccessDenied,
    AwsError,
    ConditionFailed,
    Conflict,
    CredentialsRejected,
    Rejected,
    Throttled,
    TransactionCanceled,
    Unavailable,
)
from luca_shared.aws.retries import RetryPolicy

CHANCES = st.floats(0, 1, exclude_max=True)


@given(attempt=st.integers(1, 5000), chance=CHANCES)
def test_a_delay_is_below_the_doubled_base_and_the_cap(attempt: int, chance: float) -> None:
    delay = RetryPolicy(base=0.025, cap=1.0).backoff(attempt, chance)
    assert 0 <= delay <= 1.0
    assert delay <= 0.025 * 2.0 ** min(attempt - 1, 1000)


@given(attempt=st.integers(1, 100))
def test_the_jitter_is_full(attempt: int) -> None:
    policy = RetryPolicy(base=0.025, cap=1.0)
    ceiling = min(1.0, 0.025 * 2 ** (attempt - 1))
    assert policy.backoff(attempt, 0.0) == 0
    assert policy.backoff(attempt, 0.5) == pytest.approx(ceiling / 2)
    assert policy.backoff(attempt, 0.999999) == pytest.approx(ceiling, rel=1e-5)


@given(attempts=st.integers(1, 10), chance=CHANCES)
def test_attempts_are_bounded(attempts: int, chance: float) -> None:
    policy = RetryPolicy(attempts=attempts)
    error = Throttled("PutItem", "ThrottlingException")
    delays = [policy.delay(error, attempt, chance) for attempt in range(1, attempts + 3)]
    assert [delay is None for delay in delays] == [False] * (attempts - 1) + [True] * 3


@pytest.mark.parametrize("kind", [Throttled, Conflict, Unavailable])
def test_what_may_pass_is_retried(kind: type[AwsError]) -> None:
    assert RetryPolicy().delay(kind("PutItem", "X"), 1, 0.5) is not None


@pytest.mark.parametrize("kind", [AccessDenied, ConditionFailed, CredentialsRejected, Rejected])
def test_what_stays_is_not_retried(kind: type[AwsError]) -> None:
    assert RetryPolicy().delay(kind("PutItem", "X"), 1, 0.5) is None
    assert RetryPolicy().delay(TransactionCanceled("TransactWriteItems", "X", reasons=()), 1, 0.5) is None


@pytest.mark.parametrize("fields", [{"attempts": 0}, {"base": -1.0}, {"base": 2.0, "cap": 1.0}])
def test_a_policy_that_makes_no_sense_is_refused(fields: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="retry policy"):
        RetryPolicy(**fields)  # type: ignore[arg-type]  # attempts is an int in the one case that names it
