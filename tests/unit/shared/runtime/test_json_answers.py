import json
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from luca_shared.runtime import json_answers
from luca_shared.runtime.exact_numbers import ExactNumber, canonical_text

DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=4)


class Grade(msgspec.Struct):
    score: Decimal
    percent: Decimal
    comment: str = ""


def test_decimals_are_numbers_each_in_one_form() -> None:
    grade = Grade(score=Decimal("8.50"), percent=Decimal("85.0"), comment="Bien")
    assert json_answers.encode(grade) == b'{"score":8.5,"percent":85,"comment":"Bien"}'


@pytest.mark.parametrize(
    ("number", "text"),
    [("1E+2", b"100"), ("0E+3", b"0"), ("-0.00", b"0"), ("-0", b"0"), ("1E-7", b"0.0000001"), ("100", b"100")],
)
def test_an_exponent_or_a_minus_zero_is_never_printed(number: str, text: bytes) -> None:
    assert json_answers.encode(Decimal(number)) == text
    assert json_answers.encode({"n": [Decimal(number)]}) == b'{"n":[' + text + b"]}"


def test_an_exact_number_is_printed_like_any_other() -> None:
    assert json_answers.encode([ExactNumber("8.50"), ExactNumber(85)]) == b"[8.5,85]"


def test_texts_that_look_like_numbers_are_left_alone() -> None:
    value = {"a": "1.0,", "b": "-0", "c": "1E+5 NaN", "d": Decimal("2.0"), "at": "2026-11-24T14:03:07.120Z"}
    assert json.loads(json_answers.encode(value)) == {**value, "d": 2}


@given(st.lists(st.tuples(DECIMALS, st.sampled_from(['":1.0,', '\\":1.0}', "1.50", "x-0-1", ":-0,", '":', "2.0,"]))))
def test_no_text_is_taken_for_a_number_and_every_number_is_in_its_shortest_form(
    values: list[tuple[Decimal, str]],
) -> None:
    answer = json_answers.encode([{"n": number, "text": text, text + "name": number} for number, text in values])
    for entry, (number, text) in zip(json.loads(answer, parse_float=str, parse_int=str), values, strict=True):
        assert entry == {"n": canonical_text(number), "text": text, text + "name": canonical_text(number)}


def test_what_is_already_json_is_passed_on() -> None:
    assert json_answers.encode([msgspec.Raw(b'{"a": 1.0}'), Decimal("1.0")]) == b'[{"a": 1.0},1]'


@pytest.mark.parametrize("number", ["NaN", "Infinity"])
def test_what_is_no_number_is_never_printed(number: str) -> None:
    with pytest.raises(ValueError, match="no such number"):
        json_answers.encode({"score": Decimal(number)})


@given(st.lists(st.tuples(DECIMALS, st.text())))
def test_every_value_comes_back_exactly(values: list[tuple[Decimal, str]]) -> None:
    answer = json_answers.encode([Grade(score=number, percent=number, comment=text) for number, text in values])
    back = json.loads(answer, parse_float=Decimal, parse_int=Decimal)
    assert [(grade["score"], grade["percent"], grade["comment"]) for grade in back] == [
        (number, number, text) for number, text in values
    ]


def test_an_answer_is_private_and_carries_its_version_as_a_strong_tag() -> None:
    response = json_answers.answer({"a": 1}, status=201, version=3, headers={"Location": "/v1/x"})
    assert response.status == 201
    assert response.body == b'{"a":1}'
    assert response.content_type == "application/json"
    assert response.headers["ETag"] == '"3"'
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["Location"] == "/v1/x"


def test_a_type_without_a_json_form_is_refused() -> None:
    with pytest.raises(NotImplementedError):
        json_answers.encode({"a": object(), "b": Decimal("1.0")})
