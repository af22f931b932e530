import pytest
from hypothesis import given
from hypothesis import strategies as st

from luca_local.edge.token_bucket import TokenBucket


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@given(
    pauses=st.lists(st.integers(0, 64).map(lambda n: n / 64), max_size=100),
    rate=st.sampled_from([0.5, 1.0, 8.0]),
    burst=st.integers(1, 5),
)
def test_no_span_of_time_admits_more_than_the_burst_and_what_flows_in(
    pauses: list[float], rate: float, burst: int
) -> None:
    clock = Clock()
    bucket = TokenBucket(per_second=rate, burst=burst, clock=clock)
    admitted = []
    for pause in pauses:
        clock.now += pause
        if bucket.take() == 0:
            admitted.append(clock.now)
    for first, start in enumerate(admitted):
        for count, end in enumerate(admitted[first:], 1):
            assert count <= burst + (end - start) * rate


def test_whoever_waits_as_long_as_told_is_admitted() -> None:
    clock = Clock()
    bucket = TokenBucket(per_second=4, burst=1, clock=clock)
    assert bucket.take() == 0
    wait = bucket.take()
    assert wait == 0.25
    clock.now += wait
    assert bucket.take() == 0


@pytest.mark.parametrize(("rate", "burst"), [(0, 1), (-1, 1), (float("nan"), 1), (1, 0)])
def test_a_bucket_that_never_admits_anybody_is_refused(rate: float, burst: int) -> None:
    with pytest.raises(ValueError, match="positive rate"):
        TokenBucket(per_second=rate, burst=burst)
