from dataclasses import replace

from tests.benchmarks.interactive.k6 import Load
from tests.benchmarks.interactive.measuring import Measured, bound_of_share, lag_buckets

LOAD = Load(requests=600, seconds=10, failed=0, dropped=0, p50_ms=10, p95_ms=20, p99_ms=30, cpu_seconds=0.5)
MEASURED = Measured(
    offered=60,
    load=LOAD,
    cpu_us_per_request=700,
    aws_calls={"Query": 150, "TransactWriteItems": 300},
    others_busy=0.1,
    loop_lag_p99_ms=5,
)

METRICS = """
# TYPE luca_event_loop_lag_seconds histogram
luca_event_loop_lag_seconds_bucket{le="0.001"} 90.0
luca_event_loop_lag_seconds_bucket{le="0.05"} 99.0
luca_event_loop_lag_seconds_bucket{le="+Inf"} 100.0
luca_event_loop_lag_seconds_sum 0.3
"""


def test_calls_of_every_kind_count() -> None:
    assert MEASURED.aws_calls_per_request == 0.75


def test_a_measurement_in_which_all_was_asked_and_answered_has_no_fault() -> None:
    assert MEASURED.faults == []


def test_what_failed_was_dropped_or_never_asked_makes_it_none() -> None:
    for load in (replace(LOAD, failed=1), replace(LOAD, dropped=7), replace(LOAD, requests=580)):
        assert replace(MEASURED, load=load).faults


def test_a_few_that_were_dropped_while_the_generator_took_more_connections_do_not_count() -> None:
    assert replace(MEASURED, load=replace(LOAD, requests=594, dropped=6)).faults == []


def test_the_lag_is_read_off_the_buckets_for_what_came_in_between() -> None:
    buckets = lag_buckets(METRICS)
    assert bound_of_share({}, buckets, 0.90) == 1
    assert bound_of_share({}, buckets, 0.99) == 50
    assert bound_of_share({0.001: 90.0, 0.05: 90.0, float("inf"): 91.0}, buckets, 0.9) == 50
    assert bound_of_share(buckets, buckets, 0.99) is None
    assert lag_buckets("peer_seconds_bucket 3") == {}
