import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.benchmarks.interactive.saturation import PATIENCE_MS, Search, Step


def step(rate: float, *, answered: float | None = None, dropped: int = 0, p95_ms: float = 20.0) -> Step:
    return Step(
        offered=rate,
        answered=rate if answered is None else answered,
        dropped=dropped,
        p50_ms=10.0,
        p95_ms=p95_ms,
        p99_ms=p95_ms,
    )


def found(capacity: float, first: float, closeness: float = 0.08) -> Search:
    """Search for the saturation of a service that answers so many requests a second, and no more."""
    search = Search(first, closeness=closeness)
    while (rate := search.rate) is not None:
        search.tried(step(rate, answered=min(rate, capacity)))
    return search


@given(capacity=st.floats(5, 5000), first=st.floats(5, 5000))
def test_the_rate_found_is_kept_up_with_and_close_to_what_is_not(capacity: float, first: float) -> None:
    search = found(capacity, first)
    assert search.saturation * 0.98 <= capacity * 1.0001  # what is answered to 98% counts as kept up with
    assert search.saturation >= capacity / 1.09
    assert len(search.steps) < 100


@pytest.mark.parametrize(
    "broken", [step(100, answered=97), step(100, dropped=1), step(100, p95_ms=PATIENCE_MS + 1)], ids=str
)
def test_a_rate_breaks_by_what_is_not_answered_not_begun_or_late(broken: Step) -> None:
    assert step(100).held
    assert not broken.held


def test_a_rate_that_breaks_is_tried_once_more_for_somebody_else_may_have_used_the_machine() -> None:
    search = Search(100)
    search.tried(step(100, dropped=5))
    assert search.rate == 100
    search.tried(step(100))
    assert search.saturation == 100
    assert search.rate == 125


def test_a_service_that_keeps_up_with_nothing_ends_the_search() -> None:
    search = found(0.0, 10)
    assert search.saturation == 0


def test_what_was_not_to_be_tried_is_refused() -> None:
    with pytest.raises(ValueError, match="not to be tried"):
        Search(100).tried(step(99))


@pytest.mark.parametrize(("first", "closeness"), [(0, 0.1), (-1, 0.1), (10, 0)])
def test_a_search_begins_at_a_rate(first: float, closeness: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        Search(first, closeness=closeness)
