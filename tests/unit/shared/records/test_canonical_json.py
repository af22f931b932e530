import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luca_shared.records.canonical_json import NotCanonical, canonical_json, sha256_hex

SAFE_INTEGERS = st.integers(-(2**53) + 1, 2**53 - 1)
JSON = st.recursive(
    st.none() | st.booleans() | SAFE_INTEGERS | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def read(text: str) -> Any:
    """As a reader does whose only numbers are doubles, such as a browser."""
    return json.loads(text, parse_int=float)


@given(JSON)
def test_the_text_is_json_of_the_same_value(value: Any) -> None:
    assert read(canonical_json(value)) == value


@given(JSON)
def test_the_text_of_the_text_is_the_text(value: Any) -> None:
    text = canonical_json(value)
    assert canonical_json(read(text)) == text


def test_the_order_of_members_does_not_count() -> None:
    assert canonical_json({"b": 1, "a": 2}) == canonical_json({"a": 2, "b": 1}) == '{"a":2,"b":1}'


def test_members_are_sorted_as_utf_16() -> None:
    # RFC 8785 section 3.2.3: U+1F600 is a surrogate pair in UTF-16 and so comes before U+FB33.
    assert canonical_json({"\ufb33": 1, "\U0001f600": 2}) == '{"\U0001f600":2,"\ufb33":1}'


@pytest.mark.parametrize(
    ("value", "text"),
    # RFC 8785 appendix B.
    [
        (0.0, "0"), (-0.0, "0"), (1.0, "1"), (5e-324, "5e-324"), (1.7976931348623157e308, "1.7976931348623157e+308"),
        (9007199254740992.0, "9007199254740992"), (295147905179352830000.0, "295147905179352830000"),
        (9.999999999999997e22, "9.999999999999997e+22"), (1e23, "1e+23"), (1e21, "1e+21"),
        (999999999999999700000.0, "999999999999999700000"), (9.999999999999997e-7, "9.999999999999997e-7"),
        (0.000001, "0.000001"), (333333333.33333329, "333333333.3333333"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_ecmascript_does(value: float, text: str) -> None:
    assert canonical_json(value) == text


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value", [2**53, -(2**53), math.nan, math.inf, "\ud800", {"a": ["\udfff"]}, {"\ud800": 1}, nested(100_000)]
)
def test_what_another_reader_could_take_for_another_value_is_refused(value: Any) -> None:
    with pytest.raises(NotCanonical):
        canonical_json(value)


def test_a_hash_is_of_the_utf_8() -> None:
    assert sha256_hex("é") == "4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c"
