"""A memory that is bounded in size and in age."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luca_shared.tenancy.aged_cache import AgedCache


@pytest.fixture
def cache(clock: Any) -> AgedCache[str, int]:
    return AgedCache(capacity=2, max_age=300, clock=clock)


def test_a_value_is_believed_until_it_is_too_old(cache: AgedCache[str, int], clock: Any) -> None:
    cache.put("a", 1, as_of=clock())
    clock.pass_(299.9)
    assert cache.get("a") == 1
    clock.pass_(0.1)
    assert cache.get("a") is None
    assert len(cache) == 0


def test_its_age_counts_from_when_it_was_true(cache: AgedCache[str, int], clock: Any) -> None:
    asked = clock()
    clock.pass_(200)  # a slow answer
    cache.put("a", 1, as_of=asked)
    clock.pass_(100)
    assert cache.get("a") is None


def test_use_does_not_make_it_younger(cache: AgedCache[str, int], clock: Any) -> None:
    cache.put("a", 1, as_of=clock())
    for _ in range(3):
        assert cache.get("a") == 1
        clock.pass_(100)
    assert cache.get("a") is None


def test_the_least_recently_used_goes_first(cache: AgedCache[str, int], clock: Any) -> None:
    cache.put("a", 1, as_of=clock())
    cache.put("b", 2, as_of=clock())
    assert cache.get("a") == 1
    cache.put("c", 3, as_of=clock())
    assert [cache.get(name) for name in "abc"] == [1, None, 3]


def test_what_is_forgotten_is_gone(cache: AgedCache[str, int], clock: Any) -> None:
    cache.put("a", 1, as_of=clock())
    cache.forget("a")
    cache.forget("never there")
    assert cache.get("a") is None


def test_many_are_forgotten_by_their_keys(cache: AgedCache[str, int], clock: Any) -> None:
    for name in "ab":
        cache.put(name, 1, as_of=clock())
    cache.forget_all(lambda name: name != "b")
    assert [cache.get(name) for name in "ab"] == [None, 1]


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.floats(0, 200)), max_size=60))
def test_no_value_is_ever_too_old_and_there_are_never_too_many(puts: list[tuple[str, float]]) -> None:
    now = 0.0
    cache: AgedCache[str, float] = AgedCache(capacity=3, max_age=300, clock=lambda: now)
    for name, pause in puts:
        now += pause
        cache.put(name, now, as_of=now)
        assert len(cache) <= 3
        for each in "abcdef":
            as_of = cache.get(each)
            assert as_of is None or now - as_of < 300
