"""When an outage begins and ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luca_gov_sync.breaker import Breaker


def test_it_opens_once_after_so_many_failures_in_a_row() -> None:
    breaker = Breaker(3)
    assert [breaker.failed() for _ in range(5)] == [False, False, True, False, False]
    assert breaker.is_open


def test_a_success_between_begins_the_count_anew() -> None:
    breaker = Breaker(2)
    breaker.failed()
    assert not breaker.succeeded()
    assert not breaker.failed()
    assert breaker.failed()


def test_the_first_answer_closes_it_and_says_so_once() -> None:
    breaker = Breaker(1)
    breaker.failed()
    assert [breaker.succeeded(), breaker.succeeded()] == [True, False]
    assert not breaker.is_open


def test_an_outage_that_was_known_before_is_not_told_again() -> None:
    breaker = Breaker(3, is_open=True)
    assert breaker.is_open
    assert not breaker.failed()
    assert breaker.succeeded()


@given(answers=st.lists(st.booleans(), max_size=60), limit=st.integers(1, 5))
def test_it_is_open_exactly_when_the_last_answers_all_failed(answers: list[bool], limit: int) -> None:
    breaker = Breaker(limit)
    told = 0
    for number, good in enumerate(answers, 1):
        told += breaker.succeeded() if good else breaker.failed()
        last = answers[max(0, number - limit) : number]
        assert breaker.is_open == (len(last) == limit and not any(last))
    assert told % 2 == breaker.is_open  # each beginning has its end


def test_a_breaker_without_patience_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Breaker(0)
