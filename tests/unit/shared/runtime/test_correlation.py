import asyncio
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luca_shared.runtime import correlation


def test_there_is_no_id_outside_of_a_request() -> None:
    assert correlation.current() is None


def test_an_id_is_bound_until_the_block_ends_even_by_an_exception() -> None:
    def work() -> None:
        with correlation.bind("outer"), correlation.bind("inner"):
            assert correlation.current() == "inner"
            raise KeyError

    with pytest.raises(KeyError):
        work()
    assert correlation.current() is None


async def test_tasks_started_inside_inherit_the_id_and_neighbours_do_not_see_it() -> None:
    async def seen() -> str | None:
        await asyncio.sleep(0)
        return correlation.current()

    with correlation.bind("a"):
        inside = asyncio.create_task(seen())
    outside = asyncio.create_task(seen())
    assert await inside == "a"
    assert await outside is None


def test_new_ids_are_acceptable_different_and_sorted_by_time() -> None:
    first = correlation.new()
    deadline = time.time_ns() + 2_000_000
    while time.time_ns() < deadline:  # the next millisecond
        pass
    second = correlation.new()
    assert correlation.acceptable(first)
    assert len(first) == len(second) == 32
    assert first < second
    assert first[12] == "7"
    assert first[16] in "89ab"


def test_many_new_ids_are_all_different() -> None:
    assert len({correlation.new() for _ in range(1000)}) == 1000


def test_the_ids_that_aws_makes_are_acceptable() -> None:
    assert correlation.acceptable("Root=1-67891233-abcdef012345678912345678")  # X-Ray's
    assert correlation.acceptable("HcyKZE7fIAMEbjQ=")  # API Gateway's extended request id


def test_what_could_break_a_log_line_or_a_header_is_not_acceptable() -> None:
    for text in ("", "a b", "a\n", 'a"b', "a\r\nSet-Cookie: x", "ñ", "a" * 129, "a;b", "a{b}"):
        assert not correlation.acceptable(text)


@given(st.text(max_size=140))
def test_whatever_comes_the_id_that_is_adopted_is_acceptable(text: str) -> None:
    adopted = correlation.adopt(text)
    assert correlation.acceptable(adopted)
    assert (adopted == text) == correlation.acceptable(text)
