from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luca_local.differences import differences

NAMES = st.sampled_from(["Name", "Sid", "x"])
TREES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab", max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["Name", "Sid", "x"]), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(TREES)
def test_a_tree_does_not_differ_from_itself(tree: Any) -> None:
    assert list(differences(tree, tree, "it")) == []


@given(TREES, TREES)
def test_it_is_the_same_question_both_ways(left: Any, right: Any) -> None:
    assert bool(list(differences(left, right, "it"))) == bool(list(differences(right, left, "it")))


@given(st.lists(st.integers(), max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_a_list_does_not_matter(values: list[int], random: Any) -> None:
    shuffled = random.sample(values, len(values))
    assert list(differences(values, shuffled, "it")) == []


@pytest.mark.parametrize(
    ("expected", "actual", "told"),
    [
        ({"a": {"b": 1}}, {"a": {"b": 2}}, "it.a.b is 2, not 1"),
        ({"a": True}, {}, "it.a is absent, not true"),
        ({}, {"a": "more"}, 'it.a is "more", not absent'),
        ({"a": True}, {"a": 1}, "it.a is 1, not true"),
        ({"a": "1"}, {"a": 1}, 'it.a is 1, not "1"'),
        ([{"Name": "x", "v": 1}], [{"Name": "x", "v": 2}], "it[x].v is 2, not 1"),
        ([{"Name": "x"}], [{"Name": "x"}, {"Name": "y"}], 'it[y] is {"Name": "y"}, not absent'),
        ([1, 1, 2], [1, 2, 2], "it is [1, 2, 2], not [1, 1, 2]"),
    ],
)
def test_a_difference_is_told_by_its_place(expected: Any, actual: Any, told: str) -> None:
    assert list(differences(expected, actual, "it")) == [told]
