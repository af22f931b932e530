from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luca_shared.aws.attributes import decode_item, decode_value, encode_item, encode_value

DIGITS = st.integers(-(10**38) + 1, 10**38 - 1)


def numbers() -> st.SearchStrategy[Decimal]:
    """Every number that DynamoDB holds: 38 digits, the first of them between 1E-130 and 1E+125."""

    def placed(digits: int, first: int) -> Decimal:
        text = str(abs(digits))
        return Decimal(f"{'-' if digits < 0 else ''}{text}E{first - len(text) + 1}")

    return st.builds(placed, DIGITS, st.integers(-130, 125))


def values() -> st.SearchStrategy[Any]:
    text = st.text(st.characters(exclude_categories=["Cs"]))
    scalars = st.none() | st.booleans() | DIGITS | numbers() | text | st.binary()
    sets = (
        st.frozensets(text, min_size=1) | st.frozensets(numbers(), min_size=1) | st.frozensets(st.binary(), min_size=1)
    )
    return st.recursive(scalars | sets, lambda inner: st.lists(inner) | st.dictionaries(text, inner), max_leaves=20)


@given(values())
def test_a_value_comes_back_as_it_went(value: Any) -> None:
    assert decode_value(encode_value(value)) == value


@given(st.dictionaries(st.sampled_from(["pk", "sk", "Ñ"]), values()))
def test_an_item_comes_back_as_it_went(item: dict[str, Any]) -> None:
    assert decode_item(encode_item(item)) == item


@given(DIGITS)
def test_a_whole_number_comes_back_as_an_int(number: int) -> None:
    back = decode_value(encode_value(number))
    assert (back, type(back)) == (number, int)


@given(st.sets(st.text(), min_size=1))
def test_a_set_is_written_in_order_so_that_equal_items_give_equal_bytes(members: set[str]) -> None:
    assert encode_value(members) == {"SS": sorted(members)}


@pytest.mark.parametrize(
    ("value", "wire"),
    [
        (None, {"NULL": True}),
        (True, {"BOOL": True}),
        (False, {"BOOL": False}),
        (0, {"N": "0"}),
        (-17, {"N": "-17"}),
        (Decimal("8.50"), {"N": "8.50"}),
        (Decimal("-0"), {"N": "0"}),
        (Decimal("0E-200"), {"N": "0"}),
        (10**125, {"N": "1E+125"}),
        (Decimal("1." + "0" * 60), {"N": "1"}),
        ("", {"S": ""}),
        ("Bogotá", {"S": "Bogotá"}),
        (b"\x00\xff", {"B": "AP8="}),
        ([1, "a", [None]], {"L": [{"N": "1"}, {"S": "a"}, {"L": [{"NULL": True}]}]}),
        ((1, 2), {"L": [{"N": "1"}, {"N": "2"}]}),
        ({"a": {}}, {"M": {"a": {"M": {}}}}),
        (MappingProxyType({"a": 1}), {"M": {"a": {"N": "1"}}}),
        ({"b", "a"}, {"SS": ["a", "b"]}),
        ({2, Decimal("1.5")}, {"NS": ["1.5", "2"]}),
        (frozenset({b"b", b"a"}), {"BS": ["YQ==", "Yg=="]}),
    ],
)
def test_values_have_dynamodbs_form(value: Any, wire: Mapping[str, Any]) -> None:
    assert encode_value(value) == wire


def test_subclasses_are_stored_as_their_base() -> None:
    class Status(StrEnum):
        SCORED = "scored"

    class Pair(NamedTuple):
        one: int
        two: int

    assert encode_value(Status.SCORED) == {"S": "scored"}
    assert type(encode_value(Status.SCORED)["S"]) is str
    assert encode_value(Pair(1, 2)) == {"L": [{"N": "1"}, {"N": "2"}]}


@pytest.mark.parametrize(
    "number",
    [
        10**38 - 1,
        -(10**38) + 1,
        10**38,  # one digit and zeros
        Decimal("9.9999999999999999999999999999999999999E+125"),
        Decimal("-9.9999999999999999999999999999999999999E+125"),
        Decimal("1E-130"),
        Decimal("-1E-130"),
    ],
)
def test_numbers_at_dynamodbs_limits_are_held(number: int | Decimal) -> None:
    assert decode_value(encode_value(number)) == number


@pytest.mark.parametrize(
    "number",
    [
        10**38 + 1,  # 39 digits
        Decimal("1.00000000000000000000000000000000000001"),
        Decimal("1E+126"),
        10**126,
        Decimal("9.9E-131"),
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("Infinity"),
        Decimal("-Infinity"),
    ],
)
def test_numbers_beyond_dynamodbs_limits_are_refused(number: int | Decimal) -> None:
    with pytest.raises(ValueError, match="DynamoDB"):
        encode_value(number)


@pytest.mark.parametrize("value", [1.5, float("nan"), object(), {1.5}, {None}, {True}, {(1,)}, {"a", 1}, 1j])
def test_what_dynamodb_has_no_type_for_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        encode_value(value)


@pytest.mark.parametrize("value", [set(), frozenset(), [set()]])
def test_an_empty_set_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="empty set"):
        encode_value(value)


@pytest.mark.parametrize("wire", [{}, {"S": "a", "N": "1"}, {"X": "a"}, "S", None])
def test_what_is_not_an_attribute_value_is_refused(wire: Any) -> None:
    with pytest.raises(ValueError, match="not a DynamoDB attribute value"):
        decode_value(wire)


@pytest.mark.parametrize(
    ("text", "number"), [("5", 5), ("-5", -5), ("5.0", Decimal("5.0")), ("1E+2", Decimal(100)), ("1e2", Decimal(100))]
)
def test_only_plain_digits_are_read_as_an_int(text: str, number: int | Decimal) -> None:
    back = decode_value({"N": text})
    assert (back, type(back)) == (number, type(number))


def test_errors_dont_quote_values() -> None:
    for value in (Decimal("1E+777"), [Decimal(10**38 + 1)]):
        with pytest.raises(ValueError, match="digits") as caught:
            encode_value(value)
        assert "777" not in str(caught.value)
