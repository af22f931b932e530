"""The rate limit as the contract words it."""

from hypothesis import given
from hypothesis import strategies as st

from luca_local.government.rate import RateLimit


def test_requests_exactly_a_second_apart_do_not_share_a_second() -> None:
    limit = RateLimit(2)
    assert [limit.arrive(at) for at in (0.0, 0.5, 1.0, 1.5, 2.0)] == [True] * 5


def test_a_third_request_within_a_second_is_over_the_limit() -> None:
    limit = RateLimit(2)
    assert [limit.arrive(at) for at in (0.0, 0.5, 0.999)] == [True, True, False]


@given(gaps=st.lists(st.floats(0, 0.9), max_size=40), per_second=st.integers(1, 4))
def test_it_agrees_with_counting_each_window(gaps: list[float], per_second: int) -> None:
    limit, now, times = RateLimit(per_second), 0.0, []
    for gap in gaps:
        now += gap
        times.append(now)
        # refused requests count too: the limit is on what arrives
        assert limit.arrive(now) == (sum(now - 1 < at <= now for at in times) <= per_second)
