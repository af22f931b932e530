"""What the AWS calls of this process cost and how they end; no label names a school."""

from functools import cache

from prometheus_client import Counter, Histogram

from luca_shared.aws.services import Service

CALLS = Counter("luca_aws_calls", "AWS calls by how they ended", ["service", "operation", "outcome"])
ATTEMPTS = Counter("luca_aws_attempts", "Requests of AWS calls by how they ended", ["service", "operation", "outcome"])
SECONDS = Histogram(
    "luca_aws_call_seconds",
    "Time from an AWS call to its result, retries included",
    ["service", "operation"],
    buckets=(0.0025, 0.005, 0.01, 0.02, 0.04, 0.08, 0.12, 0.25, 0.5, 1, 2.5, 5, 10, 25),  # a long poll takes 20
)


def attempted(service: Service, operation: str, outcome: str) -> None:
    """Count one HTTP request."""
    _attempts(service, operation, outcome).inc()


def ended(service: Service, operation: str, outcome: str, seconds: float) -> None:
    """Count one call and its duration."""
    _calls(service, operation, outcome).inc()
    _seconds(service, operation).observe(seconds)


# A labelled child is looked up under a lock with its labels made text each time; there are few, so they are kept.
@cache
def _calls(service: Service, operation: str, outcome: str) -> Counter:
    return CALLS.labels(service.value, operation, outcome)


@cache
def _attempts(service: Service, operation: str, outcome: str) -> Counter:
    return ATTEMPTS.labels(service.value, operation, outcome)


@cache
def _seconds(service: Service, operation: str) -> Histogram:
    return SECONDS.labels(service.value, operation)
