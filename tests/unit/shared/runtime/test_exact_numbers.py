import json
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from luca_shared.runtime.exact_numbers import ExactNumber, canonical_text, schema_hook


class Score(ExactNumber, low=0, high=10):
    """A score out of ten."""


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("8.5", "8.5"),
        ("8.50000000", "8.5"),
        ("85", "85"),
        ("85.0", "85"),
        ("0", "0"),
        ("0.0000", "0"),
        ("-3.25", "-3.25"),
        ("100", "100"),
        ("0.0001", "0.0001"),
        ("999999999999999", "999999999999999"),
    ],
)
def test_a_plain_number_is_read_exactly_and_kept_in_canonical_form(text: str, number: str) -> None:
    judged = ExactNumber.judge(text)
    assert isinstance(judged, Decimal)
    assert str(judged) == number


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1e1", "without an exponent"),
        ("1E-2", "without an exponent"),
        ("-0", "minus zero"),
        ("-0.000", "minus zero"),
        ("0.00001", "at most 4 decimals"),
        ("1.00000000000000000001", "at most 4 decimals"),
        ("9" * 16, "at most 15 digits"),
        ("123456789012.3456", "at most 15 digits"),
    ],
)
def test_what_has_two_readings_or_too_many_digits_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        ExactNumber.judge(text)


@pytest.mark.parametrize("text", ["10.0001", "-0.0001", "11"])
def test_a_number_outside_of_its_bounds_is_refused_with_the_bounds(text: str) -> None:
    with pytest.raises(ValueError, match="must be between 0 and 10"):
        Score.judge(text)


def test_the_bounds_themselves_are_allowed() -> None:
    assert Score.judge("0") == 0
    assert Score.judge("10") == 10


def test_one_bound_alone_is_said_alone() -> None:
    class Weight(ExactNumber, low=Decimal("0.5")):
        """At least a half."""

    class Rest(ExactNumber, high=100):
        """At most a hundred."""

    assert Weight.allowed() == "must be at least 0.5"
    assert Rest.allowed() == "must be at most 100"


@given(st.decimals(min_value=-(10**10), max_value=10**10, places=4))
def test_every_number_of_four_decimals_comes_back_as_it_was_written(number: Decimal) -> None:
    text = canonical_text(number)
    assert ExactNumber.judge(text) == number
    assert canonical_text(ExactNumber.judge(text)) == text


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=Decimal("-1e20"), max_value=Decimal("1e20")))
def test_the_canonical_text_is_json_of_the_same_value_without_an_exponent(number: Decimal) -> None:
    text = canonical_text(number)
    assert json.loads(text, parse_int=Decimal, parse_float=Decimal) == number
    assert "E" not in text
    assert text != "-0"
    assert not ("." in text and text.endswith(("0", ".")))


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "sNaN"])
def test_what_json_has_no_text_for_is_refused(number: str) -> None:
    with pytest.raises(ValueError, match="no such number"):
        canonical_text(Decimal(number))


def test_openapi_calls_it_a_number_with_its_bounds() -> None:
    class Body(msgspec.Struct):
        score: Score | None
        weight: ExactNumber

    schema = msgspec.json.schema(Body, schema_hook=schema_hook)["$defs"]["Body"]["properties"]
    said = {"type": "number", "description": "at most 4 decimals and 15 digits, without an exponent"}
    assert schema["weight"] == said
    assert schema["score"]["anyOf"][0] == said | {"minimum": 0, "maximum": 10}
