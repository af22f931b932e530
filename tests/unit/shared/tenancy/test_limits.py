"""The rate of each school: never more than its bucket allows, whatever others do."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luca_shared.tenancy.ids import SchoolId
from luca_shared.tenancy.limits import SchoolRateLimit

NORTE, SUR = SchoolId("norte"), SchoolId("sur")


class Clock:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def limit(clock: Clock, per_second: float = 2, burst: int = 4, capacity: int = 100) -> SchoolRateLimit:
    return SchoolRateLimit(per_second=per_second, burst=burst, clock=clock, capacity=capacity)


requests = st.lists(st.tuples(st.floats(0, 3), st.integers(1, 3)), min_size=1, max_size=60)


@given(requests=requests, per_second=st.floats(0.1, 50), burst=st.integers(1, 20))
def test_no_span_of_time_holds_more_than_the_burst_and_the_rate(
    requests: Sequence[tuple[float, int]], per_second: float, burst: int
) -> None:
    clock = Clock()
    bucket = limit(clock, per_second, burst)
    granted: list[tuple[float, int]] = []
    for pause, cost in requests:
        clock.now += pause
        if bucket.take(NORTE, cost).granted:
            granted.append((clock.now, min(cost, burst)))
    for first, (start, _) in enumerate(granted):
        spent = 0
        for end, cost in granted[first:]:
            spent += cost
            assert spent <= burst + per_second * (end - start) + 1e-6


@given(requests=requests, per_second=st.floats(0.1, 50), burst=st.integers(1, 20))
def test_who_waits_as_told_is_granted(requests: Sequence[tuple[float, int]], per_second: float, burst: int) -> None:
    clock = Clock()
    bucket = limit(clock, per_second, burst)
    for pause, cost in requests:
        clock.now += pause
        answer = bucket.take(NORTE, cost)
        assert answer.granted == (answer.retry_after_s == 0)
        assert 0 <= answer.remaining <= answer.limit == burst
        if not answer.granted:
            clock.now += answer.retry_after_s
            assert bucket.take(NORTE, cost).granted


@given(requests=requests)
def test_after_the_reset_the_burst_is_whole(requests: Sequence[tuple[float, int]]) -> None:
    clock = Clock()
    bucket = limit(clock)
    for pause, cost in requests:
        clock.now += pause
        bucket.take(NORTE, cost)
    clock.now += bucket.take(NORTE).reset_s
    assert all(bucket.take(NORTE).granted for _ in range(4))
    assert not bucket.take(NORTE).granted


def test_schools_do_not_share_a_bucket() -> None:
    bucket = limit(Clock())
    assert [bucket.take(NORTE).granted for _ in range(5)] == [True] * 4 + [False]
    assert bucket.take(SUR).remaining == 3


def test_the_answer_says_what_headers_need() -> None:
    clock = Clock()
    bucket = limit(clock, per_second=0.5, burst=2)
    first, second, third = (bucket.take(NORTE) for _ in range(3))
    assert (first.granted, first.limit, first.remaining, first.retry_after_s, first.reset_s) == (True, 2, 1, 0, 2)
    assert (second.remaining, second.reset_s) == (0, 4)
    assert (third.granted, third.remaining, third.retry_after_s, third.reset_s) == (False, 0, 2, 4)
    clock.now = 1.0
    assert bucket.take(NORTE).retry_after_s == 1


def test_a_refusal_costs_nothing() -> None:
    clock = Clock()
    bucket = limit(clock, per_second=1, burst=1)
    assert bucket.take(NORTE).granted
    for _ in range(100):
        assert not bucket.take(NORTE).granted
    clock.now = 1.0
    assert bucket.take(NORTE).granted


def test_a_cost_above_the_burst_takes_the_whole_bucket() -> None:
    bucket = limit(Clock())
    assert bucket.take(NORTE, 100).granted
    assert not bucket.take(NORTE, 100).granted


def test_no_more_buckets_are_kept_than_allowed_and_an_old_one_is_full_again_by_then() -> None:
    clock = Clock()
    bucket = limit(clock, capacity=3)
    for number in range(50):
        clock.now += 1  # a bucket fills in two seconds; three schools later it is full
        answer = bucket.take(SchoolId(f"s{number % 5}"))
        assert answer.remaining == 3
    assert len(bucket._buckets) == 3


def test_a_school_that_keeps_asking_keeps_its_bucket() -> None:
    bucket = limit(Clock(), capacity=2)
    for number in range(4):
        assert bucket.take(NORTE).granted
        bucket.take(SchoolId(f"s{number}"))
    assert not bucket.take(NORTE).granted


def test_a_clock_that_goes_back_gives_nothing() -> None:
    clock = Clock()
    clock.now = 100.0
    bucket = limit(clock)
    for _ in range(4):
        bucket.take(NORTE)
    for now in (50.0, 100.0, 50.0, 100.0):
        clock.now = now
        assert not bucket.take(NORTE).granted


@pytest.mark.parametrize("wrong", [{"per_second": 0}, {"per_second": float("inf")}, {"burst": 0}, {"capacity": 0}])
def test_a_limit_that_limits_nothing_or_everything_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="positive"):
        SchoolRateLimit(**{"per_second": 1, "burst": 1, **wrong})  # type: ignore[arg-type]


def test_a_request_costs_something() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        limit(Clock()).take(NORTE, 0)
