import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.benchmarks.ratios import Spread, ratios, spread

FIGURES = st.lists(st.floats(0.01, 1e6), min_size=1, max_size=20)


def test_a_ratio_is_taken_round_by_round_and_above_1_ours_is_the_better() -> None:
    assert ratios([400, 90, 300], [100, 30, 100]) == Spread(median=3, min=3, max=4)


def test_a_slow_minute_that_both_sides_had_changes_no_ratio() -> None:
    assert ratios([400, 4000], [100, 1000]) == ratios([400, 400], [100, 100])


@given(FIGURES)
def test_a_side_against_itself_is_1(figures: list[float]) -> None:
    assert ratios(figures, figures) == Spread(1, 1, 1)


@given(FIGURES)
def test_a_spread_holds_its_median(figures: list[float]) -> None:
    found = spread(figures)
    assert found.min <= found.median <= found.max


@pytest.mark.parametrize("figures", [[], [0.0], [1.0, -1.0], [float("nan")], [float("inf")]])
def test_what_is_no_positive_number_has_no_spread(figures: list[float]) -> None:
    with pytest.raises(ValueError, match="positive"):
        spread(figures)


def test_sides_of_different_rounds_are_not_compared() -> None:
    with pytest.raises(ValueError, match="same rounds"):
        ratios([1, 2], [1])


def test_a_side_that_took_nothing_is_not_compared() -> None:
    with pytest.raises(ValueError, match="positive"):
        ratios([1.0], [0.0])
